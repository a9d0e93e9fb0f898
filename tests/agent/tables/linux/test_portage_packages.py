"""Table portage_packages: packages of Gentoo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing import portage_tree
from rempart_testing.real_osquery import BOUND, embedded, told

from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import portage_packages
from rempart_agent.targets.root import RootTarget

Deny = Callable[[RootTarget, str], None]


def test_a_package_is_a_row(tmp_path: Path) -> None:
    vim, library, bare = portage_packages.rows(portage_tree.system(tmp_path / "root"), Query())
    assert vim == {
        "package": "app-editors/vim",
        "version": "9.0.1-r2",
        "world": 1,
        "slot": "0",
        "size": 123,
        "eapi": 8,
        "build_time": 1700000000,
        "repository": "gentoo",
    }
    assert (library["package"], library["version"], library["world"]) == ("dev-libs/lib-x", "1.2", 0)
    assert (bare["package"], bare["version"]) == ("virtual/noversion", "")


@BOUND
def test_osquery_says_the_same(tmp_path: Path) -> None:
    target = portage_tree.system(tmp_path / "root")
    theirs = portage_tree.osquery_tells(tmp_path / "root", "portage_packages")
    assert theirs == told(embedded(target, "SELECT * FROM portage_packages"))


def test_a_system_without_portage_has_no_rows_and_a_shut_one_raises(tmp_path: Path, deny: Deny) -> None:
    assert list(portage_packages.rows(RootTarget(str(tmp_path)), Query())) == []
    target = portage_tree.system(tmp_path / "root")
    deny(target, "/var/db/pkg")
    with pytest.raises(Denied):
        list(portage_packages.rows(target, Query()))

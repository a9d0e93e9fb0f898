"""Table portage_use: flags of packages of Gentoo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing import portage_tree
from rempart_testing.real_osquery import BOUND, embedded, told

from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import portage_use
from rempart_agent.targets.root import RootTarget

Deny = Callable[[RootTarget, str], None]


def test_a_flag_is_a_row(tmp_path: Path) -> None:
    rows = [dict(row) for row in portage_use.rows(portage_tree.system(tmp_path / "root"), Query())]
    assert [row["use"] for row in rows] == ["acl", "nls", "python_targets_python3_11"]
    assert rows[0] == {"package": "app-editors/vim", "version": "9.0.1-r2", "use": "acl"}


@BOUND
def test_osquery_says_the_same(tmp_path: Path) -> None:
    target = portage_tree.system(tmp_path / "root")
    theirs = portage_tree.osquery_tells(tmp_path / "root", "portage_use")
    assert theirs == told(embedded(target, "SELECT * FROM portage_use"))


def test_a_system_without_portage_has_no_rows_and_a_shut_one_raises(tmp_path: Path, deny: Deny) -> None:
    assert list(portage_use.rows(RootTarget(str(tmp_path)), Query())) == []
    target = portage_tree.system(tmp_path / "root")
    deny(target, "/var/db/pkg")
    with pytest.raises(Denied):
        list(portage_use.rows(target, Query()))

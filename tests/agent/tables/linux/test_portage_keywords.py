"""Table portage_keywords: keywords and masks of packages of Gentoo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing import portage_tree
from rempart_testing.real_osquery import BOUND, embedded, told

from rempart_agent.source.contract import Denied, Query
from rempart_agent.tables.linux import portage_keywords
from rempart_agent.targets.root import RootTarget

Deny = Callable[[RootTarget, str], None]


def test_an_atom_is_a_row(tmp_path: Path) -> None:
    target = portage_tree.system(tmp_path / "root")
    rows = [tuple(row.values()) for row in portage_keywords.rows(target, Query())]
    assert rows == [
        ("app-editors/vim", "9.0.1", "~amd64", 0, 0),
        ("dev-libs/a", ">=1.0-r1", "", 0, 0),
        ("cat/c", "", "**", 1, 0),
        ("cat/d", "<2", "", 1, 1),
        ("~cat/e", "1", "", 0, 1),
    ]


def test_a_folder_of_files_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "etc/portage/package.mask"
    folder.mkdir(parents=True)
    (folder / "ours").write_text("cat/x\n")
    assert [row["package"] for row in portage_keywords.rows(RootTarget(str(tmp_path)), Query())] == ["cat/x"]


@BOUND
def test_osquery_says_the_same(tmp_path: Path) -> None:
    target = portage_tree.system(tmp_path / "root")
    theirs = portage_tree.osquery_tells(tmp_path / "root", "portage_keywords")
    assert theirs == told(embedded(target, "SELECT * FROM portage_keywords"))


def test_a_system_without_portage_has_no_rows_and_a_shut_one_raises(tmp_path: Path, deny: Deny) -> None:
    assert list(portage_keywords.rows(RootTarget(str(tmp_path)), Query())) == []
    target = portage_tree.system(tmp_path / "root")
    deny(target, "/etc/portage/package.mask")
    with pytest.raises(Denied):
        list(portage_keywords.rows(target, Query()))

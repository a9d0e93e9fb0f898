"""The names in a folder: what is no folder has none, and what can't be listed is never an empty one."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_agent.readers.files import tree
from rempart_agent.source.contract import Denied, Unfit
from rempart_agent.targets.root import RootTarget


def test_nothing_and_what_is_no_folder_hold_no_names(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/one").write_text("x")
    target = RootTarget(str(tmp_path))
    assert tree.names(target, "/absent") == []
    assert tree.names(target, "/file") == []
    assert tree.names(target, "/folder") == ["one"]


@pytest.mark.parametrize("error", [Unfit, Denied])
def test_a_folder_that_can_not_be_listed_is_no_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Unfit | Denied]
) -> None:
    (tmp_path / "folder").mkdir()
    target = RootTarget(str(tmp_path))

    def refuse(path: str) -> list[str]:
        raise error("{path}: Input/output error", path=path)

    monkeypatch.setattr(target, "listdir", refuse)
    with pytest.raises(error):
        tree.names(target, "/folder")


def test_all_below_a_folder_is_told_once_links_to_folders_too(tmp_path: Path) -> None:
    (tmp_path / "top/inner").mkdir(parents=True)
    (tmp_path / "top/inner/.one").write_text("x")
    (tmp_path / "top/again").symlink_to("inner")
    paths = [entry.path for entry in tree.below(RootTarget(str(tmp_path)), "/top")]
    assert min(paths) == "/top"
    assert sum(path.endswith("/.one") for path in paths) == 1

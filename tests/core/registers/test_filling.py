"""A folder that is filled holds all files or none, and what it held stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from rempart_core.error import UsageError
from rempart_core.registers.filling import fill_folder


def _write(folder: str) -> None:
    (Path(folder) / "evidence").mkdir()
    (Path(folder) / "a.yaml").write_text("a", encoding="utf-8")
    (Path(folder) / "evidence/a.txt").write_text("proof", encoding="utf-8")


def _held(folder: Path) -> dict[str, str]:
    return {str(one.relative_to(folder)): one.read_text(encoding="utf-8") for one in folder.rglob("*") if one.is_file()}


WHOLE = {"a.yaml": "a", "evidence/a.txt": "proof"}


def test_a_new_folder_and_one_that_is_there_are_filled(tmp_path: Path) -> None:
    fill_folder(str(tmp_path / "deep/new"), _write)
    assert _held(tmp_path / "deep/new") == WHOLE
    (tmp_path / "old/evidence").mkdir(parents=True)
    (tmp_path / "old/README").write_text("mine", encoding="utf-8")
    fill_folder(f"{tmp_path / 'old'}/", _write)
    assert _held(tmp_path / "old") == {**WHOLE, "README": "mine"}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["deep", "old"]
    assert [one.name for one in (tmp_path / "deep").iterdir()] == ["new"]


@pytest.mark.parametrize("there", [False, True])
def test_who_interrupts_it_finds_nothing_of_it(tmp_path: Path, there: bool) -> None:
    if there:
        (tmp_path / "o").mkdir()

    def interrupt(folder: str) -> None:
        _write(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill_folder(str(tmp_path / "o"), interrupt)
    assert [str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*")] == (["o"] if there else [])


def test_a_file_that_is_there_is_not_replaced_and_none_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence/a.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"evidence/a\.txt"):
        fill_folder(str(tmp_path), _write)
    assert _held(tmp_path) == {"evidence/a.txt": "mine"}
    assert [one.name for one in tmp_path.iterdir()] == ["evidence"]

"""The last document of each agent: remembered for good, by a file that nobody else can write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rempart_controller.agents.numbers import Number, note_numbers, read_numbers
from rempart_core.error import ContentError, ReportError, UsageError

KEY, OTHER = "a" * 64, "b" * 64
LINE = f"{KEY} 7 {'c' * 64}\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "agent_numbers"
    path.write_text(LINE)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_may_write_is_not_believed(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(UsageError, match="others may write to it"):
        read_numbers([str(path)])
    with pytest.raises(UsageError, match="others may write to it"):
        note_numbers({KEY: Number(8, "d" * 64)}, [str(path)])
    path.chmod(0o644)
    assert read_numbers([str(path)]) == {KEY: Number(7, "c" * 64)}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a file away")
@pytest.mark.parametrize("owner", [1, 65534])
def test_a_file_of_another_user_is_not_believed(path: Path, owner: int) -> None:
    os.chown(path, owner, 0)
    with pytest.raises(UsageError, match="others may write to it"):
        read_numbers([str(path)])


def test_what_is_no_file_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the numbers of agents' documents"):
        read_numbers([str(tmp_path)])
    with pytest.raises(UsageError, match="others may write to it"):
        read_numbers(["/dev/null"])


@pytest.mark.parametrize(
    "line",
    [
        f"{KEY} 0 {'c' * 64}",
        f"{KEY} 07 {'c' * 64}",
        f"{KEY} {'1' * 17} {'c' * 64}",
        f"{KEY.upper()} 7 {'c' * 64}",
        f"{KEY[1:]} 7 {'c' * 64}",
        f"{KEY} 7 {'c' * 63}",
        f"{KEY} 7",
        f" {LINE}",
        "nonsense",
    ],
)
def test_a_line_that_is_none_stops_it_and_is_named(path: Path, line: str) -> None:
    path.write_text(f"# mine\n\n{LINE}{line}\n")
    with pytest.raises(ContentError) as caught:
        read_numbers([str(path)])
    assert [(mistake.file, mistake.line) for mistake in caught.value.mistakes] == [(str(path), 4)]


def test_of_several_numbers_the_highest_counts(path: Path, tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.write_text(f"{KEY} 9 {'e' * 64}\n{KEY} 8 {'d' * 64}\n{OTHER} 1 {'f' * 64}")
    beside.chmod(0o600)
    found = {KEY: Number(9, "e" * 64), OTHER: Number(1, "f" * 64)}
    for paths in ((path, beside), (beside, path), (tmp_path / "none", path, beside)):
        assert read_numbers([str(one) for one in paths]) == found


def test_only_a_higher_number_is_written_and_in_one_file(path: Path, tmp_path: Path) -> None:
    paths = [str(path), str(tmp_path / "data/agent_numbers")]
    before = path.read_bytes()
    for number in (6, 7):
        note_numbers({KEY: Number(number, "d" * 64)}, paths)
        assert path.read_bytes() == before
    note_numbers({KEY: Number(8, "d" * 64), OTHER: Number(1, "e" * 64)}, paths)
    assert read_numbers(paths[:1]) == {KEY: Number(8, "d" * 64), OTHER: Number(1, "e" * 64)}
    assert path.read_text().startswith("# ")
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_numbers(paths[1:]) == {}
    note_numbers({KEY: Number(8, "f" * 64)}, paths[1:])
    assert read_numbers(paths[1:]) == {KEY: Number(8, "f" * 64)}


def test_what_can_be_remembered_nowhere_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder/agent_numbers.lock").mkdir(parents=True)
    place = str(tmp_path / "folder/agent_numbers")
    with pytest.raises(ReportError, match=r"agent_numbers: Is a directory"):
        note_numbers({KEY: Number(1, "d" * 64)}, [place])
    note_numbers({}, [place])  # nothing to remember
    good = str(tmp_path / "good/agent_numbers")
    note_numbers({KEY: Number(1, "d" * 64)}, [place, good])
    assert read_numbers([good]) == {KEY: Number(1, "d" * 64)}

"""The last document of each agent: remembered for good, by a file that nobody else can write."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from rempart_controller.agents.numbers import Number, files_of, note_numbers, read_numbers
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
    with pytest.raises(UsageError, match="other users can write"):
        read_numbers([str(path)])
    with pytest.raises(UsageError, match="other users can write"):
        note_numbers({KEY: Number(8, "d" * 64)}, [str(path)])
    for plain in (0o644, 0o755):
        path.chmod(plain)
        assert read_numbers([str(path)]) == {KEY: Number(7, "c" * 64)}


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give a file away")
@pytest.mark.parametrize("owner", [1, 65534])
def test_a_file_of_another_user_is_not_believed(path: Path, owner: int) -> None:
    os.chown(path, owner, 0)
    with pytest.raises(UsageError, match="other users can write"):
        read_numbers([str(path)])


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to have a file of root")
def test_a_file_of_root_is_believed_by_others_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert read_numbers([str(path)]) == {KEY: Number(7, "c" * 64)}


def test_a_pipe_is_not_believed_whatever_comes_out_of_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    writer = threading.Thread(target=pipe.write_text, args=(LINE,), daemon=True)
    writer.start()
    with pytest.raises(UsageError, match="other users can write"):
        read_numbers([str(pipe)])
    writer.join(60)


def test_it_lies_in_the_users_folder_and_else_beside_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    usual = str(tmp_path / "rempart/agent_numbers")
    assert files_of(None) == [usual]
    assert files_of("postgresql://db/rempart") == [usual], "which has no folder here"
    for store in (str(tmp_path / "store/rempart.db"), f"sqlite:///{tmp_path}/store/rempart.db"):
        assert files_of(store) == [usual, str(tmp_path / "store/agent_numbers")]
    assert files_of(str(tmp_path / "rempart/rempart.db")) == [usual], "the same one"
    monkeypatch.chdir(tmp_path)
    assert files_of("rempart.db")[1] == str(tmp_path / "agent_numbers")


def test_it_may_lie_in_the_present_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    note_numbers({KEY: Number(1, "d" * 64)}, ["agent_numbers"])
    assert read_numbers(["agent_numbers"]) == {KEY: Number(1, "d" * 64)}


def test_what_is_no_file_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the document numbers of agents"):
        read_numbers([str(tmp_path)])
    with pytest.raises(UsageError, match="other users can write"):
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
    assert [(mistake.file, mistake.line, mistake.column) for mistake in caught.value.mistakes] == [(str(path), 4, 1)]


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
    with pytest.raises(ReportError, match=r"agent_numbers: is a directory"):
        note_numbers({KEY: Number(1, "d" * 64)}, [place])
    note_numbers({}, [place])  # nothing to remember
    good = str(tmp_path / "good/agent_numbers")
    note_numbers({KEY: Number(1, "d" * 64)}, [place, good])
    assert read_numbers([good]) == {KEY: Number(1, "d" * 64)}

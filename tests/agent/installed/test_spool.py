"""Documents wait until a controller has them: each with a number of its own, bounded, whole or not there."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rempart_agent.installed.spool import Bounds, Spool
from rempart_core.error import SpoolError

BOUNDS = Bounds(files=3, size=1000)


def put(spool: Spool, text: str = "", bounds: Bounds = BOUNDS) -> int:
    return spool.put(lambda number, dropped: f"{number} {dropped} {text}".encode(), bounds)[0]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_documents_wait_oldest_first_and_only_their_user_may_read_them(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path / "agent"))
    assert spool.waiting() == []
    numbers = [put(spool), put(spool)]
    assert [one.number for one in spool.waiting()] == numbers == sorted(set(numbers))
    assert spool.read(numbers[0]) == f"{numbers[0]} 0 ".encode()
    assert stat.S_IMODE((tmp_path / "agent").stat().st_mode) == 0o700
    files = [*(tmp_path / "agent/spool").iterdir(), tmp_path / "agent/state.json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path))
    first = put(spool)
    assert spool.confirm([(first, digest(spool.read(first)))]) == [first]
    second = put(spool)
    (tmp_path / "state.json").unlink()
    third = put(spool)
    (tmp_path / "state.json").write_text("nonsense")
    assert first < second < third < put(spool)


def test_the_oldest_make_room_and_the_next_document_says_so(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path))
    numbers = [put(spool) for _ in range(3)]
    number, gone = spool.put(lambda number, dropped: f"{number} {dropped}".encode(), BOUNDS)
    assert gone == 1
    assert [one.number for one in spool.waiting()] == [*numbers[1:], number]
    assert spool.read(number) == f"{number} 1".encode()
    last, gone = spool.put(lambda number, dropped: f"{number} {dropped} {'x' * 970}".encode(), BOUNDS)
    assert gone == 2, "one alone would not be enough"
    assert spool.read(last).startswith(f"{last} 3 ".encode())
    assert [one.number for one in spool.waiting()] == [number, last]
    with pytest.raises(SpoolError, match="exceeds the limit of the spool"):
        put(spool, "x" * 1000)
    assert [one.number for one in spool.waiting()] == [number, last]
    spool.confirm([(last, digest(spool.read(last)))])
    assert spool.read(put(spool)).endswith(b" 0 "), "what was dropped is told until a controller came"


def test_only_what_a_controller_has_is_taken_away_and_the_last_is_kept(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path))
    first, second, third = put(spool), put(spool), put(spool)
    newest = spool.read(second)
    stored = [(first, digest(spool.read(first))), (second, digest(newest)), (third, digest(b"another"))]
    assert spool.confirm(stored) == [first, second]
    assert [one.number for one in spool.waiting()] == [third]
    assert spool.last() == newest
    assert spool.confirm(stored[:2]) == [first, second], "said twice, it is as true"
    assert spool.last() == newest


def test_what_a_power_cut_left_behind_is_no_document_and_goes(tmp_path: Path) -> None:
    spool = Spool(str(tmp_path))
    put(spool)
    (tmp_path / "spool/.5.signed.abc.tmp").write_bytes(b"half")
    (tmp_path / "spool/notes.txt").write_bytes(b"mine")
    (tmp_path / "spool/6.signed").symlink_to("/etc/passwd")
    assert len(spool.waiting()) == 1
    put(spool)
    assert sorted(name for name in os.listdir(tmp_path / "spool") if not name[0].isdigit()) == ["notes.txt"]


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match=r"file"):
        put(Spool(str(tmp_path / "file/below")))


def test_many_at_once_get_a_number_each(tmp_path: Path) -> None:
    program = (
        "import sys\nfrom rempart_agent.installed.spool import Bounds, Spool\n"
        "for _ in range(10):\n Spool(sys.argv[1]).put(lambda number, dropped: b'x', Bounds(100, 1000))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(Spool(str(tmp_path)).waiting()) == 30

"""Table process_open_pipes: who holds the two ends of a pipe."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import NotObservable, Query
from rempart_agent.tables.linux import process_open_pipes
from rempart_agent.targets.live import LiveTarget

MachineOf = Callable[..., RecordedTarget]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[int, int, int, int]]:
    """Hold a pipe with another process, one alone, and one with a name: other's pid, its end, alone, named."""
    os.mkfifo(tmp_path / "fifo")
    end, other_end = os.pipe()
    alone, closed = os.pipe()
    os.close(closed)
    named = os.open(tmp_path / "fifo", os.O_RDWR)
    with subprocess.Popen(["sleep", "600"], stdin=end) as process:
        os.close(end)
        yield process.pid, other_end, alone, named
        process.kill()
    for descriptor in (other_end, alone, named):
        os.close(descriptor)


def _of(sql: str, *pids: int) -> str:
    wanted = ", ".join(map(str, pids))
    return f"{sql} WHERE pid IN ({wanted}) AND (partner_pid IS NULL OR partner_pid IN ({wanted}))"


def test_each_end_is_told_of_with_the_other(held: tuple[int, int, int, int]) -> None:
    other, end, alone, named = held
    rows: list[dict[str, Any]] = [dict(row) for row in process_open_pipes.rows(LiveTarget(), Query())]
    mine = {row["fd"]: row for row in rows if row["pid"] == os.getpid() and row.get("partner_pid") in {None, other}}
    assert mine[end] == {
        "pid": os.getpid(),
        "fd": end,
        "mode": "w",
        "inode": os.fstat(end).st_ino,
        "type": "anonymous",
        "partner_pid": other,
        "partner_fd": 0,
        "partner_mode": "r",
    }
    assert (mine[alone]["mode"], "partner_pid" in mine[alone]) == ("r", False)
    assert (mine[named]["type"], mine[named]["mode"]) == ("named", "rw")


@NAMED
def test_osquery_says_the_same(held: tuple[int, int, int, int]) -> None:
    sql = _of("SELECT * FROM process_open_pipes", os.getpid(), held[0])
    theirs = ask(sql)
    assert told(theirs) == told(embedded(LiveTarget(), sql))
    assert len(theirs) > 2


def test_it_needs_a_running_machine(machine_of: MachineOf) -> None:
    target = machine_of({"/proc/1/fd/": ""})
    assert list(process_open_pipes.rows(target, Query())) == []
    target.live = False
    with pytest.raises(NotObservable):
        list(process_open_pipes.rows(target, Query()))

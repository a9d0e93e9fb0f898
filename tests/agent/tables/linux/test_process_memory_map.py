"""Table process_memory_map: what processes have in their memory."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Constraint, Denied, Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import process_memory_map
from rempart_agent.targets.live import LiveTarget

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RecordedTarget, str], None]
# show_map_vma() in fs/proc/task_mmu.c
MAPS = (
    "55d0c0a00000-55d0c0a21000 r-xp 00002000 fe:00 1234                       /opt/my app/lib.so (deleted)\n"
    "55d0c1000000-55d0c1021000 rw-p 00000000 00:00 0                          [heap]\n"
    "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 \n"
)


def _rows(target: Any, *pids: str) -> list[dict[str, Any]]:
    query = Query(frozenset(), (Constraint("pid", "=", pids),) if pids else ())
    return [dict(row) for row in process_memory_map.rows(target, query)]


def test_each_region_is_a_row(machine_of: MachineOf) -> None:
    target = machine_of({"/proc/7/maps": MAPS, "/proc/8/maps": "", "/proc/9/": ""})
    library, heap, nameless = _rows(target)
    assert library == {
        "pid": 7,
        "start": "0x55d0c0a00000",
        "end": "0x55d0c0a21000",
        "permissions": "r-xp",
        "offset": 0x2000,
        "device": "fe:00",
        "inode": 1234,
        "path": "/opt/my app/lib.so (deleted)",
        "pseudo": 0,
    }
    assert (heap["path"], heap["pseudo"], nameless["path"], nameless["pseudo"]) == ("[heap]", 1, "", 0)
    assert _rows(target, "8", "77") == []


def test_what_can_not_be_read_or_understood_raises(machine_of: MachineOf, deny: Deny) -> None:
    with pytest.raises(Missing):
        _rows(machine_of({"/proc/": ""}))
    target = machine_of({"/proc/7/maps": MAPS + "odd\n"})
    with pytest.raises(Malformed):
        _rows(target)
    deny(target, "/proc/7/maps")
    with pytest.raises(Denied):
        _rows(target)
    target.live = False
    with pytest.raises(NotObservable):
        _rows(target)


@NAMED
def test_osquery_says_the_same() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"x\n")
        process.stdin.flush()
        process.stdout.readline()  # it runs: its memory stays as it is
        sql = f"SELECT * FROM process_memory_map WHERE pid = {process.pid}"
        ours, theirs = embedded(LiveTarget(), sql), ask(sql)
        process.stdin.close()
    assert told(ours) == told(theirs)
    assert len(ours) > 5


@given(st.binary(), st.integers(0, len(MAPS)))
def test_any_bytes_are_taken_or_refused(data: bytes, at: int) -> None:
    text = data.decode("utf-8", "replace")
    for broken in (text, MAPS[:at] + text + MAPS[at:]):
        try:
            assert all(isinstance(row["path"], str) for row in process_memory_map.parse(broken))
        except Malformed:
            continue

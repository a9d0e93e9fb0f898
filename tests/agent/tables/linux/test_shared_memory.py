"""Table shared_memory: segments of System V shared memory."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import shared_memory
from rempart_agent.targets.live import LiveTarget

MachineOf = Callable[..., RecordedTarget]
# ipc/shm.c, sysvipc_shm_proc_show
HEAD = (
    "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime"
    "      ctime                   rss                  swap\n"
)
LINE = (
    "         0     {id}  {mode}                  8192 12    13      2  1000  1001  1002  1003 1700000001 1700000002"
    " 1700000000                     0                     0\n"
)


def test_a_segment_is_a_row() -> None:
    marked, plain = shared_memory.parse(HEAD + LINE.format(id=7, mode="3640") + LINE.format(id=8, mode=" 600"))
    assert marked == {
        "shmid": 7,
        "owner_uid": 1000,
        "creator_uid": 1002,
        "pid": 13,
        "creator_pid": 12,
        "atime": 1700000001,
        "dtime": 1700000002,
        "ctime": 1700000000,
        "size": 8192,
        "attached": 2,
        "permissions": "3640",
        "status": "dest",
        "locked": 1,
    }
    assert (plain["permissions"], plain["status"], plain["locked"]) == ("0600", "", 0)


@pytest.fixture
def segment() -> Iterator[int]:
    """Make a segment that goes with the test."""
    library = ctypes.CDLL(None, use_errno=True)
    identity = library.shmget(0, 8192, 0o1640)
    assert identity >= 0
    yield identity
    library.shmctl(identity, 0, None)


@NAMED
def test_osquery_says_the_same(segment: int) -> None:
    sql = f"SELECT * FROM shared_memory WHERE shmid = {segment} AND creator_pid = {os.getpid()}"
    theirs = ask(sql)
    assert told(theirs) == told(embedded(LiveTarget(), sql))
    assert len(theirs) == 1


def test_what_can_not_be_read_raises(machine_of: MachineOf) -> None:
    with pytest.raises(Missing):
        list(shared_memory.rows(machine_of({}), Query()))
    target = machine_of({shared_memory.SOURCE: HEAD})
    assert list(shared_memory.rows(target, Query())) == []
    target.live = False
    with pytest.raises(NotObservable):
        list(shared_memory.rows(target, Query()))


@pytest.mark.parametrize("text", ["", "x\n", HEAD + "1 2 3\n", HEAD + LINE.format(id="x", mode="1")])
def test_another_file_raises(text: str) -> None:
    with pytest.raises(Malformed):
        list(shared_memory.parse(text))


@given(st.text(), st.text("0123456789 -\n"))
def test_any_text_is_taken_or_refused(text: str, numbers: str) -> None:
    for told_text in (text, HEAD + text, HEAD + numbers):
        try:
            assert all(isinstance(row["shmid"], int) for row in shared_memory.parse(told_text))
        except Malformed:
            continue

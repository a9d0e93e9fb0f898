"""Table last: logins and logouts of wtmp."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.source.contract import Missing, Query
from rempart_agent.tables.linux import last
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]


Login = tuple[int, int, bytes, bytes, bytes, int]
"""Type, process, terminal, user, host, time."""


def _record(login: Login, long: bool = False) -> bytes:
    kind, pid, line, user, host, time = login
    form = "<h2xi32s4s32s256s4xqqq16s20x4x" if long else "<h2xi32s4s32s256s4xiii16s20x"
    return struct.pack(form, kind, pid, line, b"ts/0", user, host, 0, time, 0, b"")


LOGIN: Login = (7, 1234, b"pts/0", b"alice", b"10.0.0.5", 1700000100)


@pytest.mark.parametrize("long", [False, True])
def test_logins_and_logouts(root_of: RootOf, long: bool) -> None:
    boot = _record((2, 0, b"~", b"reboot", b"6.1", 1700000000), long)
    logout = _record((8, 1234, b"pts/0", b"", b"", 1700000300), long)
    target = root_of({"/var/log/wtmp": boot + _record(LOGIN, long) + logout + b"\7\0cut off"[: 0 if long else 9]})
    rows = [dict(row) for row in last.rows(target, Query())]
    assert rows[0] == {
        "username": "alice",
        "tty": "pts/0",
        "pid": 1234,
        "type": 7,
        "type_name": "user-process",
        "time": 1700000100,
        "host": "10.0.0.5",
    }
    assert [(r["type_name"], r["time"]) for r in rows[1:]] == [("dead-process", 1700000300)]


def test_no_record_of_logins_raises(root_of: RootOf) -> None:
    with pytest.raises(Missing):
        list(last.rows(root_of({"/var/log/": ""}), Query()))


@given(st.binary(max_size=1300))
def test_any_bytes_are_taken(data: bytes) -> None:
    assert all(row["type"] in {7, 8} for row in last.parse(data))

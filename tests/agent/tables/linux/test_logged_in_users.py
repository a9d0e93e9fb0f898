"""Table logged_in_users: utmp, and the sessions of systemd-logind where there is none."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Malformed, Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import logged_in_users
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]


def _record(kind: int, pid: int, line: bytes, user: bytes, host: bytes, time: int, wide: bool = False) -> bytes:
    form = "<h2xi32s4s32s256s4xqqq16s20x4x" if wide else "<h2xi32s4s32s256s4xiii16s20x"
    return struct.pack(form, kind, pid, line, b"ts/0", user, host, 0, time, 0, b"")


def _records(wide: bool = False) -> bytes:
    return b"".join(
        (
            _record(2, 0, b"~", b"reboot", b"6.1.0", 1700000000, wide),
            _record(7, 1300, b"tty1", b"root", b"", 1700000200, wide),
            _record(7, 1234, b"pts/0", b"alice", b"10.0.0.5", 1700000100, wide),
            _record(8, 1400, b"pts/1", b"", b"", 1700000300, wide),
            _record(6, 900, b"tty2", b"LOGIN", b"", 1700000400, wide),
            _record(1, 1, b"~", b"runlevel", b"6.1.0", 1700000000, wide),
        )
    )


SESSION = """\
# This is private data. Do not parse.
UID=1000
USER=alice
ACTIVE=1
IS_DISPLAY=0
STATE={state}
REMOTE=1
TYPE=tty
CLASS={kind}
SCOPE=session-3.scope
REMOTE_HOST=10.0.0.5
SERVICE=sshd
TTY=pts/0
LEADER=1234
AUDIT=3
REALTIME=1700000100998675
MONOTONIC=55003029
"""


def _ask(target: RootTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in logged_in_users.rows(target, Query())]


def test_a_root_filesystem_has_nobody_logged_in(tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        _ask(RootTarget(str(tmp_path)))


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("path", ["/run/utmp", "/var/run/utmp"])
def test_utmp_as_osquery_reads_it(machine_of: Machine, path: str, wide: bool) -> None:
    rows = _ask(machine_of({path: _records(wide)[: 5 * (400 if wide else 384)]}))
    assert rows == [
        {"type": "boot_time", "user": "reboot", "tty": "~", "host": "6.1.0", "time": 1700000000, "pid": 0},
        {"type": "user", "user": "root", "tty": "tty1", "host": "", "time": 1700000200, "pid": 1300},
        {"type": "user", "user": "alice", "tty": "pts/0", "host": "10.0.0.5", "time": 1700000100, "pid": 1234},
        {"type": "dead", "user": "", "tty": "pts/1", "host": "", "time": 1700000300, "pid": 1400},
        {"type": "login", "user": "LOGIN", "tty": "tty2", "host": "", "time": 1700000400, "pid": 900},
    ]


def test_records_of_the_first_process_are_left_out_and_an_unknown_type_is_named_so() -> None:
    rows = list(logged_in_users.parse_utmp(_records() + _record(77, 5, b"", b"", b"", 0)))
    assert [row["pid"] for row in rows] == [0, 1300, 1234, 1400, 900, 5]
    assert rows[-1]["type"] == "unknown"


def test_a_record_that_is_cut_off_is_an_error() -> None:
    with pytest.raises(Malformed):
        list(logged_in_users.parse_utmp(_records()[:-5]))


def test_sessions_where_there_is_no_utmp(machine_of: Machine) -> None:
    folder = "/run/systemd/sessions/"
    files = {
        folder + "3": SESSION.format(state="active", kind="user"),
        folder + "4": SESSION.format(state="closing", kind="user"),
        folder + "5": SESSION.format(state="active", kind="manager-early"),
        folder + "6": SESSION.format(state="active", kind="background"),
        folder + "c1": SESSION.format(state="online", kind="greeter"),
        folder + "3.ref": "",
    }
    assert _ask(machine_of(files)) == [
        {"type": "user", "user": "alice", "tty": "pts/0", "host": "10.0.0.5", "time": 1700000100, "pid": 1234}
    ]


def test_a_machine_with_nobody_on_it_is_not_one_that_keeps_no_record(machine_of: Machine) -> None:
    assert _ask(machine_of({"/run/systemd/sessions/": ""})) == []


def test_a_machine_that_keeps_no_record_is_an_error(machine_of: Machine) -> None:
    with pytest.raises(Missing, match="neither utmp nor systemd-logind"):
        _ask(machine_of({"/run/": ""}))


@given(st.binary(max_size=2000), st.text())
def test_anything_gives_rows_or_a_reason(data: bytes, text: str) -> None:
    found = outcome(lambda: logged_in_users.parse_utmp(data))
    assert isinstance(found, SourceError) or all(row["type"] for row in found)
    assert isinstance(logged_in_users.parse_session(text), dict)

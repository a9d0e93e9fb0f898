"""Table process_envs: the environment that processes were started with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import REDACTED, Constraint, Denied, Missing, NotObservable, Query
from rempart_agent.tables import read
from rempart_agent.tables.linux import process_envs
from rempart_agent.targets.root import RootTarget

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RootTarget, str], None]
PROC: Mapping[str, bytes] = {
    "/proc/7/environ": b"HOME=/root\0A=b=c\0\0LD_PRELOAD=/tmp/x\0odd\0",
    "/proc/8/environ": b"",
    "/proc/9/stat": b"",
}


def _rows(target: Any, *pids: str) -> list[tuple[Any, ...]]:
    query = Query(frozenset(), (Constraint("pid", "=", pids),) if pids else ())
    return [(row["pid"], row["key"], row["value"]) for row in process_envs.rows(target, query)]


def test_variables_behind_an_empty_one_are_seen(machine_of: MachineOf) -> None:
    expected = [(7, "HOME", "/root"), (7, "A", "b=c"), (7, "LD_PRELOAD", "/tmp/x"), (7, "odd", "odd")]
    assert _rows(machine_of(PROC)) == expected
    assert _rows(machine_of(PROC), "7") == expected
    assert _rows(machine_of(PROC), "8", "77") == []


def test_what_may_not_be_read_raises(machine_of: MachineOf, deny: Deny) -> None:
    target = machine_of(PROC)
    deny(target, "/proc/8")
    with pytest.raises(Denied):
        _rows(target)
    assert len(_rows(target, "7")) == 4


def test_no_proc_raises_and_a_root_has_none(machine_of: MachineOf) -> None:
    target = machine_of({"/proc/": ""})
    with pytest.raises(Missing):
        _rows(target)
    target.live = False
    with pytest.raises(NotObservable):
        _rows(target)


def test_an_audit_shows_no_value(machine_of: MachineOf) -> None:
    request = read.Request("process_envs", ("pid", "key", "value"), ())
    (answer,) = read.read(machine_of(PROC), [request])
    assert {row["value"] for row in answer.rows} == {REDACTED}


@given(st.binary())
def test_any_bytes_are_taken(data: bytes) -> None:
    for row in process_envs.parse(data):
        assert "=" not in row["key"]

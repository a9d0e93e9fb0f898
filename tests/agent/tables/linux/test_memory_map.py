"""Table memory_map: ranges of physical addresses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import memory_map
from rempart_agent.targets.live import LiveTarget

MachineOf = Callable[..., RecordedTarget]
PATH = "/proc/iomem"
# r_show() in kernel/resource.c
MAP = "00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n  00002000-00002fff : Kernel code\n"


def test_ranges_within_others_are_rows_too(machine_of: MachineOf) -> None:
    assert [dict(row) for row in memory_map.rows(machine_of({PATH: MAP}), Query())] == [
        {"name": "Reserved", "start": "0x00000000", "end": "0x00000fff "},
        {"name": "System RAM", "start": "0x00001000", "end": "0x0009fbff "},
        {"name": "Kernel code", "start": "0x00002000", "end": "0x00002fff "},
    ]


def test_hidden_addresses_raise(machine_of: MachineOf) -> None:
    hidden = "00000000-00000000 : Reserved\n00000000-00000000 : System RAM\n"
    with pytest.raises(Denied):
        list(memory_map.rows(machine_of({PATH: hidden}), Query()))


def test_another_file_raises_and_a_root_has_none(machine_of: MachineOf) -> None:
    target = machine_of({})
    with pytest.raises(Missing):
        list(memory_map.rows(target, Query()))
    with pytest.raises(Malformed):
        list(memory_map.rows(machine_of({PATH: MAP + "00002000"}), Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(memory_map.rows(target, Query()))


@NAMED
def test_osquery_says_the_same() -> None:
    sql = "SELECT * FROM memory_map"
    assert told(embedded(LiveTarget(), sql)) == told(ask(sql))


@given(st.binary())
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    try:
        assert all(row["name"] for row in memory_map.parse(data.decode("utf-8", "replace")))
    except Malformed:
        pass

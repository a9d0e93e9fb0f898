"""Table memory_error_info: errors of memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import BOUND, ask, embedded, told
from rempart_testing.smbios_table import PATH, TABLE, structure
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import memory_error_info

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RecordedTarget, str], None]


def test_a_structure_is_told_of(machine_of: MachineOf) -> None:
    rows = [dict(row) for row in memory_error_info.rows(machine_of({PATH: TABLE}), Query())]
    assert rows == [
        {"handle": "0x0012", "error_type": "OK", "error_granularity": "Device level", "error_operation": "Unknown"},
        {
            "handle": "0x0013",
            "error_type": "Single-bit error",
            "error_granularity": "Memory partition level",
            "error_operation": "Write",
            "vendor_syndrome": "0x0000abcd",
            "memory_array_error_address": "0x00001000",
            "device_error_address": "0x00002000",
            "error_resolution": "0x00000040",
        },
    ]


@BOUND
def test_osquery_says_the_same(machine_of: MachineOf, tmp_path: Path) -> None:
    target = machine_of({PATH: TABLE})
    theirs = ask("SELECT * FROM memory_error_info", {"/sys": Path(target.root) / "sys"})
    ours = embedded(target, "SELECT * FROM memory_error_info")
    assert told(theirs) == told(ours)
    assert theirs


def test_a_source_that_can_not_be_read_raises(machine_of: MachineOf, deny: Deny) -> None:
    with pytest.raises(Missing):
        list(memory_error_info.rows(machine_of({}), Query()))
    with pytest.raises(Malformed):
        list(memory_error_info.rows(machine_of({PATH: TABLE[:-9]}), Query()))
    target = machine_of({PATH: TABLE})
    deny(target, PATH)
    with pytest.raises(Denied):
        list(memory_error_info.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(memory_error_info.rows(target, Query()))


@given(st.binary(max_size=80))
def test_a_structure_of_any_length_is_taken(data: bytes) -> None:
    for found in dmi.structures(structure(0x10, 1, data)):
        assert memory_error_info.parse(found)["handle"] == "0x0001"

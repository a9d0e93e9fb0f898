"""Table memory_device_mapped_addresses: where memory modules lie."""

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
from rempart_agent.tables.linux import memory_device_mapped_addresses

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RecordedTarget, str], None]


def test_a_structure_is_told_of(machine_of: MachineOf) -> None:
    rows = [dict(row) for row in memory_device_mapped_addresses.rows(machine_of({PATH: TABLE}), Query())]
    assert rows == [
        {
            "handle": "0x1400",
            "memory_device_handle": "0x1100",
            "memory_array_mapped_address_handle": "0x1300",
            "starting_address": "0x00000000",
            "ending_address": "0x00ffffff",
            "partition_row_position": 255,
            "interleave_position": 1,
            "interleave_data_depth": 2,
        },
        {
            "handle": "0x1401",
            "memory_device_handle": "0x1101",
            "memory_array_mapped_address_handle": "0x1301",
            "starting_address": "0x000200000000",
            "ending_address": "0x0002ffffffff",
            "partition_row_position": 1,
            "interleave_position": 0,
            "interleave_data_depth": 0,
        },
    ]


@BOUND
def test_osquery_says_the_same(machine_of: MachineOf, tmp_path: Path) -> None:
    target = machine_of({PATH: TABLE})
    theirs = ask("SELECT * FROM memory_device_mapped_addresses", {"/sys": Path(target.root) / "sys"})
    ours = embedded(target, "SELECT * FROM memory_device_mapped_addresses")
    for row in ours:
        row["memory_array_mapped_address_handle"] = ""  # osquery has the column and never fills it
    assert told(theirs) == told(ours)
    assert theirs


def test_a_source_that_can_not_be_read_raises(machine_of: MachineOf, deny: Deny) -> None:
    with pytest.raises(Missing):
        list(memory_device_mapped_addresses.rows(machine_of({}), Query()))
    with pytest.raises(Malformed):
        list(memory_device_mapped_addresses.rows(machine_of({PATH: TABLE[:-9]}), Query()))
    target = machine_of({PATH: TABLE})
    deny(target, PATH)
    with pytest.raises(Denied):
        list(memory_device_mapped_addresses.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(memory_device_mapped_addresses.rows(target, Query()))


@given(st.binary(max_size=80))
def test_a_structure_of_any_length_is_taken(data: bytes) -> None:
    for found in dmi.structures(structure(0x10, 1, data)):
        assert memory_device_mapped_addresses.parse(found)["handle"] == "0x0001"

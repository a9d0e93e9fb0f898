"""Table memory_devices: memory modules."""

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
from rempart_agent.tables.linux import memory_devices

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RecordedTarget, str], None]


def test_a_structure_is_told_of(machine_of: MachineOf) -> None:
    rows = [dict(row) for row in memory_devices.rows(machine_of({PATH: TABLE}), Query())]
    assert rows == [
        {
            "handle": "0x1100",
            "array_handle": "0x1000",
            "form_factor": "DIMM",
            "memory_type": "DDR4",
            "memory_type_details": "Synchronous Registered (Buffered)",
            "size": 16384,
            "device_locator": "DIMM 0",
            "bank_locator": "BANK 0",
            "manufacturer": "Samsung",
            "serial_number": "1234",
            "asset_tag": "Tag",
            "part_number": "M393",
            "total_width": 72,
            "data_width": 64,
            "set": 0,
            "max_speed": 3200,
            "configured_clock_speed": 2933,
            "min_voltage": 1200,
            "max_voltage": 1250,
            "configured_voltage": 1200,
        },
        {
            "handle": "0x1101",
            "array_handle": "0x1000",
            "form_factor": "Unknown",
            "memory_type": "DDR3",
            "memory_type_details": "",
            "size": 65536,
            "device_locator": "",
            "bank_locator": "",
            "manufacturer": "",
            "serial_number": "",
            "asset_tag": "",
            "part_number": "",
        },
        {
            "handle": "0x1102",
            "array_handle": "0x1000",
            "form_factor": "DIMM",
            "memory_type": "DDR4",
            "memory_type_details": "Synchronous Registered (Buffered)",
            "size": None,
            "device_locator": "DIMM 1",
            "bank_locator": "",
            "manufacturer": "",
            "serial_number": "",
            "asset_tag": "",
            "part_number": "",
            "total_width": 72,
            "data_width": 64,
            "set": 0,
            "max_speed": 3200,
            "configured_clock_speed": 2933,
            "min_voltage": 1200,
            "max_voltage": 1250,
            "configured_voltage": 1200,
        },
    ]


@BOUND
def test_osquery_says_the_same(machine_of: MachineOf, tmp_path: Path) -> None:
    target = machine_of({PATH: TABLE})
    theirs = ask("SELECT * FROM memory_devices", {"/sys": Path(target.root) / "sys"})
    ours = embedded(target, "SELECT * FROM memory_devices")
    assert told(theirs) == told(ours)
    assert theirs


def test_a_source_that_can_not_be_read_raises(machine_of: MachineOf, deny: Deny) -> None:
    with pytest.raises(Missing):
        list(memory_devices.rows(machine_of({}), Query()))
    with pytest.raises(Malformed):
        list(memory_devices.rows(machine_of({PATH: TABLE[:-9]}), Query()))
    target = machine_of({PATH: TABLE})
    deny(target, PATH)
    with pytest.raises(Denied):
        list(memory_devices.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(memory_devices.rows(target, Query()))


@given(st.binary(max_size=80))
def test_a_structure_of_any_length_is_taken(data: bytes) -> None:
    for found in dmi.structures(structure(0x10, 1, data)):
        assert memory_devices.parse(found)["handle"] == "0x0001"

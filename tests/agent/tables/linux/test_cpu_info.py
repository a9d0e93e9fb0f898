"""Table cpu_info: processors as the firmware tells of them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.real_osquery import BOUND, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import cpu_info

MachineOf = Callable[..., RecordedTarget]
Deny = Callable[[RecordedTarget, str], None]
PATH = "/sys/firmware/dmi/tables/DMI"


def _processor(length: int = 0x30, kind: int = 3, cores: int = 8) -> bytes:
    """Make a structure of DSP0134, 7.5: its offsets are those of table 21 there."""
    fields = bytearray(length)
    fields[:4] = struct.pack("<BBH", 4, length, 0x42)
    fields[4], fields[5], fields[7], fields[0x10], fields[0x18] = 1, kind, 2, 3, 0x41
    fields[0x14:0x18] = struct.pack("<HH", 4000, 3600)
    if length >= 0x28:
        fields[0x23], fields[0x25] = cores, 2 * cores
        fields[0x26:0x28] = struct.pack("<H", 0xFC)
    return bytes(fields) + b"CPU 0\0AuthenticAMD\0AMD EPYC  \0\0"


OTHER = struct.pack("<BBHB", 1, 5, 1, 1) + b"Maker\0\0"
END = struct.pack("<BBH", 127, 4, 9) + b"\0\0"
TABLE = OTHER + _processor() + _processor(kind=2) + _processor(kind=4, cores=2) + END


def test_each_processor_is_a_row(machine_of: MachineOf) -> None:
    first, other, last = (dict(row) for row in cpu_info.rows(machine_of({PATH: TABLE}), Query()))
    assert first == {
        "device_id": "CPU0",
        "model": "AMD EPYC",
        "manufacturer": "AuthenticAMD",
        "processor_type": "3",
        "cpu_status": 0x41,
        "number_of_cores": "8",
        "logical_processors": 16,
        "address_width": "64",
        "current_clock_speed": 3600,
        "max_clock_speed": 4000,
        "socket_designation": "CPU 0",
    }
    assert "device_id" not in other
    assert last["device_id"] == "MATH1"


def test_old_firmware_does_not_tell_of_cores() -> None:
    (row,) = cpu_info.parse(dmi.structures(_processor(0x23)))
    assert "number_of_cores" not in row


@BOUND
def test_osquery_says_the_same(machine_of: MachineOf, tmp_path: Path) -> None:
    target = machine_of({PATH: TABLE})
    theirs = ask("SELECT * FROM cpu_info", {"/sys": Path(target.root) / "sys"})
    assert told(theirs) == told(embedded(target, "SELECT * FROM cpu_info"))
    assert len(theirs) == 3


def test_a_source_that_can_not_be_read_raises(machine_of: MachineOf, deny: Deny) -> None:
    with pytest.raises(Missing):
        list(cpu_info.rows(machine_of({}), Query()))
    target = machine_of({PATH: TABLE})
    deny(target, PATH)
    with pytest.raises(Denied):
        list(cpu_info.rows(target, Query()))
    target.live = False
    with pytest.raises(NotObservable):
        list(cpu_info.rows(target, Query()))


@pytest.mark.parametrize("cut", [len(OTHER) + 1, len(OTHER) + 20, len(OTHER) + 0x33])
def test_a_table_that_is_cut_off_raises(cut: int) -> None:
    with pytest.raises(Malformed):
        list(dmi.structures(TABLE[:cut]))


@given(st.binary(), st.integers(0, len(TABLE)))
def test_any_bytes_are_taken_or_refused(data: bytes, at: int) -> None:
    for broken in (data, TABLE[:at] + data + TABLE[at:]):
        try:
            assert all(isinstance(row["model"], str) for row in cpu_info.parse(dmi.structures(broken)))
        except Malformed:
            continue

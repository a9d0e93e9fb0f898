"""Table memory_device_mapped_addresses: at which physical addresses memory modules lie.

Source: the SMBIOS table (DSP0134, memory device mapped address), which takes root. What a
structure of older firmware does not hold is unset. A machine without SMBIOS raises, and a table that is cut off does.
"""

from typing import Dict, Iterator

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("handle", TEXT),
    Column("memory_device_handle", TEXT),
    Column("memory_array_mapped_address_handle", TEXT),
    Column("starting_address", TEXT),
    Column("ending_address", TEXT),
    Column("partition_row_position", INTEGER),
    Column("interleave_position", INTEGER),
    Column("interleave_data_depth", INTEGER),
)
_KIND = 20
_LARGE = 0xFFFFFFFF  # the addresses follow as numbers of 64 bits, in bytes


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each structure.

    Raises:
        Missing: the machine has no SMBIOS table.
        Malformed: the table is cut off.
    """
    return map(parse, dmi.of_kind(target, "memory_device_mapped_addresses", _KIND))


def parse(found: dmi.Structure) -> Dict[str, Value]:
    """Return what a structure tells."""
    large = found.number(0x04, 4) == _LARGE
    starts, ends, size, digits = (0x13, 0x1B, 8, 12) if large else (0x04, 0x08, 4, 8)
    return {
        "handle": found.hexadecimal(0x02, 2),
        "memory_device_handle": found.hexadecimal(0x0C, 2),
        "memory_array_mapped_address_handle": found.hexadecimal(0x0E, 2),
        "starting_address": found.hexadecimal(starts, size, digits),
        "ending_address": found.hexadecimal(ends, size, digits),
        "partition_row_position": found.number(0x10, 1),
        "interleave_position": found.number(0x11, 1),
        "interleave_data_depth": found.number(0x12, 1),
    }

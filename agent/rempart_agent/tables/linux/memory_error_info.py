"""Table memory_error_info: errors of memory that the firmware tells of.

Source: the SMBIOS table (DSP0134, 32-bit memory error information), which takes root. What a
structure of older firmware does not hold is unset. A machine without SMBIOS raises, and a table that is cut off does.
"""

from typing import Dict, Iterator

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("handle", TEXT),
    Column("error_type", TEXT),
    Column("error_granularity", TEXT),
    Column("error_operation", TEXT),
    Column("vendor_syndrome", TEXT),
    Column("memory_array_error_address", TEXT),
    Column("device_error_address", TEXT),
    Column("error_resolution", TEXT),
)
_KIND = 18
_NUMBERS = (
    ("vendor_syndrome", 0x07, 0),
    ("memory_array_error_address", 0x0B, 0x80000000),
    ("device_error_address", 0x0F, 0x80000000),
    ("error_resolution", 0x13, 0x80000000),
)
_TYPE_NAMES = (
    "Other|Unknown|OK|Bad read|Parity error|Single-bit error|Double-bit error|Multi-bit error|Nibble error|"
    "Checksum error|CRC error|Corrected single-bit error|Corrected error|Uncorrectable error"
)
_TYPES = dict(enumerate(_TYPE_NAMES.split("|"), 1))
_GRANULARITIES = {1: "Other", 2: "Unknown", 3: "Device level", 4: "Memory partition level"}
_OPERATIONS = {1: "Other", 2: "Unknown", 3: "Read", 4: "Write", 5: "Partial write"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each structure.

    Raises:
        Missing: the machine has no SMBIOS table.
        Malformed: the table is cut off.
    """
    return map(parse, dmi.of_kind(target, "memory_error_info", _KIND))


def parse(found: dmi.Structure) -> Dict[str, Value]:
    """Return what a structure tells."""
    row: Dict[str, Value] = {
        "handle": found.hexadecimal(0x02, 2),
        "error_type": found.name(0x04, _TYPES),
        "error_granularity": found.name(0x05, _GRANULARITIES),
        "error_operation": found.name(0x06, _OPERATIONS),
    }
    for column, at, unknown in _NUMBERS:
        if found.number(at, 4) != unknown:
            row[column] = found.hexadecimal(at, 4)
    return row

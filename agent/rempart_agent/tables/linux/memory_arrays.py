"""Table memory_arrays: the arrays of memory that the machine has.

Source: the SMBIOS table (DSP0134, physical memory array), which takes root. What a
structure of older firmware does not hold is unset. A machine without SMBIOS raises, and a table that is cut off does.
"""

from typing import Dict, Iterator

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("handle", TEXT),
    Column("location", TEXT),
    Column("use", TEXT),
    Column("memory_error_correction", TEXT),
    Column("max_capacity", INTEGER),
    Column("memory_error_info_handle", TEXT),
    Column("number_memory_devices", INTEGER),
)
_KIND = 16
_EXTENDED = 0x80000000
_NOT_PROVIDED, _NO_ERROR = 0xFFFE, 0xFFFF
_LOCATIONS = {
    0x01: "Other",
    0x02: "Unknown",
    0x03: "System board or motherboard",
    0x04: "ISA add-on card",
    0x05: "EISA add-on card",
    0x06: "PCI add-on card",
    0x07: "MCA add-on card",
    0x08: "PCMCIA add-on card",
    0x09: "Proprietary add-on card",
    0x0A: "NuBus",
    0xA0: "PC-98/C20 add-on card",
    0xA1: "PC-98/C24 add-on card",
    0xA2: "PC-98/E add-on card",
    0xA3: "PC-98/Local bus add-on card",
}
_USES = {
    0x01: "Other",
    0x02: "Unknown",
    0x03: "System memory",
    0x04: "Video memory",
    0x05: "Flash memory",
    0x06: "Non-volatile RAM",
    0x07: "Cache memory",
}
_CORRECTIONS = {
    0x01: "Other",
    0x02: "Unknown",
    0x03: "none",
    0x04: "Parity",
    0x05: "Single-bit ECC",
    0x06: "Multi-bit ECC",
    0x07: "CRC",
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each structure.

    Raises:
        Missing: the machine has no SMBIOS table.
        Malformed: the table is cut off.
    """
    return map(parse, dmi.of_kind(target, "memory_arrays", _KIND))


def parse(found: dmi.Structure) -> Dict[str, Value]:
    """Return what a structure tells."""
    capacity = found.number(0x07, 4)
    error = found.number(0x0B, 2)
    row: Dict[str, Value] = {
        "handle": found.hexadecimal(0x02, 2),
        "location": found.name(0x04, _LOCATIONS),
        "use": found.name(0x05, _USES),
        "memory_error_correction": found.name(0x06, _CORRECTIONS),
        "number_memory_devices": found.number(0x0D, 2),
    }
    if capacity is not None and capacity < _EXTENDED:
        row["max_capacity"] = capacity >> 20  # of KiB
    elif (extended := found.number(0x0F, 8)) is not None:
        row["max_capacity"] = extended >> 30  # of bytes
    if error not in (None, _NOT_PROVIDED, _NO_ERROR):
        row["memory_error_info_handle"] = found.hexadecimal(0x0B, 2)
    return row

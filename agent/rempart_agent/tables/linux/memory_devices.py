"""Table memory_devices: the memory modules and sockets of the machine.

Source: the SMBIOS table (DSP0134, memory device), which takes root. What a
structure of older firmware does not hold is unset. A machine without SMBIOS raises, and a table that is cut off does.
"""

from typing import Dict, Iterator

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("handle", TEXT),
    Column("array_handle", TEXT),
    Column("form_factor", TEXT),
    Column("total_width", INTEGER),
    Column("data_width", INTEGER),
    Column("size", INTEGER),
    Column("set", INTEGER),
    Column("device_locator", TEXT),
    Column("bank_locator", TEXT),
    Column("memory_type", TEXT),
    Column("memory_type_details", TEXT),
    Column("max_speed", INTEGER),
    Column("configured_clock_speed", INTEGER),
    Column("manufacturer", TEXT),
    Column("serial_number", TEXT),
    Column("asset_tag", TEXT),
    Column("part_number", TEXT),
    Column("min_voltage", INTEGER),
    Column("max_voltage", INTEGER),
    Column("configured_voltage", INTEGER),
)
_KIND = 17
_UNKNOWN, _EXTENDED, _OF_KIB = 0xFFFF, 0x7FFF, 0x8000
_TEXTS = {
    "device_locator": 0x10,
    "bank_locator": 0x11,
    "manufacturer": 0x17,
    "serial_number": 0x18,
    "asset_tag": 0x19,
    "part_number": 0x1A,
}
_NUMBERS = (
    ("total_width", 0x08, 2, (0xFFFF,)),
    ("data_width", 0x0A, 2, (0xFFFF,)),
    ("set", 0x0F, 1, (0xFF,)),
    ("max_speed", 0x15, 2, (0, 0xFFFF)),
    ("configured_clock_speed", 0x20, 2, (0, 0xFFFF)),
    ("min_voltage", 0x22, 2, (0,)),
    ("max_voltage", 0x24, 2, (0,)),
    ("configured_voltage", 0x26, 2, (0,)),
)
_FORM_NAMES = (
    "Other|Unknown|SIMM|SIP|Chip|DIP|ZIP|Proprietary Card|DIMM|TSOP|Row of chips|RIMM|SODIMM|SRIMM|FB-DIMM|Die"
)
_FORMS = dict(enumerate(_FORM_NAMES.split("|"), 1))
_TYPE_NAMES = (
    "Other|Unknown|DRAM|EDRAM|VRAM|SRAM|RAM|ROM|FLASH|EEPROM|FEPROM|EPROM|CDRAM|3DRAM|SDRAM|SGRAM|RDRAM|DDR|DDR2|"
    "DDR2 FB-DIMM|RESERVED|RESERVED|RESERVED|DDR3|FBD2|DDR4|LPDDR|LPDDR2|LPDDR3|LPDDR4|Logical non-volatile device|"
    "HBM|HBM2|DDR5|LPDDR5|HBM3"
)
_TYPES = dict(enumerate(_TYPE_NAMES.split("|"), 1))
_DETAILS = (
    *("Reserved", "Other", "Unknown", "Fast-paged", "Static column", "Pseudo-static", "RAMBUS", "Synchronous", "CMOS"),
    *("EDO", "Window DRAM", "Cache DRAM", "Non-volatile", "Registered (Buffered)", "Unbuffered (Unregistered)"),
    "LRDIMM",
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each structure.

    Raises:
        Missing: the machine has no SMBIOS table.
        Malformed: the table is cut off.
    """
    return map(parse, dmi.of_kind(target, "memory_devices", _KIND))


def parse(found: dmi.Structure) -> Dict[str, Value]:
    """Return what a structure tells."""
    row: Dict[str, Value] = {
        "handle": found.hexadecimal(0x02, 2),
        "array_handle": found.hexadecimal(0x04, 2),
        "form_factor": found.name(0x0E, _FORMS),
        "memory_type": found.name(0x12, _TYPES),
        "memory_type_details": _details(found.number(0x13, 2) or 0),
        "size": _size(found),
    }
    row.update((column, found.text(at)) for column, at in _TEXTS.items())
    for column, at, size, unknown in _NUMBERS:
        number = found.number(at, size)
        if number not in unknown:
            row[column] = number
    return row


def _size(found: dmi.Structure) -> Value:
    size = found.number(0x0C, 2)
    if size is None or size == _UNKNOWN:
        return None
    if size == _EXTENDED:
        return found.number(0x1C, 4)
    return (size & ~_OF_KIB) >> 10 if size & _OF_KIB else size  # in MiB else


def _details(bits: int) -> str:
    return " ".join(name for place, name in enumerate(_DETAILS) if bits >> place & 1)

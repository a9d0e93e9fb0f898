"""Table smbios_tables: the structures of the SMBIOS table.

Source: the table itself (DSP0134), which takes root. A machine without one raises, and a table that is cut off does.
The two NULs at the end of a structure belong to it, but for those that end the table, as in osquery.
"""

import hashlib
from typing import Dict, Iterator

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("number", INTEGER),
    Column("type", INTEGER),
    Column("description", TEXT),
    Column("handle", INTEGER),
    Column("header_size", INTEGER),
    Column("size", INTEGER),
    Column("md5", TEXT, collate="nocase"),
)
_KINDS = {
    0: "BIOS Information",
    1: "System Information",
    2: "Base Board or Module Information",
    3: "System Enclosure or Chassis",
    4: "Processor Information",
    5: "Memory Controller Information",
    6: "Memory Module Information",
    7: "Cache Information",
    8: "Port Connector Information",
    9: "System Slots",
    10: "On Board Devices Information",
    11: "OEM Strings",
    12: "System Configuration Options",
    13: "BIOS Language Information",
    14: "Group Associations",
    15: "System Event Log",
    16: "Physical Memory Array",
    17: "Memory Device",
    18: "32-bit Memory Error Information",
    19: "Memory Array Mapped Address",
    20: "Memory Device Mapped Address",
    21: "Built-in Pointing Device",
    22: "Portable Battery",
    23: "System Reset",
    24: "Hardware Security",
    25: "System Power Controls",
    26: "Voltage Probe",
    27: "Cooling Device",
    28: "Temperature Probe",
    29: "Electrical Current Probe",
    30: "Out-of-Band Remote Access",
    31: "Boot Integrity Services",
    32: "System Boot Information",
    33: "64-bit Memory Error Information",
    34: "Management Device",
    35: "Management Device Component",
    36: "Management Device Threshold Data",
    37: "Memory Channel",
    38: "IPMI Device Information",
    39: "System Power Supply",
    40: "Additional Information",
    41: "Onboard Devices Extended Info",
    126: "Inactive",
    127: "End-of-Table",
    130: "Memory SPD Data",
    131: "OEM Processor Type",
    132: "OEM Processor Bus Speed",
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each structure.

    Raises:
        Missing: the machine has no SMBIOS table.
        Malformed: the table is cut off.
    """
    target.need_live("smbios_tables")
    return parse(target.read(dmi.TABLE, dmi.MAX_TABLE))


def parse(data: bytes) -> Iterator[Dict[str, Value]]:
    """Parse an SMBIOS table.

    Raises:
        Malformed: it is cut off.
    """
    for number, found in enumerate(dmi.structures(data)):
        whole = found.fields + (found.texts + b"\0\0" if found.closed else b"")
        yield {
            "number": number,
            "type": found.kind,
            "description": _KINDS.get(found.kind, "Unknown"),
            "handle": found.number(0x02, 2),
            "header_size": len(found.fields),
            "size": len(whole),
            "md5": hashlib.md5(whole).hexdigest(),  # noqa: S324 - what osquery has; it protects nothing
        }

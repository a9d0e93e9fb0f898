"""Table cpu_info: the processors of the machine, as its firmware tells of them.

Source: the SMBIOS table (DSP0134, processor information) in ``/sys/firmware/dmi/tables/DMI``, which takes root. A
machine without one raises, and a table that is cut off does. Firmware older than SMBIOS 2.5 does not tell of cores:
these columns stay unset, where osquery fills in what the running system has.
"""

from typing import Dict, Iterable, Iterator

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("device_id", TEXT),
    Column("model", TEXT),
    Column("manufacturer", TEXT),
    Column("processor_type", TEXT),
    Column("cpu_status", INTEGER),
    Column("number_of_cores", TEXT),
    Column("logical_processors", INTEGER),
    Column("address_width", TEXT),
    Column("current_clock_speed", INTEGER),
    Column("max_clock_speed", INTEGER),
    Column("socket_designation", TEXT),
)
_PROCESSOR = 4
_KINDS = {3: "CPU", 4: "MATH", 5: "DSP", 6: "GPU"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each processor, or socket for one.

    Raises:
        Missing: the machine has no SMBIOS table.
        Malformed: the table is cut off.
    """
    return parse(dmi.of_kind(target, "cpu_info", _PROCESSOR))


def parse(processors: Iterable[dmi.Structure]) -> Iterator[Dict[str, Value]]:
    """Return what structures of processors tell."""
    number = 0
    for found in processors:
        if len(found.fields) < 0x1A:
            continue
        kind = found.fields[0x05]
        row: Dict[str, Value] = {
            "socket_designation": found.text(0x04),
            "model": found.text(0x10),
            "manufacturer": found.text(0x07),
            "processor_type": str(kind),
            "cpu_status": found.number(0x18, 1),
            "current_clock_speed": found.number(0x16, 2),
            "max_clock_speed": found.number(0x14, 2),
        }
        if len(found.fields) >= 0x28:
            row["number_of_cores"] = str(found.fields[0x23])
            row["logical_processors"] = found.fields[0x25]
            row["address_width"] = "64" if found.fields[0x26] & 4 else "32"
        if kind in _KINDS:
            row["device_id"] = "{}{}".format(_KINDS[kind], number)
            number += 1
        yield row

"""Table cpu_info: the processors of the machine, as its firmware tells of them.

Source: the SMBIOS table (DSP0134, processor information) in ``/sys/firmware/dmi/tables/DMI``, which takes root. A
machine without one raises, and a table that is cut off does. Firmware older than SMBIOS 2.5 does not tell of cores:
these columns stay unset, where osquery fills in what the running system has.
"""

from typing import Dict, Iterator, Tuple

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Query, Row, Value
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
MAX_TABLE = 4 * 1024 * 1024
_PROCESSOR, _END = 4, 127
_KINDS = {3: "CPU", 4: "MATH", 5: "DSP", 6: "GPU"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each processor, or socket for one.

    Raises:
        Missing: the machine has no SMBIOS table.
        Malformed: the table is cut off.
    """
    target.need_live("cpu_info")
    return parse(target.read(dmi.TABLE, MAX_TABLE))


def parse(data: bytes) -> Iterator[Dict[str, Value]]:
    """Parse an SMBIOS table.

    Raises:
        Malformed: it is cut off.
    """
    number = 0
    for kind, fields, texts in _structures(data):
        if kind != _PROCESSOR or len(fields) < 0x1A:
            continue
        row = _processor(fields, texts)
        if fields[5] in _KINDS:
            row["device_id"] = "{}{}".format(_KINDS[fields[5]], number)
            number += 1
        yield row


def _structures(data: bytes) -> Iterator[Tuple[int, bytes, bytes]]:
    """Yield type, fields and texts of each structure."""
    at = 0
    while at < len(data):
        if not data[at:].strip(b"\0"):  # the rest is padding
            return
        length = data[at + 1] if at + 1 < len(data) else 0
        end = data.find(b"\0\0", at + length)
        if length < 4 or end < 0:
            raise Malformed("{path}: cut off", path=dmi.TABLE)
        yield data[at], data[at : at + length], data[at + length : end]
        if data[at] == _END:
            return
        at = end + 2


def _processor(fields: bytes, texts: bytes) -> Dict[str, Value]:
    row: Dict[str, Value] = {
        "socket_designation": _text(texts, fields[0x04]),
        "model": _text(texts, fields[0x10]),
        "manufacturer": _text(texts, fields[0x07]),
        "processor_type": str(fields[0x05]),
        "cpu_status": fields[0x18],
        "current_clock_speed": int.from_bytes(fields[0x16:0x18], "little"),
        "max_clock_speed": int.from_bytes(fields[0x14:0x16], "little"),
    }
    if len(fields) >= 0x28:
        row["number_of_cores"] = str(fields[0x23])
        row["logical_processors"] = fields[0x25]
        row["address_width"] = "64" if fields[0x26] & 4 else "32"
    return row


def _text(texts: bytes, number: int) -> str:
    found = texts.split(b"\0")
    return found[number - 1].decode("utf-8", "replace").rstrip() if 0 < number <= len(found) else ""

"""Table platform_info: the firmware that started the machine.

Sources: SMBIOS (``rempart_agent.readers.files.dmi``), structure 0 of DSP0134, and ``/sys/firmware/efi``, which is
there where the machine was started by UEFI. A machine with neither tells nothing of its firmware and gives no row.
``address`` and ``size`` lie in the raw table, which takes root.
"""

from typing import Dict, List

from rempart_agent.readers.files import dmi
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("vendor", TEXT),
    Column("version", TEXT, collate="version"),
    Column("date", TEXT),
    Column("revision", TEXT),
    Column("extra", TEXT),
    Column("firmware_type", TEXT),
    Column("address", TEXT, costly=True),
    Column("size", TEXT, costly=True),
    Column("volume_size", INTEGER),
)
_DMI = {"vendor": "bios_vendor", "version": "bios_version", "date": "bios_date", "revision": "bios_release"}


def rows(target: Target, query: Query) -> List[Row]:
    """See Table.rows: the one row.

    Raises:
        Denied: ``address`` or ``size`` is asked for without root.
    """
    target.need_live("platform_info")
    described = dmi.exists(target)
    uefi = target.exists("/sys/firmware/efi")
    if not described and not uefi:
        return []
    row: Dict[str, Value] = {"firmware_type": "uefi" if uefi else "bios"}
    if described:
        row.update(dmi.read(target, _DMI, _DMI), volume_size=0, extra="")
        if "address" in query.columns or "size" in query.columns:
            try:
                row.update(parse(target.read(dmi.TABLE)))
            except Missing:
                pass
    return [row]


def parse(table: bytes) -> Dict[str, str]:
    """Return where the BIOS lies and its size in bytes; raises ``Malformed`` on a broken table.

    Args:
        table: The SMBIOS structures, as ``/sys/firmware/dmi/tables/DMI`` has them.
    """
    at = 0
    while at + 4 <= len(table):
        kind, length = table[at], table[at + 1]
        if length < 4 or at + length > len(table):
            raise Malformed("SMBIOS: a structure does not fit")
        if kind == 0 and length >= 10:
            segment = int.from_bytes(table[at + 6 : at + 8], "little")
            return {"address": "0x{:04x}".format(segment), "size": str((table[at + 9] + 1) * 65536)}
        end = table.find(b"\0\0", at + length)  # the texts of a structure end with two NULs
        if end < 0:
            break
        at = end + 2
    return {}

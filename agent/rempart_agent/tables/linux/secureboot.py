"""Table secureboot: whether UEFI Secure Boot is on.

Source: the variables ``SecureBoot`` and ``SetupMode`` of the global vendor (UEFI specification 2.10, section 3.3) in
efivarfs: four bytes of attributes, then the value. A machine that was not started by UEFI has no such state and gives
no row. A firmware without the variable ``SecureBoot`` does not know it, so it is off.
"""

from typing import Dict, List

from rempart_agent.source.contract import INTEGER, Column, Malformed, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (Column("secure_boot", INTEGER), Column("setup_mode", INTEGER))
_FOLDER = "/sys/firmware/efi/efivars"
_GLOBAL = "8be4df61-93ca-11d2-aa0d-00e098032b8c"


def rows(target: Target, query: Query) -> List[Row]:
    """See Table.rows: one row on a UEFI machine; raises ``Missing`` where efivarfs is not mounted."""
    target.need_live("secureboot")
    if not target.exists("/sys/firmware"):
        raise Missing("/sys/firmware: does not exist (is sysfs mounted?)")
    if not target.exists("/sys/firmware/efi"):
        return []
    if not target.listdir(_FOLDER):
        raise Missing("{folder}: efivarfs is not mounted", folder=_FOLDER)
    row: Dict[str, int] = {"secure_boot": 0}
    for column, variable in (("secure_boot", "SecureBoot"), ("setup_mode", "SetupMode")):
        try:
            row[column] = parse(target.read_head("{}/{}-{}".format(_FOLDER, variable, _GLOBAL), 64))
        except Missing:
            continue
    return [row]


def parse(data: bytes) -> int:
    """Return the value of a one-byte variable: 0, 1, or -1 for anything else; raises ``Malformed`` on a short one."""
    if len(data) < 5:
        raise Malformed("{folder}: a variable of {count} bytes", folder=_FOLDER, count=len(data))
    return data[4] if data[4] in (0, 1) else -1

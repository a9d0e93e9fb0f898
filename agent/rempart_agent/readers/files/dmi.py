"""What the firmware says of the hardware (SMBIOS, DSP0134), as the kernel shows it in ``/sys/class/dmi/id``.

Serial numbers and the machine's id take root; the rest any user may read. A machine without SMBIOS has no such folder.
"""

from typing import Dict, Iterable

from rempart_agent.source.contract import Missing
from rempart_agent.source.target import Target

_FOLDER = "/sys/class/dmi/id"
TABLE = "/sys/firmware/dmi/tables/DMI"


def exists(target: Target) -> bool:
    """Tell whether the machine has SMBIOS; raises ``Missing`` where sysfs can't be looked at."""
    if target.exists(_FOLDER):
        return True
    if not target.exists("/sys/class"):
        raise Missing("/sys/class: does not exist (is sysfs mounted?)")
    return False


def read(target: Target, columns: Iterable[str], sources: Dict[str, str]) -> Dict[str, str]:
    """Return what the firmware says for some columns; a value that it does not have is left out.

    Args:
        target: A live machine.
        columns: The columns that are wanted.
        sources: Column to the name of its file.

    Raises:
        Denied: one of the values takes root.
    """
    row = {}
    for column in columns:
        if column in sources:
            try:
                row[column] = target.text("{}/{}".format(_FOLDER, sources[column])).strip()
            except Missing:
                continue
    return row

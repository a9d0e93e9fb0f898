"""Table kernel_info: the running kernel and how it was started.

Sources: ``/proc/version`` (proc_version(5)) and ``/proc/cmdline`` (proc_cmdline(5)).
"""

from typing import Dict, List

from rempart_agent.source.contract import TEXT, Column, Malformed, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("version", TEXT, collate="version"),
    Column("arguments", TEXT),
    Column("path", TEXT),
    Column("device", TEXT),
)


def rows(target: Target, query: Query) -> List[Row]:
    """See Table.rows: the one row."""
    target.need_live("kernel_info")
    return [parse(target.text("/proc/version"), target.text("/proc/cmdline"))]


def parse(version: str, cmdline: str) -> Dict[str, str]:
    """Parse the two files; raises ``Malformed`` where no kernel version is found.

    Args:
        version: The text of /proc/version.
        cmdline: The text of /proc/cmdline.
    """
    words = version.split()
    if len(words) < 3 or words[1] != "version":
        raise Malformed("/proc/version: no kernel version")
    row = {"version": words[2]}
    rest = []
    for word in cmdline.split():
        if word.startswith("BOOT_IMAGE="):
            row["path"] = word[len("BOOT_IMAGE=") :]
        elif word.startswith("root="):
            row["device"] = word[len("root=") :]
        else:
            rest.append(word)
    row["arguments"] = " ".join(rest)
    return row

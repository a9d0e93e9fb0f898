"""Table acpi_tables: the tables that the firmware gives the kernel to run the machine by (ACPI).

Source: ``/sys/firmware/acpi/tables``, which takes root. A machine without ACPI raises.
"""

import hashlib
import stat
from typing import Iterator

from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT),
    Column("size", INTEGER),
    Column("md5", TEXT, collate="nocase"),
)
FOLDER = "/sys/firmware/acpi/tables"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each table.

    Raises:
        Missing: the machine has no such tables.
        Denied: the run is not root.
    """
    target.need_live("acpi_tables")
    for name, kind, status in sorted(target.statuses(FOLDER), key=lambda entry: entry[0]):
        if kind == "other" and status and stat.S_ISREG(status.st_mode):
            data = target.read(FOLDER + "/" + name)
            digest = hashlib.md5(data).hexdigest()  # noqa: S324 - what osquery has; it protects nothing
            yield {"name": name, "size": len(data), "md5": digest}

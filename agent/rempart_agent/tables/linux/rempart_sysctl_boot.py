"""Table rempart_sysctl_boot: kernel settings after the next start of the machine.

Sources: the files of sysctl.d(5) of all folders in the order of systemd-sysctl, ufw's own file where ufw is enabled,
the kernel's command line, and what the kernel begins with. Values are read as the kernel reads them (``0x1b6`` is 438,
``1 # x`` is 1, ``0#x`` is refused), by ``rempart_agent.models.sysctl``. An interface has a row where it is there now:
one that appears later has what is its default then.

``value`` is NULL, with ``why``, where it is not known: nothing sets it and kernels differ, it hangs on when an
interface appears, or how the kernel reads it is not known. ``written`` is what the file says.
"""

from typing import Iterator

from rempart_agent.readers.files import sysctl_boot
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT, index=True),
    Column("value", TEXT),
    Column("written", TEXT),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("why", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each setting."""
    for found in sysctl_boot.read(target):
        by = found.setting
        yield {
            "name": found.key.replace("/", "."),
            "value": found.value,
            "written": by.value if by else "",
            "source": by.source if by else "" if found.why else "default",
            "line": by.line if by else None,
            "why": found.why,
        }

"""Table portage_use: the USE flags with which Portage built each package (Gentoo).

Source: ``USE`` in the folders of ``/var/db/pkg``. A machine without these has no Portage and no rows.
"""

from typing import Iterator

from rempart_agent.formats import portage
from rempart_agent.source.contract import TEXT, Column, Missing, Query, Row
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import portage_packages

OFFLINE = "full"
COLUMNS = (
    Column("package", TEXT),
    Column("version", TEXT, collate="version"),
    Column("use", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each flag of each package."""
    if not target.exists(portage_packages.FOLDER):
        return
    for path in portage_packages.folders(target):
        try:
            flags = target.text(path + "/USE").split()
        except Missing:
            continue
        package, version = portage.split(path[len(portage_packages.FOLDER) + 1 :])
        for flag in flags:
            yield {"package": package, "version": version, "use": flag}

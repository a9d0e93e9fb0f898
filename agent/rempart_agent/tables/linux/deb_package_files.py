"""Table deb_package_files: the files that packages of dpkg brought.

Source: ``info/*.list`` in ``admindir`` (``/var/lib/dpkg`` unless the statement says otherwise). Other than in osquery
the files of packages that may be installed for several architectures at once (``info/NAME:ARCH.list``) are rows, too.
A machine without that directory has no dpkg and no rows.
"""

from typing import Iterator

from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target
from rempart_agent.tables.linux.deb_packages import ADMINDIR

OFFLINE = "full"
COLUMNS = (
    Column("package", TEXT, index=True, argument=True),
    Column("path", TEXT, index=True),
    Column("admindir", TEXT, argument=True),
)
_ENDING = ".list"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each file or directory of each package.

    Raises:
        Missing: dpkg's directory is there, and its lists are not.
    """
    asked = query.equal("package")
    for admindir in query.equal("admindir") or [ADMINDIR]:
        if not admindir.startswith("/") or not target.exists(admindir):
            continue
        folder = admindir + "/info"
        for name in target.listdir(folder):
            package = name[: -len(_ENDING)].partition(":")[0]
            if name.endswith(_ENDING) and (asked is None or package in asked):
                for path in target.lines(folder + "/" + name):
                    if path:
                        yield {"package": package, "path": path, "admindir": admindir}

"""Table rpm_package_files: the files that packages of rpm brought, as rpm installed them.

Source: rpm's database (``rpm_database``). ``sha256`` is told where the package has such digests. A system has more
files than a statement may have rows: name a ``package``.
"""

from typing import Iterator

from rempart_agent.formats import rpm_header
from rempart_agent.readers.packages import rpm_database
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("package", TEXT, index=True, argument=True),
    Column("path", TEXT, index=True),
    Column("username", TEXT),
    Column("groupname", TEXT),
    Column("mode", TEXT),
    Column("size", BIGINT),
    Column("sha256", TEXT, collate="nocase"),
)
_SHA256 = 8  # RFC 4880, 9.4


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each file of each package.

    Raises:
        Malformed: the database is damaged.
    """
    asked = query.equal("package")
    for blob in rpm_database.blobs(target):
        package = rpm_header.Files(blob)
        if asked is not None and package.name not in asked:
            continue
        for path, user, group, mode, size, digest in package.owned():
            yield {
                "package": package.name,
                "path": path,
                "username": user,
                "groupname": group,
                "mode": "{:04o}".format(mode & 0o7777),
                "size": size,
                "sha256": digest if package.algorithm == _SHA256 else "",
            }

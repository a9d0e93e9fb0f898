"""Table rpm_packages: the packages that rpm has installed.

Source: rpm's database in ``/var/lib/rpm`` or ``/usr/lib/sysimage/rpm``, in each of its three forms (``rpm_database``).
Without either directory there is no rpm, and no rows.
"""

from typing import Iterator

from rempart_agent.readers.packages import rpm_database
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT, index=True),
    Column("version", TEXT, index=True, collate="version_rhel"),
    Column("release", TEXT, index=True),
    Column("source", TEXT),
    Column("size", BIGINT),
    Column("sha1", TEXT, collate="nocase"),
    Column("arch", TEXT, index=True),
    Column("epoch", INTEGER, index=True),
    Column("install_time", INTEGER),
    Column("vendor", TEXT),
    Column("package_group", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
    Column("mount_namespace_id", TEXT, hidden=True),
)

_NAMES = frozenset(column.name for column in COLUMNS)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each installed package.

    Raises:
        Malformed: the database is damaged.
    """
    for header in rpm_database.headers(target):
        yield {name: value for name, value in header.items() if name in _NAMES}

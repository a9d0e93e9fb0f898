"""Table rempart_exports: what NFS gives to whom, by its configuration and by hand.

Sources: ``/etc/exports``, ``/etc/exports.d/*.exports`` (exports(5)) and ``/var/lib/nfs/etab``, in which exportfs(8)
keeps what is exported now. ``everybody`` is 1 where the client stands for everybody: no host, a wildcard without a
name, a network shorter than /8 (IPv6: /32); NULL, for the reason in ``why``, for netgroups and Kerberos. ``root`` is 1
where root of a client, or everybody, is root over the files.
"""

from typing import Iterator

from rempart_agent.models import exports
from rempart_agent.source.contract import INTEGER, TEXT, Column, Loop, Missing, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("path", TEXT),
    Column("line", INTEGER),
    Column("folder", TEXT),
    Column("client", TEXT),
    Column("options", TEXT),
    Column("everybody", INTEGER),
    Column("root", INTEGER),
    Column("secure", INTEGER),
    Column("writable", INTEGER),
    Column("why", TEXT),
)
ETAB = "/var/lib/nfs/etab"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each folder and client."""
    for path in ("/etc/exports", *target.glob("/etc/exports.d/*.exports"), ETAB):
        try:
            text = target.text(path)
        except (Missing, Loop):
            continue
        for export in exports.parse(text):
            yield {"path": path, **export._asdict()}

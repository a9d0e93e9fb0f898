"""Table groups: the local groups of the machine, built in and its own.

Source: the account database. ``gid`` is the last number of the security identifier: 544 is Administrators.
"""

from typing import Iterator

from rempart_agent.readers.windows import account_database
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("gid", BIGINT, index=True),
    Column("gid_signed", BIGINT),
    Column("groupname", TEXT),
    Column("group_sid", TEXT, index=True),
    Column("comment", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each group."""
    for group in account_database.read(target).groups:
        yield {
            "gid": group.rid,
            "gid_signed": group.rid - (1 << 32) if group.rid >> 31 else group.rid,
            "groupname": group.name,
            "group_sid": group.sid,
            "comment": group.comment,
        }

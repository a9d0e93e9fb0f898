"""Table user_groups: the local groups of each account of ``users``.

Source: the account database, members by either of its two lists. Accounts and groups of a directory that are in a local
group are members here, by the last number of their security identifier; who is in a group of the directory only the
directory knows. In osquery none of them appear.
"""

from typing import Iterator

from rempart_agent.readers.windows import account
from rempart_agent.source.contract import BIGINT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, index=True),
    Column("gid", BIGINT, index=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each account and group."""
    for one in account.read(target):
        for group in one.groups:
            yield {"uid": one.rid, "gid": group}

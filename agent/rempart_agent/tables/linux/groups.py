"""Table groups: the groups of the local database.

Source: ``/etc/group`` (group(5)). Of several groups of one id the first is the row, as in osquery; who is a member of
any of them is in ``user_groups``.
"""

from typing import Dict, Iterator, Set

from rempart_agent.readers.files import account
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("gid", BIGINT, index=True),
    Column("gid_signed", BIGINT),
    Column("groupname", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each group id."""
    return parse(target.text(account.GROUP))


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse group(5); a line that the C library would not take is left out, as there."""
    seen: Set[int] = set()
    for line in account.entries(text):
        group = account.parse_group(line)
        if group and group.gid not in seen:
            seen.add(group.gid)
            yield {"gid": group.gid, "gid_signed": account.signed(group.gid), "groupname": group.name}

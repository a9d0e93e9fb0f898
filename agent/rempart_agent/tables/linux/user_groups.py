"""Table user_groups: the groups that each local user gets at login.

Sources: ``/etc/passwd`` and ``/etc/group``, put together as getgrouplist(3) does: the primary group, then every line of
the group file that names the user. That function knows no comments: a line ``#sudo:x:27:alice`` makes alice a member.
Where several accounts share a user id, osquery looks at the first; here the groups of the others are added.
"""

from typing import Dict, Iterator, List, Set

from rempart_agent.readers.files import account
from rempart_agent.source.contract import BIGINT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, index=True),
    Column("gid", BIGINT, index=True),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each user and group."""
    return parse(target.text(account.PASSWD), target.text(account.GROUP))


def parse(passwd: str, group: str) -> Iterator[Dict[str, Value]]:
    """Put passwd(5) and group(5) together; a user that two lines of one group id name has two rows, as in osquery.

    Args:
        passwd: The text of /etc/passwd.
        group: The text of /etc/group.
    """
    groups_of: Dict[str, List[int]] = {}
    for entry in account.memberships(group):
        for name in dict.fromkeys(entry.members):
            groups_of.setdefault(name, []).append(entry.gid)
    given: Dict[int, Set[int]] = {}
    for user in account.parse_accounts(passwd):
        gids = [user.gid] + [gid for gid in groups_of.get(user.name, ()) if gid != user.gid]
        before = given.get(user.uid)
        if before is not None:
            gids = [gid for gid in gids if gid not in before]
        given.setdefault(user.uid, set()).update(gids)
        for gid in gids:
            yield {"uid": user.uid, "gid": gid}

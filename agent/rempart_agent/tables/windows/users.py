"""Table users: the accounts of the machine, and of a directory those that have a profile or are in a local group.

Source: the account database and the list of profiles in the registry. ``uid`` is the last number of the security
identifier (``uuid``), as in osquery; it is not unique where there is a directory. ``gid`` is the first local group that
has the account, else its primary group. A name that the disk does not tell is the security identifier.
"""

from typing import Iterator

from rempart_agent.readers.windows import account
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, index=True),
    Column("gid", BIGINT),
    Column("uid_signed", BIGINT),
    Column("gid_signed", BIGINT),
    Column("username", TEXT),
    Column("description", TEXT),
    Column("directory", TEXT),
    Column("shell", TEXT),
    Column("uuid", TEXT, index=True, collate="nocase"),
    Column("type", TEXT),
)
_SHELL = "C:\\Windows\\system32\\cmd.exe"  # osquery's answer for everybody


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each account."""
    for one in account.read(target):
        gid = one.groups[0] if one.groups else one.primary or one.rid
        yield {
            "uid": one.rid,
            "gid": gid,
            "uid_signed": _signed(one.rid),
            "gid_signed": _signed(gid),
            "username": one.name,
            "description": one.comment,
            "directory": one.folder,
            "shell": _SHELL,
            "uuid": one.sid,
            "type": one.kind,
        }


def _signed(number: int) -> int:
    return number - (1 << 32) if number >> 31 else number

"""Table users: the accounts of the local user database.

Source: ``/etc/passwd`` (passwd(5)). Accounts of a directory service are not in it and not answered.
"""

from typing import Dict, Iterator

from rempart_agent.tables.contract import BIGINT, INTEGER, TEXT, Column, Query, Row
from rempart_agent.targets.contract import Target

OFFLINE = "full"
COLUMNS = (
    Column("uid", BIGINT, index=True),
    Column("gid", BIGINT),
    Column("uid_signed", BIGINT),
    Column("gid_signed", BIGINT),
    Column("username", TEXT, index=True),  # osquery looks the name up byte for byte, whatever the collation
    Column("description", TEXT),
    Column("directory", TEXT),
    Column("shell", TEXT),
    Column("uuid", TEXT, index=True, collate="nocase"),
    Column("include_remote", INTEGER, hidden=True),
    Column("pid_with_namespace", INTEGER, hidden=True),
)


def signed(number: int) -> int:
    """Return a 32-bit id as the signed number that it also is."""
    return number - (1 << 32) if number >= 1 << 31 else number


def rows(target: Target, query: Query) -> Iterator[Row]:
    """Return one row for each account."""
    return parse(target.text("/etc/passwd"))


def parse(text: str) -> Iterator[Dict[str, object]]:
    """Parse passwd(5); a line that the C library would not take is left out, as there."""
    for line in text.split("\n"):
        line = line.lstrip(" \t")
        fields = line.split(":")
        if line.startswith("#") or len(fields) < 7 or not fields[0]:
            continue
        if not (fields[2].isascii() and fields[2].isdigit() and fields[3].isascii() and fields[3].isdigit()):
            continue
        uid, gid = int(fields[2]), int(fields[3])
        if uid >= 1 << 32 or gid >= 1 << 32:
            continue
        yield {
            "uid": uid,
            "gid": gid,
            "uid_signed": signed(uid),
            "gid_signed": signed(gid),
            "username": fields[0],
            "description": fields[4],
            "directory": fields[5],
            "shell": fields[6],
        }

"""The local account database, read as the C library reads it: passwd(5), group(5), getgrouplist(3).

What counts is who can log in and as what, so lines are taken or left as glibc does: blanks before a line are skipped, a
line whose numbers can't be read is none, one that stops after the group id is an account, and the ``+`` and ``-`` of
nss_compat (nsswitch.conf(5)) are entries too. Accounts of a directory service are not in these files.
"""

import functools
import os
import re
from typing import Iterator, List, NamedTuple, Optional, Set, Tuple

from rempart_agent.source.contract import Query
from rempart_agent.source.target import Target

PASSWD = "/etc/passwd"  # noqa: S105 - the name of a file
GROUP = "/etc/group"
BLANK = " \t\n\v\f\r"
_NUMBER = re.compile(r"[ \t\n\v\f\r]*(?:\+?[0-9]+|-0+)", re.ASCII)


class Account(NamedTuple):
    """One line of passwd(5)."""

    name: str
    uid: int
    gid: int
    description: str = ""
    directory: str = ""
    shell: str = ""


class Group(NamedTuple):
    """One line of group(5)."""

    name: str
    gid: int
    members: Tuple[str, ...] = ()


def number(text: str) -> Optional[int]:
    """Return a 32-bit id as strtoul(3) reads it, or None where it does not take all of ``text``."""
    if not _NUMBER.fullmatch(text) or len(text) > 64:
        return None
    value = int(text)
    return value if value < 1 << 32 else None


def signed(value: int) -> int:
    """Return a 32-bit id as the signed number that it also is."""
    return value - (1 << 32) if value >= 1 << 31 else value


def entries(text: str) -> Iterator[str]:
    """Yield the lines of such a file that are no comment, as C strings, without the blanks before them."""
    for line in text.split("\n"):
        line = line.partition("\0")[0].lstrip(BLANK)
        if line and line[0] != "#":
            yield line


def parse_accounts(text: str) -> Iterator[Account]:
    """Parse passwd(5)."""
    return iter(_accounts(text))


@functools.lru_cache(maxsize=4)  # a join asks for the files of one user after the other
def _accounts(text: str) -> Tuple[Account, ...]:
    return tuple(_each_account(text))


def _each_account(text: str) -> Iterator[Account]:
    for line in entries(text):
        fields = line.split(":", 6)
        compat = line[0] in "+-"
        if compat and line.find(":") in (-1, len(line) - 1):
            yield Account(fields[0], 0, 0)
            continue
        uid, gid = _id(fields, 2, compat), _id(fields, 3, compat)
        if uid is not None and gid is not None:
            more = fields[4:]
            yield Account(fields[0], uid, gid, *more)


def _id(fields: List[str], place: int, compat: bool) -> Optional[int]:
    """Return the id in a field; one of a compat entry may be empty unless it ends the line."""
    if place >= len(fields):
        return None
    if compat and not fields[place] and place < len(fields) - 1:
        return 0
    return number(fields[place])


def parse_group(line: str) -> Optional[Group]:
    """Parse one line of group(5); None where the C library takes it for no entry."""
    fields = line.split(":", 3)
    compat = line[:1] in ("+", "-")
    if compat and line.find(":") in (-1, len(line) - 1):
        return Group(fields[0], 0)
    gid = _id(fields, 2, compat)
    if gid is None:
        return None
    names = fields[3].split(",") if len(fields) > 3 else ()
    return Group(fields[0], gid, tuple(filter(None, (name.lstrip(BLANK) for name in names))))


def memberships(text: str) -> List[Group]:
    """Return the lines of group(5) that give members, as getgrouplist(3) sees them: it knows no comments."""
    lines = (line.partition("\0")[0] for line in text.split("\n") if ":" in line)
    return [group for group in map(parse_group, lines) if group and group.members]


def homes(target: Target, query: Query) -> List[Tuple[int, str]]:
    """Return user id and home directory of the users whose own files a statement asks for.

    They are the users that it names by ``uid``, else the one of this process alone, as in osquery; on a root
    filesystem, where nobody runs, that is root. Accounts that share an id each have their home; one that is no absolute
    path is left out.

    Args:
        target: What is looked at.
        query: What the statement asks.

    Raises:
        Missing: there is no user database.
    """
    asked = query.equal("uid")
    if asked is None:
        asked = [str(os.getuid()) if target.live else "0"]
    wanted = {number(uid) for uid in asked}
    found: List[Tuple[int, str]] = []
    seen: Set[Tuple[int, str]] = set()
    for account in parse_accounts(target.text(PASSWD)):
        home = (account.uid, account.directory.rstrip("/"))
        if account.uid in wanted and account.directory.startswith("/") and home not in seen:
            seen.add(home)
            found.append(home)
    return sorted(found, key=lambda home: home[0])

r"""Table shadow: the state and age of each local password, never the password.

Source: ``/etc/shadow`` (shadow(5)), whose lines are taken or left as the C library does; it needs root. ``hash_alg`` is
the identifier between the first two dollars (crypt(5)): ``y`` yescrypt, ``6`` SHA-512; a locked hash has none.

``password_status`` follows osquery: ``!!`` is ``not_set``; what begins with ``!``, ``*`` or ``x`` is ``locked``; an
empty field is ``empty``; anything else is ``active``.
"""

import re
from typing import Dict, Iterator, List, Optional

from rempart_agent.readers.files import account
from rempart_agent.source.contract import BIGINT, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
SOURCE = "/etc/shadow"
COLUMNS = (
    Column("password_status", TEXT),
    Column("hash_alg", TEXT),
    Column("last_change", BIGINT),
    Column("min", BIGINT),
    Column("max", BIGINT),
    Column("warning", BIGINT),
    Column("inactive", BIGINT),
    Column("expire", BIGINT),
    Column("flag", BIGINT),
    Column("username", TEXT, index=True),
)

_ALGORITHM = re.compile(r"\$(\w+)\$", re.ASCII)
_DAYS = ("last_change", "min", "max", "warning", "inactive", "expire")
_OLD_FORM = dict.fromkeys(_DAYS[3:], -1)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each entry."""
    return parse(target.text(SOURCE))


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse shadow(5); a line that the C library would not take is left out, as there: nobody can log in by it."""
    for line in account.entries(text):
        fields = line.split(":", 8)
        if line[0] in "+-" and line.find(":") in (-1, len(line) - 1):
            ages: Optional[Dict[str, Value]] = {**dict.fromkeys(_DAYS[:3], 0), **_OLD_FORM}
        else:
            ages = _ages(fields)
        if ages is not None:
            password = fields[1] if len(fields) > 1 else ""
            ages.update(username=fields[0], password_status=status(password), hash_alg=algorithm(password))
            yield ages


def _ages(fields: List[str]) -> Optional[Dict[str, Value]]:
    """Return the day counts of an entry, -1 where one is empty; None where the C library takes it for no entry.

    The four last fields may be missing together (the old form). Otherwise a line that stops before the expiry date is
    none; the flag may be missing.
    """
    ages: Dict[str, Value] = {}
    for place, name in enumerate(_DAYS, 2):
        if name == "warning":
            if not ":".join(fields[place:]).lstrip(account.BLANK):
                ages.update(_OLD_FORM)
                return ages
            fields[place] = fields[place].lstrip(account.BLANK)
        if fields[place:] in ([], [""]):
            return None
        value = account.number(fields[place]) if fields[place] else -1
        if value is None:
            return None
        ages[name] = account.signed(value)
    flag = fields[8] if len(fields) > 8 else ""
    if flag:
        value = account.number(flag)
        if value is None:
            return None
        ages["flag"] = value
    return ages


def status(password: str) -> str:
    """Return what a password field says of the account, in osquery's words."""
    if password == "!!":  # noqa: S105 - never set, on Red Hat's systems
        return "not_set"
    if password[:1] in ("!", "*", "x"):
        return "locked"
    return "active" if password else "empty"


def algorithm(password: str) -> str:
    """Return the identifier of the hash, or ``""`` where there is none (traditional DES, locked, empty)."""
    found = _ALGORITHM.match(password)
    return found.group(1) if found else ""

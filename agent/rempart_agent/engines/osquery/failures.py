"""What osquery says when a statement fails, sorted into the kinds of failures, and the order of its columns."""

import re
import sys
from collections.abc import Iterable

from rempart_agent.engines.osquery import release
from rempart_agent.engines.sql import dialect
from rempart_core.model.result import Failure
from rempart_core.model.verdict import NEEDED

_LACKING = re.compile(r"no such (table|column): (\S+)")
_UNCONSTRAINED = ("without a required column in the WHERE clause", "constraint failed")
PLATFORM = {"win32": "windows", "darwin": "darwin"}.get(sys.platform, "linux")
"""The platform that an osquery on this machine answers for."""


def sort_failure(message: str, sql: str, version: str, platform: str = PLATFORM) -> Failure:
    """Return the failure that osquery's message comes to.

    Args:
        message: osquery's words.
        sql: The statement.
        version: The release that said so.
        platform: The platform that it runs on.
    """
    message = " ".join(message.split())
    found = _LACKING.search(message)
    if found:
        needs = release.needed(found[2], sql, platform)
        told = f"; {needs}, this is {version}" if needs else ""
        return Failure(f"no_{found[1]}", message + told)
    if any(words in message for words in _UNCONSTRAINED):
        return Failure("constraint", message)
    return Failure("sql", message)


def order_columns(sql: str, names: Iterable[str]) -> tuple[str, ...] | None:
    """Return the names of an answer's columns in the order of the statement; osquery sorts them.

    ``item``, ``observed``, ``expected`` and ``ok`` come first, as in every check. None where the text of the statement
    does not tell, as that of ``SELECT *``.

    Args:
        sql: One statement or several.
        names: The names of the answer's columns, in any order.
    """
    left = set(names)
    if len(left) < 2:
        return tuple(left)
    order = [name for name in NEEDED if name in left] if left.issuperset(NEEDED) else []
    left.difference_update(order)
    if not left:
        return tuple(order)
    tokens = dialect.tokens(sql)
    for wanted in (True, False):  # names that AS gives first, then plain ones
        for place, (kind, text) in enumerate(tokens):
            name = text.strip("'\"`[]") if kind in {"name", "text"} else ""
            if name in left and wanted == (place > 0 and tokens[place - 1][1].lower() == "as"):
                left.discard(name)
                order.append(name)
    return None if left else tuple(order)

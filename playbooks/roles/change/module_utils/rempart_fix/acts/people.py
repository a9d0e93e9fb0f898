"""Rules about all accounts of a host: what a spec comes to are fields of single accounts, members and locks.

Spec: ``{rule, …}``; see ``resolve/people``. An account with a name that no act may hold (letters beyond ASCII, blanks)
is left out, and the others are done: whoever waits is told its name, and the check goes on saying so.
"""

import time
from typing import Any, List, Mapping

from ..contract import Act
from ..entries import NAME
from ..paths import printable
from ..resolve import people
from ..sight import Sight
from . import account


def resolve(spec: Mapping[str, Any], sight: Sight) -> List[Act]:
    """See Kind.resolve."""
    lines = []
    for file in ("passwd", "shadow", "group", "gshadow"):
        data = sight.read("/etc/" + file) or b""
        lines.append(people.read_lines(data.decode("utf-8", "surrogateescape"), file))
    acts: List[Act] = []
    for one in people.RULES[spec["rule"]](people.Files(*lines), spec, int(time.time())):
        name = str(one["name"])
        if (account.MEMBER if "not_member_of" in one else NAME).match(name):
            acts += account.resolve(one, sight)
        else:
            told = printable(name)
            sight.place.tell((f"left out, by its name: {told}", f"laissé de côté, à cause de son nom\u00a0: {told}"))
    return acts

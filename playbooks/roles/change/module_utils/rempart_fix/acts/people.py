"""Rules about all accounts of a host: what a spec comes to are fields of single accounts, members and locks.

Spec: ``{rule, …}``; see ``resolve/people``.
"""

import time
from typing import Any, List, Mapping

from ..contract import Act
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
        acts += account.resolve(one, sight)
    return acts

"""Table ulimit_info: the limits of the process that answers (getrlimit(2)): under osquery its own, here the agent's."""

from typing import Dict, Iterator, List, Tuple

from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("type", TEXT),
    Column("soft_limit", TEXT),
    Column("hard_limit", TEXT),
)
# of Linux (bits/resource.h); the standard library lacks the name of one
NUMBERS: Dict[str, int] = {
    "as": 9,
    "core": 4,
    "cpu": 0,
    "data": 2,
    "fsize": 1,
    "locks": 10,
    "memlock": 8,
    "msgqueue": 12,
    "nice": 13,
    "nofile": 7,
    "nproc": 6,
    "rss": 5,
    "rtprio": 14,
    "sigpending": 11,
    "stack": 3,
}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each limit."""
    target.need_live("ulimit_info")
    for name, (soft, hard) in zip(NUMBERS, target.ask("ulimit_info", ask)):
        yield {"type": name, "soft_limit": _said(soft), "hard_limit": _said(hard)}


def ask() -> List[Tuple[int, int]]:
    """Ask the kernel for the limits, soft and hard, in the order of ``NUMBERS``; -1 is none."""
    import resource

    return [resource.getrlimit(number) for number in NUMBERS.values()]


def _said(limit: int) -> str:
    return "unlimited" if limit < 0 else str(limit)

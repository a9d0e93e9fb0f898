"""Table uptime: how long the machine has been running.

Source: ``/proc/uptime`` (proc_uptime(5)): seconds since boot, sleep included.
"""

from typing import Dict, List

from rempart_agent.source.contract import BIGINT, INTEGER, Column, Malformed, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("days", INTEGER),
    Column("hours", INTEGER),
    Column("minutes", INTEGER),
    Column("seconds", INTEGER),
    Column("total_seconds", BIGINT),
)


def rows(target: Target, query: Query) -> List[Row]:
    """See Table.rows: the one row."""
    target.need_live("uptime")
    return [parse(target.text("/proc/uptime"))]


def parse(text: str) -> Dict[str, int]:
    """Parse ``/proc/uptime``; raises ``Malformed`` where it does not begin with a number of seconds."""
    whole = text.partition(".")[0]
    if not (whole.isascii() and whole.isdigit()):
        raise Malformed("/proc/uptime: no number of seconds")
    total = int(whole[:18])
    return {
        "days": total // 86400,
        "hours": total // 3600 % 24,
        "minutes": total // 60 % 60,
        "seconds": total % 60,
        "total_seconds": total,
    }

"""Table time: the date and time of this run, in UTC.

It is the clock of whoever asks, on a root filesystem too; there the local time zone stays unset.
"""

import time
from typing import Dict, List

from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("weekday", TEXT),
    Column("year", INTEGER),
    Column("month", INTEGER),
    Column("day", INTEGER),
    Column("hour", INTEGER),
    Column("minutes", INTEGER),
    Column("seconds", INTEGER),
    Column("timezone", TEXT),
    Column("local_timezone", TEXT),
    Column("unix_time", INTEGER),
    Column("timestamp", TEXT),
    Column("datetime", TEXT),
    Column("iso_8601", TEXT),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def rows(target: Target, query: Query) -> List[Row]:
    """See Table.rows: the one row."""
    now = int(time.time())
    row = describe(now)
    if target.live:
        row["local_timezone"] = time.localtime(now).tm_zone
    return [row]


def describe(now: int) -> Dict[str, Value]:
    """Return the row of a moment.

    Args:
        now: Seconds since 1970-01-01 UTC.
    """
    utc = time.gmtime(now)
    iso = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*utc[:6])
    return {
        "weekday": _DAYS[utc.tm_wday],
        "year": utc.tm_year,
        "month": utc.tm_mon,
        "day": utc.tm_mday,
        "hour": utc.tm_hour,
        "minutes": utc.tm_min,
        "seconds": utc.tm_sec,
        "timezone": "UTC",
        "unix_time": now,
        "timestamp": time.asctime(utc) + " UTC",
        "datetime": iso,
        "iso_8601": iso,
    }

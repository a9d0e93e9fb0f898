"""Table load_average: how many processes ran or waited to run, on average over 1, 5 and 15 minutes (getloadavg(3))."""

import os
from typing import Iterator, List

from rempart_agent.source.contract import TEXT, Column, Malformed, Query, Row, SourceError
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("period", TEXT),
    Column("average", TEXT),
)
PERIODS = ("1m", "5m", "15m")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each period.

    Raises:
        SourceError: the system does not tell.
    """
    target.need_live("load_average")
    averages = target.ask("load_average", ask)
    if len(averages) != len(PERIODS):
        raise Malformed("load_average: {count} averages", count=len(averages))
    for period, average in zip(PERIODS, averages):
        yield {"period": period, "average": "{:f}".format(average)}


def ask() -> List[float]:
    """Ask the system for its averages.

    Raises:
        SourceError: it does not tell.
    """
    try:
        return list(os.getloadavg())
    except OSError as error:
        raise SourceError("load_average: the system does not tell") from error

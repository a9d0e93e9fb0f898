"""What the store answers about many nights: what was open, how much was judged, what was closed and how soon.

A finding is closed when the check is seen to pass, or not to apply any more: neither silence nor a check that could not
be judged closes one, and a check that is asked no more leaves it unclosed.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from sqlalchemy import Connection, and_, or_, select

from rempart_core.model.check import Severity
from rempart_core.model.trend import ClosedFinding, Trend, TrendNight, measure_repairs
from rempart_store.read.history import alive, valid
from rempart_store.schema.fingerprint import ERROR, FAIL, NOT_CHECKED, PASS
from rempart_store.schema.table import COUNTS, SEVERITIES, STATES, check, endpoint, interval, visit
from rempart_store.schema.table import run as run_table

_DAY = 86_400  # seconds
_SEVERITY = [Severity(name) for name in SEVERITIES]
_GONE = (PASS, STATES.index("not_applicable"))
_WEIGHED = [COUNTS[state] for state in (PASS, FAIL, ERROR, NOT_CHECKED)]


def trend(connection: Connection, since: int, at: int) -> Trend:
    """Return the nights of a time with a run, and how long findings took that were closed in it.

    Args:
        connection: In a transaction.
        since: Its beginning, seconds since 1970.
        at: Its end; ages of open findings are reckoned from it.
    """
    ended = connection.scalars(
        select(run_table.c.ended).where(run_table.c.ended >= since, run_table.c.ended <= at).order_by(run_table.c.ended)
    )
    moments = sorted({moment // _DAY: moment for moment in ended}.values())
    closed = ((one.severity, one.closed - one.since) for one in closed_findings(connection, since, at))
    return Trend(tuple(_nights(connection, moments)), tuple(measure_repairs(closed, _ages(connection, at))))


def _nights(connection: Connection, moments: list[int]) -> Iterator[TrendNight]:
    opened = _count_open(connection, moments)
    visits = _count_visits(connection, moments)
    for place, moment in enumerate(moments):
        found = {severity: opened[number][place] for number, severity in enumerate(_SEVERITY)}
        yield TrendNight(moment, found, *(counts[place] for counts in visits))


def _count_open(connection: Connection, moments: list[int]) -> list[list[int]]:
    """Return how many findings count at each moment, by number of the severity: what begins less what ended by then."""
    query = select(interval.c.severity, interval.c.since, interval.c.until, endpoint.c.retired)
    query = query.join(endpoint, endpoint.c.id == interval.c.endpoint)
    query = query.where(interval.c.state == FAIL, interval.c.waived.is_(False))
    steps = [[0] * (len(moments) + 1) for _ in SEVERITIES]
    for severity, since, until, retired in map(tuple, connection.execute(query)):
        step = steps[severity]
        step[bisect_left(moments, since)] += 1
        ends = [moment for moment in (until, retired) if moment is not None]
        if ends:
            step[bisect_left(moments, min(ends))] -= 1
    return [list(accumulate(step)) for step in steps]


def _count_visits(connection: Connection, moments: list[int]) -> tuple[list[int], ...]:
    """Return known endpoints, silent ones, judged and asked results at each moment, by the last visits until then."""
    totals = tuple([0] * (len(moments) + 1) for _ in range(4))

    def add(values: tuple[int, ...], begin: int, end: int) -> None:
        for total, value in zip(totals, values, strict=True):
            total[begin] += value
            total[end] -= value

    query = select(visit.c.endpoint, visit.c.time, visit.c.silent, *(visit.c[name] for name in _WEIGHED))
    last = moments[-1] if moments else 0
    query = query.where(visit.c.time <= last).order_by(visit.c.endpoint, visit.c.time)
    retired = {row.id: row.retired for row in connection.execute(select(endpoint.c.id, endpoint.c.retired))}
    known, begin, values = None, 0, (0, 0, 0, 0)
    for id_, time, silent, *counts in map(tuple, connection.execute(query)):
        place = bisect_left(moments, time)
        if id_ != known:
            if known is not None:
                add(values, begin, _end_of(retired[known], moments, begin))
            known, begin = id_, place
        elif place != begin:
            add(values, begin, place)
            begin = place
        values = (1, int(silent), counts[0] + counts[1], sum(counts))
    if known is not None:
        add(values, begin, _end_of(retired[known], moments, begin))
    return tuple(list(accumulate(total))[:-1] for total in totals)


def _end_of(retired: int | None, moments: list[int], begin: int) -> int:
    """Return the place of the first moment at which an endpoint is there no more."""
    return len(moments) if retired is None else max(begin, bisect_left(moments, retired))


def _ages(connection: Connection, at: int) -> Iterator[tuple[Severity, int]]:
    query = select(interval.c.severity, interval.c.failing_since).join(endpoint, endpoint.c.id == interval.c.endpoint)
    query = query.where(interval.c.state == FAIL, interval.c.waived.is_(False), valid(at), alive(at))
    for severity, since in map(tuple, connection.execute(query)):
        yield _SEVERITY[severity], max(0, at - since)


def closed_findings(connection: Connection, since: int, at: int) -> Iterator[ClosedFinding]:
    """Give the findings that were closed in a time, by endpoint, check and moment.

    Args:
        connection: In a transaction.
        since: Its beginning, seconds since 1970.
        at: Its end.
    """
    before = interval.alias()
    query = select(endpoint.c.name, check.c.name, before.c.severity, before.c.failing_since, interval.c.since)
    query = query.select_from(interval).join(
        before,
        and_(
            before.c.endpoint == interval.c.endpoint,
            before.c.check_id == interval.c.check_id,
            before.c.until == interval.c.since,
            before.c.failing_since.is_not(None),
        ),
    )
    query = query.join(endpoint, endpoint.c.id == interval.c.endpoint).join(check, check.c.id == interval.c.check_id)
    query = query.where(
        interval.c.state.in_(_GONE),
        interval.c.since >= since,
        interval.c.since <= at,
        or_(endpoint.c.retired.is_(None), endpoint.c.retired > interval.c.since),
    )
    query = query.order_by(endpoint.c.name, check.c.name, interval.c.since)
    for name, id_, severity, failing, closed in map(tuple, connection.execute(query)):
        yield ClosedFinding(name, id_, _SEVERITY[severity], failing, closed)

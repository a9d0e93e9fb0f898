"""A visit that comes late: it is put in its place in time, and the later ones are gone through again.

Nothing is lost by that: what each later visit saw is read from the intervals first, whole for a whole one; of a visit
that asked some checks only, those that it asked.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select, update

from rempart_store.schema.row import add_rows
from rempart_store.schema.table import interval, visit
from rempart_store.write import interval as timeline
from rempart_store.write.interval import Interval, Seen, Visit

# The columns of an interval in the order of its fields.
COLUMNS = [interval.c[name] for name in Interval._fields]


def _read_interval(row: Any) -> Interval:
    return Interval(*(getattr(row, name) for name in Interval._fields))


def _read_seen(row: Any) -> Seen:
    return Seen(row.state, row.severity, row.waived, row.mark, row.detail)


def write_interval(endpoint: int, check: int, one: Interval, until: int | None) -> dict[str, Any]:
    """Return the row of an interval.

    Args:
        endpoint: The endpoint's number.
        check: The check's number.
        one: What was seen, and since when.
        until: When it ended, seconds since 1970; None where it has not.
    """
    return {"endpoint": endpoint, "check_id": check, "until": until, **one._asdict()}


def free_moment(connection: Connection, endpoint: int, time: int) -> int:
    """Return the first second from ``time`` on at which the endpoint has no visit yet.

    Args:
        connection: In a transaction that writes.
        endpoint: The endpoint's number.
        time: Seconds since 1970.
    """
    query = select(visit.c.time).where(visit.c.endpoint == endpoint, visit.c.time >= time).order_by(visit.c.time)
    for taken in connection.scalars(query):
        if taken != time:
            break
        time += 1
    return time


def insert_late(connection: Connection, endpoint: int, late: Visit) -> dict[str, int]:
    """Put a visit in its place, a free moment, and return the columns of its row that count.

    Args:
        connection: In a transaction that writes.
        endpoint: The endpoint's number.
        late: The visit.
    """
    mine = interval.c.endpoint == endpoint
    rows = connection.execute(
        select(interval).where(mine, or_(interval.c.until.is_(None), interval.c.until >= late.time))
    ).all()
    later = connection.execute(
        select(visit).where(visit.c.endpoint == endpoint, visit.c.time > late.time).order_by(visit.c.time)
    ).all()
    visits = [late, *(_read_visit(row, rows) for row in later)]
    connection.execute(delete(interval).where(mine, interval.c.since >= late.time))
    kept = and_(mine, interval.c.since < late.time)
    connection.execute(update(interval).where(kept, interval.c.until >= late.time).values(until=None))
    now = {row.check_id: _read_interval(row) for row in rows if row.since < late.time}
    stored = set(now)
    ends: dict[int, int] = {}  # of intervals that are in the store: when they end
    finished: list[dict[str, Any]] = []
    counted: list[dict[str, int]] = []
    for one in visits:
        done = timeline.step(now, one)
        for check, old in done.ended.items():
            if check in stored and old.since < late.time:
                ends[check] = one.time
                stored.discard(check)
            else:
                finished.append(write_interval(endpoint, check, old, one.time))
        counted.append(timeline.count(now.values(), silent=one.silent))
    for check, end in ends.items():
        connection.execute(
            update(interval).where(kept, interval.c.check_id == check, interval.c.until.is_(None)).values(until=end)
        )
    begun = [write_interval(endpoint, check, one, None) for check, one in now.items() if one.since >= late.time]
    add_rows(connection, interval, finished + begun)
    for row, counts in zip(later, counted[1:], strict=True):
        connection.execute(update(visit).where(visit.c.endpoint == endpoint, visit.c.time == row.time).values(**counts))
    return counted[0]


def _read_visit(row: Any, rows: Sequence[Any]) -> Visit:
    """Return what a later visit saw."""
    asked = None if row.asked is None else {int(number) for number in row.asked.split()}
    seen = {
        one.check_id: _read_seen(one)
        for one in rows
        if one.since <= row.time
        and (one.until is None or one.until > row.time)
        and (asked is None or one.check_id in asked)
    }
    return Visit(row.time, seen, asked is None, row.silent)

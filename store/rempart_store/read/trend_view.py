"""What pages read of many days: what was open, and how much was judged, at the end of each."""

from typing import NamedTuple

from sqlalchemy import Connection, and_, func, or_, select

from rempart_store.read.fleet_view import Groups, steer
from rempart_store.schema.table import COUNTS, OPEN, SEVERITIES, STATES, endpoint, visit

_DAY = 86_400  # seconds
_JUDGED = ("pass", "fail")
_ASKED = (*_JUDGED, "error", "not_checked")


class DayOfTrend(NamedTuple):
    """The fleet at the end of one day.

    Attributes:
        day: Its first second, since 1970.
        open: Open findings by severity.
        hosts: How many hosts had answered until then, and were there still.
        judged: How many results of theirs are verdicts.
        asked: How many concern their host.
    """

    day: int
    open: dict[str, int]
    hosts: int
    judged: int
    asked: int


def list_days(connection: Connection, groups: Groups, since: int, at: int) -> list[DayOfTrend]:
    """Return the days from one moment to another, from the first on which a host had answered.

    It reads every visit until then, so that callers keep the answer.

    Args:
        connection: Reads.
        groups: Those that may be read.
        since: The first moment, seconds since 1970.
        at: The last one.
    """
    steer(connection, few=False)
    begins = visit.c.time // _DAY
    following = func.lead(visit.c.time // _DAY).over(partition_by=visit.c.endpoint, order_by=visit.c.time)
    names = (*OPEN, *COUNTS[: len(STATES)])
    query = select(
        begins.label("begins"),
        func.coalesce(following, endpoint.c.retired // _DAY).label("ends"),
        *(visit.c[name] for name in names),
    )
    query = query.select_from(visit.join(endpoint, endpoint.c.id == visit.c.endpoint))
    query = query.where(visit.c.silent.is_(False), visit.c.time <= at)
    if groups is not None:
        query = query.where(endpoint.c.group_name.in_(sorted(groups)))
    lasting = query.subquery()
    sums = [func.count(), *(func.sum(lasting.c[name]) for name in names)]
    last = at // _DAY
    counts = or_(lasting.c.ends.is_(None), lasting.c.ends > lasting.c.begins)
    steps: dict[int, list[int]] = {}
    for sign, place, condition in (
        (1, lasting.c.begins, counts),
        (-1, lasting.c.ends, and_(lasting.c.ends > lasting.c.begins, lasting.c.ends <= last)),
    ):
        for day, *found in connection.execute(select(place, *sums).where(condition).group_by(place)):
            step = steps.setdefault(int(day), [0] * len(found))
            steps[int(day)] = [old + sign * int(new) for old, new in zip(step, found, strict=True)]
    return _add_up(steps, since // _DAY, last)


def _add_up(steps: dict[int, list[int]], first: int, last: int) -> list[DayOfTrend]:
    total = [0] * (1 + len(OPEN) + len(STATES))
    for day in sorted(day for day in steps if day < first):
        total = [old + new for old, new in zip(total, steps[day], strict=True)]
    days = []
    for day in range(max(first, min(steps, default=last)), last + 1):
        if day in steps:
            total = [old + new for old, new in zip(total, steps[day], strict=True)]
        hosts, *found = total
        opened = dict(zip(SEVERITIES, found[: len(OPEN)], strict=True))
        states = dict(zip(STATES, found[len(OPEN) :], strict=True))
        judged, asked = (sum(states[name] for name in names) for names in (_JUDGED, _ASKED))
        days.append(DayOfTrend(day * _DAY, opened, hosts, judged, asked))
    return days if steps else []

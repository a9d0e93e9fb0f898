"""What is forgotten, and when: history older than a number of days, never what stands now.

Links of the chain stay for ever (a few hundred bytes each), or nobody could prove the order of the rest.
"""

from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from rempart_controller.store.table import detail, endpoint, interval, link, part, pending, run, visit

DAY = 86_400


class Retention(NamedTuple):
    """How long things are kept, in days; None for ever.

    Attributes:
        history: Intervals that have ended, visits, runs, updates that are installed, endpoints not seen any more.
        documents: Signed documents; their links stay.
    """

    history: int | None = None
    documents: int | None = None


def forget(connection: Connection, policy: Retention, now: int) -> None:
    """Forget what the policy says.

    Args:
        connection: In a transaction that writes.
        policy: How long things are kept.
        now: Seconds since 1970.
    """
    if policy.documents is not None:
        before = now - policy.documents * DAY
        connection.execute(update(link).where(link.c.time < before).values(document=None))
        connection.execute(delete(part).where(part.c.used < before))
    if policy.history is not None:
        _forget_history(connection, now - policy.history * DAY)


def _forget_history(connection: Connection, before: int) -> None:
    lost = select(endpoint.c.id).where(or_(endpoint.c.seen < before, endpoint.c.retired < before))
    for table in (interval, visit, pending):
        connection.execute(delete(table).where(table.c.endpoint.in_(lost)))
    connection.execute(delete(endpoint).where(or_(endpoint.c.seen < before, endpoint.c.retired < before)))
    connection.execute(delete(interval).where(interval.c.until < before))
    connection.execute(delete(pending).where(pending.c.gone < before))
    # The last visit before the day stays: it says how the endpoint stood on that day.
    later = visit.alias()
    newer = select(later.c.time).where(
        and_(later.c.endpoint == visit.c.endpoint, later.c.time > visit.c.time, later.c.time <= before)
    )
    connection.execute(delete(visit).where(visit.c.time < before, newer.correlate(visit).exists()))
    newest = select(func.max(run.c.number)).scalar_subquery()
    connection.execute(delete(run).where(run.c.ended < before, run.c.number < newest))
    used = select(interval.c.detail).union(select(visit.c.reason).where(visit.c.reason.is_not(None)))
    connection.execute(delete(detail).where(detail.c.id.not_in(used)))

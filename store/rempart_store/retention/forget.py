"""What is forgotten, and when: history older than a number of days, never what stands now.

Links of the chain stay for ever (a few hundred bytes each), or nobody could prove the order of the rest. That documents
were forgotten is signed, or one that somebody took away would look like one of these: without the key all of them stay.
"""

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, or_, select, update

from rempart_store.schema.table import detail, endpoint, forgotten, interval, link, part, pending, run, visit

if TYPE_CHECKING:  # what signs nothing needs no cryptography
    from rempart_core.signing.key import Key

DAY = 86_400


class Retention(NamedTuple):
    """How long things are kept, in days; None for ever.

    Attributes:
        history: Intervals that have ended, visits, runs, updates that are installed, endpoints not seen any more.
        documents: Signed documents, where there is a key that says so; their links stay.
    """

    history: int | None = None
    documents: int | None = None


def forget(connection: Connection, policy: Retention, now: int, key: "Key | None" = None) -> None:
    """Forget what the policy says.

    Args:
        connection: In a transaction that writes.
        policy: How long things are kept.
        now: Seconds since 1970.
        key: Signs that documents were forgotten; without it they stay.
    """
    if policy.documents is not None and key is not None:
        _forget_documents(connection, now - policy.documents * DAY, key)
    if policy.history is not None:
        _forget_history(connection, now - policy.history * DAY)


def _forget_documents(connection: Connection, before: int, key: "Key") -> None:
    from rempart_core.signing.forgetting import state

    query = select(link.c.number, link.c.link).where(link.c.time < before, link.c.document.is_not(None))
    gone = [{"n": number} for number, text in connection.execute(query) if _covers(before, text)]
    if not gone:
        return
    connection.execute(update(link).where(link.c.number == bindparam("n")).values(document=None), gone)
    connection.execute(delete(part).where(part.c.used < before))
    connection.execute(delete(forgotten).where(forgotten.c.before <= before))
    connection.execute(insert(forgotten), {"before": before, "statement": state(before, key)})


def _covers(before: int, link: str) -> bool:
    from rempart_core.signing import dsse
    from rempart_core.signing.chain import read_link
    from rempart_core.signing.forgetting import covers

    signed = dsse.read(json.loads(link))
    said = read_link(signed) if signed and signed.right else None
    return said is not None and covers(before, said.ended)


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

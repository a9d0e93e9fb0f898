"""What was not asked since a moment: endpoints without an answer, and checks that later answers left out."""

from collections import Counter
from collections.abc import Container

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from rempart_core.model.history import NotCompared
from rempart_store.read.history import alive
from rempart_store.schema.table import check, endpoint, interval, visit


def find_not_compared(connection: Connection, then: ColumnElement[int], meant: Container[str]) -> NotCompared:
    """Return what of the endpoints that were known at a moment, and are not silent now, was not asked since.

    Args:
        connection: Reads.
        then: The moment, of the endpoint of the query around.
        meant: Names of the endpoints that are meant.
    """
    known = (endpoint.c.retired.is_(None), alive(then), endpoint.c.silent.is_(False))
    unasked = select(endpoint.c.name).where(*known, endpoint.c.answered <= then).order_by(endpoint.c.name)
    hosts = tuple(name for name in connection.scalars(unasked) if name in meant)
    names: dict[int, str] = {}
    asked: dict[int, set[int]] = {}
    for row in connection.execute(_asked_in_part(then, *known)):
        if row.name in meant:
            names[row.id] = row.name
            asked.setdefault(row.id, set()).update(map(int, row.asked.split()))
    if not names:
        return NotCompared(hosts)
    left: Counter[str] = Counter()
    standing = select(interval.c.endpoint, interval.c.check_id, check.c.name).join(
        check, check.c.id == interval.c.check_id
    )
    those = select(_asked_in_part(then, *known).subquery().c.id)
    for one in connection.execute(standing.where(interval.c.until.is_(None), interval.c.endpoint.in_(those))):
        if one.endpoint in asked and one.check_id not in asked[one.endpoint]:
            left[one.name] += 1
    return NotCompared(hosts, tuple(sorted(names.values())), tuple(sorted(left.items())))


def _asked_in_part(then: ColumnElement[int], *known: ColumnElement[bool]) -> Select[int, str, str]:
    """Return the query of endpoints with the checks of each answer since then, where none was to a whole profile.

    After an answer to a whole profile an endpoint has a mark, which spares a look at its visits.
    """
    whole = visit.alias()
    answered = and_(whole.c.endpoint == endpoint.c.id, whole.c.time > then, whole.c.silent.is_(False))
    wholly = select(func.count()).where(answered, whole.c.asked.is_(None)).correlate(endpoint).scalar_subquery()
    here = and_(visit.c.endpoint == endpoint.c.id, visit.c.time > then, visit.c.silent.is_(False))
    query = select(endpoint.c.id, endpoint.c.name, visit.c.asked).join(visit, here)
    return query.where(*known, endpoint.c.mark.is_(None), visit.c.asked.is_not(None), wholly == 0)

"""What pages read of a host's past: since when its checks fail, and what changed, newest first."""

from sqlalchemy import ColumnElement, Connection, or_, select

from rempart_core.model.history import Standing
from rempart_store.read.history import read_standing, select_standings, valid
from rempart_store.schema.table import check, interval

MOST = 100
"""Changes that are listed."""


def failing_since(connection: Connection, host: int, at: int | None = None) -> dict[str, int]:
    """Return since when checks fail on a host, waived ones too, by their ids.

    Args:
        connection: Reads.
        host: The endpoint's number, of a host that may be read.
        at: The moment; None for now.
    """
    holds = interval.c.until.is_(None) if at is None else valid(at)
    query = select(check.c.name, interval.c.failing_since).join(check, check.c.id == interval.c.check_id)
    query = query.where(interval.c.endpoint == host, holds, interval.c.failing_since.is_not(None))
    return {row.name: row.failing_since for row in connection.execute(query)}


def list_changes(connection: Connection, host: int, since: int, until: int, only: str = "") -> list[Standing]:
    """Return what the checks of a host came to and when that began, newest first, with details.

    What was so when the host was seen first is no change, and not among them, unless one check alone is wanted.

    Args:
        connection: Reads.
        host: The endpoint's number, of a host that may be read.
        since: The first moment that may be read.
        until: The last one.
        only: The id of the one check that is wanted; ``""`` for all.
    """
    conditions: list[ColumnElement[bool]] = [interval.c.endpoint == host, interval.c.since <= until]
    if only:
        conditions += [check.c.name == only, or_(interval.c.until.is_(None), interval.c.until > since)]
    else:
        conditions.append(interval.c.since >= since)
        earlier = interval.alias()
        before = select(earlier.c.since).where(
            earlier.c.endpoint == interval.c.endpoint,
            earlier.c.check_id == interval.c.check_id,
            earlier.c.since < interval.c.since,
        )
        conditions.append(before.exists())
    query = select_standings(details=True).where(*conditions)
    query = query.order_by(interval.c.since.desc(), check.c.name).limit(MOST)
    return [read_standing(row, details=True) for row in connection.execute(query)]

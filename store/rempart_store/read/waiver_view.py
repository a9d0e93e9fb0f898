"""What pages read of waivers in force: the findings that the last answers of hosts had accepted."""

from sqlalchemy import Connection, select

from rempart_core.model.history import Standing
from rempart_store.read.fleet_view import PAGE, Groups, steer
from rempart_store.read.history import read_standing, select_standings
from rempart_store.schema.table import check, endpoint, interval, visit


def list_waived(connection: Connection, groups: Groups, after: str = "", limit: int = PAGE) -> list[Standing]:
    """Return the accepted findings of some hosts by name, each with the waiver that was applied.

    Args:
        connection: Reads.
        groups: Those that may be read.
        after: The name of the last host of the page before; ``""`` for the first page.
        limit: How many hosts at most.
    """
    steer(connection, few=True)
    hosts = select(endpoint.c.id).join(
        visit, (visit.c.endpoint == endpoint.c.id + 0) & (visit.c.time == endpoint.c.seen)
    )
    hosts = hosts.where(endpoint.c.retired.is_(None), visit.c.count_waived > 0, endpoint.c.name > after)
    if groups is not None:
        hosts = hosts.where(endpoint.c.group_name.in_(sorted(groups)))
    ids = list(connection.scalars(hosts.order_by(endpoint.c.name).limit(limit)))
    query = select_standings(details=True).where(
        interval.c.endpoint.in_(ids), interval.c.until.is_(None), interval.c.waived.is_(True)
    )
    query = query.order_by(endpoint.c.name, check.c.name)
    return [read_standing(row, details=True) for row in connection.execute(query)]

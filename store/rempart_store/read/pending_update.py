"""Updates that wait on endpoints, and since when."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from rempart_core.model.history import Pending
from rempart_core.model.update_history import UpdateHistory, Waiting
from rempart_store.schema.table import endpoint
from rempart_store.schema.table import pending as pending_table


def histories(connection: Connection, *conditions: ColumnElement[bool]) -> dict[str, UpdateHistory]:
    """Return what is known of the updates that wait on each endpoint, by name."""
    query = select(endpoint.c.id, endpoint.c.name, endpoint.c.machine_id, endpoint.c.listed)
    query = query.where(endpoint.c.retired.is_(None), *conditions).order_by(endpoint.c.seen)
    waiting: dict[int, dict[str, Waiting]] = {}
    facts = (pending_table.c[name] for name in ("endpoint", "item", "first_seen", "absent"))
    for number, item, first_seen, absent in connection.execute(
        select(*facts)
        .join(endpoint, endpoint.c.id == pending_table.c.endpoint)
        .where(pending_table.c.gone.is_(None), *conditions)
    ):
        waiting.setdefault(number, {})[item] = Waiting(first_seen, absent or 0)
    return {
        name: UpdateHistory(machine, listed or 0, waiting.get(number, {}))
        for number, name, machine, listed in connection.execute(query)
    }


def pending(connection: Connection, host: str | None) -> Iterator[Pending]:
    """Give the updates that wait or waited, of one host or of all, by host and then oldest first.

    Args:
        connection: In a transaction.
        host: The endpoint's name; None for all.
    """
    query = select(endpoint.c.name, pending_table).join(endpoint, endpoint.c.id == pending_table.c.endpoint)
    if host is not None:
        query = query.where(endpoint.c.name == host, endpoint.c.retired.is_(None))
    order: list[Callable[[], Any] | Any] = [endpoint.c.name, pending_table.c.first_seen, pending_table.c.item]
    for row in connection.execute(query.order_by(*order)):
        yield Pending(row.name, row.item, row.candidate, row.first_seen, row.gone)

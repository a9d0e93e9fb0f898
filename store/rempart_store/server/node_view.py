"""What pages read of nodes: a hundred at a time, and how many there are of each state."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from rempart_store.schema.server_node import server_group, server_node
from rempart_store.server.node import Node

STATES = ("waiting", "active", "revoked", "merged")
_node = server_node.c


class After(NamedTuple):
    """Where a page of nodes begins: after the one of this name and number."""

    name: str
    id: int


def list_nodes(
    connection: Connection,
    groups: frozenset[str] | None,
    state: str = "",
    after: After | None = None,
    limit: int = 100,
) -> list[Node]:
    """Return nodes by name; those that wait and have no group yet are read by who reads all groups.

    Args:
        connection: Reads.
        groups: Names of those that may be read; None for all.
        state: One of :data:`STATES`; ``flagged`` for those that may be two machines; ``""`` for all.
        after: The last one of the page before; None for the first page.
        limit: How many at most.
    """
    group = func.coalesce(server_group.c.name, "").label("group")
    columns = [group if name == "group" else _node[name] for name in Node._fields]
    query = select(*columns).select_from(server_node.outerjoin(server_group, server_group.c.id == _node.group_id))
    query = query.where(*_of(groups))
    if state == "flagged":
        query = query.where(_node.clone != "", _node.state == "active")
    elif state:
        query = query.where(_node.state == state)
    if after is not None:
        query = query.where(or_(_node.name > after.name, and_(_node.name == after.name, _node.id > after.id)))
    return [Node(*row) for row in connection.execute(query.order_by(_node.name, _node.id).limit(limit))]


def count_nodes(connection: Connection, groups: frozenset[str] | None) -> dict[str, int]:
    """Return how many nodes there are of each state, and ``flagged``.

    Args:
        connection: Reads.
        groups: Names of those that may be read; None for all.
    """
    source = server_node.outerjoin(server_group, server_group.c.id == _node.group_id)
    query = select(_node.state, func.count()).select_from(source).where(*_of(groups)).group_by(_node.state)
    found = dict.fromkeys((*STATES, "flagged"), 0)
    for state, count in connection.execute(query):
        found[state] = count
    flagged = select(func.count()).select_from(source)
    flagged = flagged.where(*_of(groups), _node.clone != "", _node.state == "active")
    found["flagged"] = connection.scalar(flagged) or 0
    return found


def _of(groups: frozenset[str] | None) -> list[ColumnElement[bool]]:
    return [] if groups is None else [server_group.c.name.in_(sorted(groups))]

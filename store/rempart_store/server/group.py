"""Groups of nodes: which profile is audited, and who may see it."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update

from rempart_store.connection import Connection
from rempart_store.schema.row import next_number
from rempart_store.schema.server_node import server_group, server_node, server_secret


class Group(NamedTuple):
    """A group of nodes.

    Attributes:
        id: Its number, from 1.
        name: Its name, unique.
        profile: The profile that is audited.
        role: The role of its machines; ``""`` where each machine's own is recognised.
        parameters: ``NAME=VALUE``, as ``--param`` takes them.
        created: When it was made, seconds since 1970.
    """

    id: int
    name: str
    profile: str
    role: str
    parameters: tuple[str, ...]
    created: int


def add_group(
    connection: Connection, name: str, profile: str, role: str, parameters: Sequence[str], now: int
) -> Group | None:
    """Make a group.

    Args:
        connection: In a transaction that writes.
        name: Its name.
        profile: The profile that is audited.
        role: The role of its machines; ``""`` to recognise each one's.
        parameters: ``NAME=VALUE``.
        now: Seconds since 1970.

    Returns:
        It; None where there is one of that name.
    """
    if find_group(connection, name) is not None:
        return None
    number = next_number(connection, server_group)
    group = Group(number, name, profile, role, tuple(parameters), now)
    connection.execute(insert(server_group), {**group._asdict(), "parameters": json.dumps(group.parameters)})
    return group


def find_group(connection: Connection, name: str) -> Group | None:
    """Return the group of a name, None where there is none.

    Args:
        connection: Reads.
        name: Its name.
    """
    row = connection.execute(select(server_group).where(server_group.c.name == name)).one_or_none()
    return None if row is None else _group(row)


def read_group(connection: Connection, number: int) -> Group | None:
    """Return the group of a number, None where there is none.

    Args:
        connection: Reads.
        number: Its number.
    """
    row = connection.execute(select(server_group).where(server_group.c.id == number)).one_or_none()
    return None if row is None else _group(row)


def list_groups(connection: Connection) -> list[Group]:
    """Return all groups by name."""
    return [_group(row) for row in connection.execute(select(server_group).order_by(server_group.c.name))]


def count_nodes(connection: Connection) -> dict[int, int]:
    """Return how many nodes each group has that are neither revoked nor merged; groups without any are left out."""
    query = (
        select(server_node.c.group_id, func.count())
        .where(server_node.c.state.in_(("active", "waiting")))
        .group_by(server_node.c.group_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def change_group(
    connection: Connection, group: Group, profile: str | None, role: str | None, parameters: Sequence[str] | None
) -> Group:
    """Change what is audited in a group, from the next audits on.

    Args:
        connection: In a transaction that writes.
        group: The group as it was read.
        profile: None leaves it.
        role: None leaves it.
        parameters: None leaves them.

    Returns:
        The group as it is now.
    """
    changed = group._replace(
        profile=group.profile if profile is None else profile,
        role=group.role if role is None else role,
        parameters=group.parameters if parameters is None else tuple(parameters),
    )
    values = {"profile": changed.profile, "role": changed.role, "parameters": json.dumps(changed.parameters)}
    connection.execute(update(server_group).where(server_group.c.id == group.id).values(values))
    return changed


def remove_group(connection: Connection, group: Group) -> bool:
    """Remove a group and its secrets.

    Args:
        connection: In a transaction that writes.
        group: Which one.

    Returns:
        Whether it is gone; False, and nothing changed, where it has nodes, revoked ones too: they name it.
    """
    nodes = select(func.count()).select_from(server_node).where(server_node.c.group_id == group.id)
    if connection.scalar(nodes):
        return False
    connection.execute(delete(server_secret).where(server_secret.c.group_id == group.id))
    connection.execute(delete(server_group).where(server_group.c.id == group.id))
    return True


def _group(row: Any) -> Group:
    return Group(row.id, row.name, row.profile, row.role, tuple(json.loads(row.parameters)), row.created)

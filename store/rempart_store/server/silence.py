"""Nodes of which nothing was heard for long."""

from typing import NamedTuple

from sqlalchemy import Connection, case, cast, false, func, literal, or_, select
from sqlalchemy import String as Words

from rempart_store.schema.server_node import server_group, server_node
from rempart_store.schema.table import endpoint


class Silent(NamedTuple):
    """A node of which nothing is heard.

    Attributes:
        node: Its number.
        door: ``osquery`` or ``agent``.
        name: Its host name.
        group: Its group's.
        profile: What the group is asked.
        role: The group's; ``""`` where each machine's own is recognised.
        parameters: JSON, as ``--set`` has them.
        platform: ``linux``, ``darwin``, ``windows`` or ``""``.
        system: As it was recognised last.
        machine_id: By which the store knows it.
        seen: When it was heard of last.
        known: Whether the store says already that it is silent.
    """

    node: int
    door: str
    name: str
    group: str
    profile: str
    role: str
    parameters: str
    platform: str
    system: str
    machine_id: str
    seen: int
    known: bool


def list_silent(connection: Connection, before: int, told_before: int, most: int) -> list[Silent]:
    """Return active nodes of which nothing was heard, and of which the store does not say so yet today.

    Args:
        connection: Reads.
        before: Whoever was heard of last before this moment is silent.
        told_before: Whose silence was noted before this moment is noted again.
        most: How many.
    """
    node, group, host = server_node.c, server_group.c, endpoint.c
    by_number = literal("node-") + cast(node.id, Words)
    known_by = case((node.machine_id != "", node.machine_id), else_=by_number)
    joined = server_node.join(server_group, group.id == node.group_id)
    joined = joined.outerjoin(endpoint, (host.machine_id == known_by) & host.retired.is_(None))
    columns = (
        *(node.id, node.door, node.name, group.name, group.profile, group.role, group.parameters, node.platform),
        *(node.system, known_by, node.seen, func.coalesce(host.silent, false())),
    )
    query = (
        select(*columns)
        .select_from(joined)
        .where((node.state == "active") & (node.seen < before))
        .where(or_(host.answered.is_(None), host.answered < before))  # nor did it answer by another way
        .where(or_(host.silent.is_(None), host.silent.is_(False), host.seen < told_before))
        .order_by(node.id)
        .limit(most)
    )
    return [Silent._make(row) for row in connection.execute(query)]

"""Installed agents that push their documents: who they are, and which documents the store holds of each."""

from typing import NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from rempart_store.schema.row import next_number
from rempart_store.schema.server_node import server_group, server_node
from rempart_store.schema.table import delivery, endpoint

DOOR = "agent"
"""What ``server_node.door`` says of an installed agent."""
NO_GROUP = 0
"""The group of an agent that nobody has accepted yet."""


class AgentNode(NamedTuple):
    """One agent.

    Attributes:
        id: Of its node.
        name: The host's name.
        group: Its group's name; ``""`` of one that waits.
        key: Its public key, in hex.
        machine_id: Of its machine, hashed.
        state: ``active``, ``waiting`` (to be accepted), ``revoked`` or ``merged``.
    """

    id: int
    name: str
    group: str
    key: str
    machine_id: str
    state: str


class NewAgent(NamedTuple):
    """What an agent says of itself when it enrols.

    Attributes:
        key: Its public key, in hex.
        machine_id: Of its machine, hashed.
        name: The host's name.
        platform: ``linux``.
        system: The operating system.
        version: Of Rempart there.
        address: Where it came from.
    """

    key: str
    machine_id: str
    name: str
    platform: str
    system: str
    version: str
    address: str


def find_agent(connection: Connection, key: str) -> AgentNode | None:
    """Return the agent that signs with a public key; None where none is known.

    Args:
        connection: Reads.
        key: The public key, in hex.
    """
    query = select(server_node, server_group.c.name.label("group_name")).outerjoin(
        server_group, server_group.c.id == server_node.c.group_id
    )
    row = connection.execute(query.where(server_node.c.door == DOOR, server_node.c.identifier == key)).first()
    if row is None:
        return None
    return AgentNode(row.id, row.name, row.group_name or "", key, row.machine_id, row.state)


def count_waiting(connection: Connection) -> int:
    """Return how many agents wait to be accepted."""
    query = select(func.count()).where(server_node.c.door == DOOR, server_node.c.state == "waiting")
    return int(connection.scalar(query.select_from(server_node)) or 0)


def is_taken(connection: Connection, agent: NewAgent, group: str) -> bool:
    """Tell whether an agent's name or machine is that of something else that is known: it may be somebody else's.

    Args:
        connection: Reads.
        agent: What it says of itself.
        group: The group that it would be in: what is known of this very machine in this group is itself.
    """
    nodes = select(server_node.c.id).where(
        server_node.c.identifier != agent.key,
        server_node.c.state == "active",
        or_(
            and_(server_node.c.door == DOOR, server_node.c.machine_id == agent.machine_id),
            server_node.c.name == agent.name,
        ),
    )
    if connection.execute(nodes.limit(1)).first() is not None:
        return True
    query = select(endpoint.c.name, endpoint.c.machine_id, endpoint.c.group_name).where(
        endpoint.c.kind == "machine",
        endpoint.c.retired.is_(None),
        or_(endpoint.c.name == agent.name, endpoint.c.machine_id == agent.machine_id),
    )
    known = connection.execute(query)
    return any(row.machine_id != agent.machine_id or row.group_name != group for row in known)


def enrol_agent(connection: Connection, agent: NewAgent, group: int, state: str, now: int) -> AgentNode:
    """Know an agent from now on, or know it anew, and return it.

    Args:
        connection: In a transaction that writes.
        agent: What it says of itself; its key proved that it said so.
        group: The number of its group; ``NO_GROUP`` for none.
        state: ``active``, or ``waiting`` to be accepted.
        now: Seconds since 1970.
    """
    told = agent._asdict()
    values = {name: told[name] for name in ("name", "machine_id", "platform", "system", "version", "address")}
    values |= {"identifier": agent.key, "group_id": group, "state": state, "enrolled": now, "seen": now}
    known = find_agent(connection, agent.key)
    if known is None:
        number = next_number(connection, server_node)
        rest = {"id": number, "door": DOOR, "uuid": "", "instance_id": "", "clone": "", "due": 0}
        connection.execute(insert(server_node), values | rest)
    else:
        number = known.id
        connection.execute(update(server_node).where(server_node.c.id == number).values(values))
    name = connection.scalar(select(server_group.c.name).where(server_group.c.id == group))
    return AgentNode(number, agent.name, name or "", agent.key, agent.machine_id, state)


def note_seen(connection: Connection, node: int, address: str, now: int, audited: int | None = None) -> None:
    """Hold that an agent spoke to the server.

    Args:
        connection: In a transaction that writes.
        node: The number of its node.
        address: Where it came from.
        now: Seconds since 1970.
        audited: When the audit ended that it brought; None where it brought none.
    """
    values: dict[str, int | str] = {"seen": now, "address": address}
    if audited is not None:
        values["audited"] = audited
    connection.execute(update(server_node).where(server_node.c.id == node).values(values))


def read_taken(connection: Connection, key: str) -> dict[int, str]:
    """Return what is held of one agent's documents: number to SHA-256, by which a repetition is known.

    Args:
        connection: Reads.
        key: The agent's public key, in hex.
    """
    query = select(delivery.c.number, delivery.c.digest).where(delivery.c.key == key)
    return {row.number: row.digest for row in connection.execute(query)}


def forget_older(connection: Connection, key: str, number: int) -> None:
    """Forget which documents are held of an agent before one that was stored just now.

    An agent sends the oldest first, and the next only once that one is gone from its spool or was refused: so what is
    older is not sent again, and the highest number tells a replay.

    Args:
        connection: In the transaction that stored it.
        key: The agent's public key, in hex.
        number: The document's.
    """
    connection.execute(delete(delivery).where(delivery.c.key == key, delivery.c.number < number))

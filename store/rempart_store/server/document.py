"""Installed agents that push their documents: who they are, and which documents the store holds of each."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, delete, func, insert, not_, or_, select, update

from rempart_store.schema.row import chunks, next_number
from rempart_store.schema.server_node import server_group, server_node
from rempart_store.schema.table import delivery, endpoint

DOOR = "agent"
"""What ``server_node.door`` says of an installed agent."""
_NODE = "node-"  # begins the machine id of a node that has no other one: write.identity
NO_GROUP = 0
"""The group of an agent that nobody has accepted yet."""

# Made once: what SQLAlchemy works out of a statement is kept with it.
_KEYS: BindParameter[list[str]] = bindparam("keys", expanding=True)
_FIND = (
    select(
        *(server_node.c[name] for name in ("id", "name", "identifier", "machine_id", "state")),
        server_group.c.name.label("group_name"),
    )
    .outerjoin(server_group, server_group.c.id == server_node.c.group_id)
    .where(server_node.c.door == DOOR, server_node.c.identifier.in_(_KEYS))
)
_TAKEN = select(delivery.c.key, delivery.c.number, delivery.c.digest).where(delivery.c.key.in_(_KEYS))


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
    return find_agents(connection, [key]).get(key)


def find_agents(connection: Connection, keys: Collection[str]) -> dict[str, AgentNode]:
    """Return the agents that sign with public keys, by these; those that are not known are left out.

    Args:
        connection: Reads.
        keys: Public keys, in hex.
    """
    found = {}
    for some in chunks(sorted(keys)):
        for row in connection.execute(_FIND, {"keys": some}):
            node = AgentNode(row.id, row.name, row.group_name or "", row.identifier, row.machine_id, row.state)
            found[node.key] = node
    return found


def count_waiting(connection: Connection) -> int:
    """Return how many agents wait to be accepted."""
    query = select(func.count()).where(server_node.c.door == DOOR, server_node.c.state == "waiting")
    return int(connection.scalar(query.select_from(server_node)) or 0)


def is_taken(connection: Connection, agent: NewAgent, group: str) -> bool:
    """Tell whether an agent's name or machine is that of something else that is known: it may be somebody else's.

    A node that answers by osquery is none such: it has a history of its own, whatever its name is.

    Args:
        connection: Reads.
        agent: What it says of itself.
        group: The group that it would be in: what is known of this very machine in this group is itself.
    """
    alike = or_(server_node.c.machine_id == agent.machine_id, server_node.c.name == agent.name)
    others = (server_node.c.door == DOOR, server_node.c.state == "active", server_node.c.identifier != agent.key)
    if connection.execute(select(server_node.c.id).where(*others, alike).limit(1)).first() is not None:
        return True
    query = select(endpoint.c.name, endpoint.c.machine_id, endpoint.c.group_name).where(
        endpoint.c.kind == "machine",
        endpoint.c.retired.is_(None),
        not_(endpoint.c.machine_id.startswith(_NODE)),
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


def note_seen(connection: Connection, seen: Mapping[int, tuple[str, int | None]], now: int) -> None:
    """Hold that agents spoke to the server.

    Args:
        connection: In a transaction that writes.
        seen: By the number of a node, where it came from, and when the audit ended that it brought: None for none.
        now: Seconds since 1970.
    """
    mine = server_node.c.id == bindparam("n")
    rows = [{"n": node, "a": address, "t": audited} for node, (address, audited) in seen.items()]
    if rows:
        audited = func.coalesce(bindparam("t", type_=server_node.c.audited.type), server_node.c.audited)
        values = {"seen": now, "address": bindparam("a"), "audited": audited}
        connection.execute(update(server_node).where(mine).values(values), rows)


def read_taken(connection: Connection, keys: Collection[str]) -> dict[str, dict[int, str]]:
    """Return what is held of agents' documents, by which a repetition is known: number to SHA-256, by public key.

    Args:
        connection: Reads.
        keys: The agents' public keys, in hex; each is in what is returned.
    """
    found: dict[str, dict[int, str]] = {key: {} for key in keys}
    for some in chunks(sorted(keys)):
        for row in connection.execute(_TAKEN, {"keys": some}):
            found[row.key][row.number] = row.digest
    return found


def forget_older(connection: Connection, newest: Mapping[str, int]) -> None:
    """Forget which documents are held of agents before those that were stored just now.

    An agent sends the oldest first, and the next only once that one is gone from its spool or was refused: so what is
    older is not sent again, and the highest number tells a replay.

    Args:
        connection: In the transaction that stored them.
        newest: The number of the document, by the agent's public key.
    """
    rows = [{"k": key, "n": number} for key, number in newest.items()]
    if rows:
        older = (delivery.c.key == bindparam("k"), delivery.c.number < bindparam("n"))
        connection.execute(delete(delivery).where(*older), rows)

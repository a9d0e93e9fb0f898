"""How a machine with a stock osqueryd becomes a node, or the node again that it was."""

from typing import Any, NamedTuple

from sqlalchemy import insert, select, update

from rempart_store.connection import Connection
from rempart_store.schema.row import next_number
from rempart_store.schema.server_node import server_node
from rempart_store.server.group import Group
from rempart_store.server.node import SAME_UUID, Node, give_key, raise_revision, read_node
from rempart_store.server.secret import SPENT, count_use, try_secret


class Enrolment(NamedTuple):
    """What a machine says when it enrols.

    Attributes:
        secret: The secret that it was given.
        identifier: osquery's ``host_identifier``.
        name: Its host name.
        uuid: Of the machine; ``""`` where it says none.
        instance_id: Of osquery's database; ``""`` where it says none.
        platform: ``linux``, ``darwin``, ``windows``; ``""`` where it could not be told.
        system: The name of its operating system.
        version: Of osquery.
    """

    secret: str
    identifier: str
    name: str
    uuid: str
    instance_id: str
    platform: str
    system: str
    version: str

    def __repr__(self) -> str:
        """Return what it says, without the secret."""
        return f"Enrolment{tuple(self)[1:]!r}"


class Enrolled(NamedTuple):
    """What became of an enrolment.

    Attributes:
        key: The node's key; ``""`` where it was refused.
        node: The node; None where it was refused.
        new: Whether it was not known before.
        group: Name of the group; ``""`` where the secret leads to none.
        why: ``""``; else why the secret is refused, or ``node_revoked``.
    """

    key: str
    node: Node | None
    new: bool
    group: str
    why: str

    def __repr__(self) -> str:
        """Return it without the key."""
        return f"Enrolled{tuple(self)[1:]!r}"


NODE_REVOKED = "node_revoked"
"""The secret is good, and the machine was revoked."""


def enrol(connection: Connection, said: Enrolment, address: str, now: int) -> Enrolled:
    """Enrol a machine, or give the node that it is another key.

    A machine is known by its uuid together with the id of osquery's database; it goes where its secret leads. The same
    uuid with another database is a node of its own, flagged; with that of a revoked node it waits to be accepted. A
    spent secret still lets machines come back that are enrolled: the answer to the last one may have been lost.

    Args:
        connection: In a transaction that writes.
        said: What it says.
        address: From where.
        now: Seconds since 1970.
    """
    tried = try_secret(connection, said.secret, now)
    if tried.group is None:
        return Enrolled("", None, False, "", tried.why)
    known, others = _find(connection, said)
    if known is not None and known.state == "revoked":
        return Enrolled("", None, False, tried.group.name, NODE_REVOKED)
    if known is not None:
        _renew(connection, known, said, tried.group, address, now)
        node = read_node(connection, known.id)
        return Enrolled(give_key(connection, known.id, now), node, False, tried.group.name, "")
    if tried.why == SPENT:
        return Enrolled("", None, False, tried.group.name, SPENT)
    number = next_number(connection, server_node)
    row = {
        "id": number,
        "door": "osquery",
        "group_id": tried.group.id,
        "name": said.name,
        "identifier": said.identifier,
        "uuid": said.uuid,
        "instance_id": said.instance_id,
        "machine_id": "",
        "platform": said.platform,
        "system": said.system,
        "version": said.version,
        "state": "waiting" if any(one.state == "revoked" for one in others) else "active",
        "clone": f"{SAME_UUID} {others[-1].id}" if others else "",
        "merged_into": None,
        "enrolled": now,
        "seen": now,
        "audited": None,
        "due": now,
        "address": address,
    }
    connection.execute(insert(server_node), row)
    count_use(connection, tried.secret)
    return Enrolled(give_key(connection, number, now), read_node(connection, number), True, tried.group.name, "")


def _find(connection: Connection, said: Enrolment) -> tuple[Node | None, list[Node]]:
    """Return the node that a machine is, and others with its uuid."""
    table = server_node.c
    whole = bool(said.uuid and said.instance_id)
    same = table.uuid == said.uuid if whole else (table.identifier == said.identifier) & (table.name == said.name)
    query = select(table.id, table.instance_id, table.state)
    rows: list[Any] = list(
        connection.execute(query.where(same & (table.door == "osquery") & (table.state != "merged")).order_by(table.id))
    )
    mine = [row for row in rows if not whole or row.instance_id == said.instance_id]
    if mine:
        revoked = [row for row in mine if row.state == "revoked"]
        return read_node(connection, (revoked or mine)[-1].id), []
    others = [read_node(connection, row.id) for row in rows if row.instance_id != said.instance_id]
    return None, [one for one in others if one is not None]


def _renew(connection: Connection, node: Node, said: Enrolment, group: Group, address: str, now: int) -> None:
    values: dict[str, str | int] = {
        "group_id": group.id,
        "identifier": said.identifier,
        "platform": said.platform or node.platform,
        "system": said.system or node.system,
        "version": said.version or node.version,
        "seen": now,
        "address": address,
    }
    if not node.machine_id and said.name:  # a merged one keeps the name of the machine that it is
        values["name"] = said.name
    connection.execute(update(server_node).where(server_node.c.id == node.id).values(values))
    if node.group != group.name or node.name != values.get("name", node.name):
        raise_revision(connection)

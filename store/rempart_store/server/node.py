"""Nodes: machines that report by themselves, by either door, and the keys by which they are known."""

import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Select, insert, or_, select, text, update

from rempart_store.connection import Connection
from rempart_store.schema.row import CHUNK, chunks
from rempart_store.schema.server_node import server_group, server_node, server_node_key, server_setting
from rempart_store.schema.table import endpoint
from rempart_store.server.secret import digest_of

OVERLAP = 600
_AHEAD = 3 * 86_400
"""Seconds beyond which no audit is planned: the clock was ahead when a later one was."""
"""Seconds for which a key lives on that was replaced: two enrolments of one machine can cross (osquery#6993)."""
ONE_KEY = "key"
"""Begins a reason: two machines use one key, and nothing that comes by it is judged."""
SAME_UUID = "uuid"
"""Begins a reason: it has the machine id of another node, and another database of osquery."""
_REVISION = "nodes.revision"
_SEEN_SQLITE = """
UPDATE server_node SET seen = heard.seen, address = heard.address FROM (
  SELECT json_extract(value, '$.id') AS id, json_extract(value, '$.seen') AS seen,
    json_extract(value, '$.address') AS address FROM json_each(:data)
) AS heard
WHERE server_node.id = heard.id AND (server_node.seen <= heard.seen OR server_node.seen > heard.seen + 3600)"""
_SEEN_POSTGRESQL = """
UPDATE server_node SET seen = heard.seen, address = heard.address
FROM jsonb_to_recordset(CAST(:data AS jsonb)) AS heard(id integer, seen bigint, address text)
WHERE server_node.id = heard.id AND (server_node.seen <= heard.seen OR server_node.seen > heard.seen + 3600)"""


class Node(NamedTuple):
    """A machine that reports by itself.

    Attributes:
        id: Its number, from 1.
        door: ``osquery`` or ``agent``.
        group: Name of its group; ``""`` for an agent that waits to be accepted.
        name: Its host name.
        identifier: osquery's ``host_identifier``; of an agent its public key.
        uuid: Of the machine, as it says.
        instance_id: Of osquery's database.
        machine_id: Hashed, as the store's endpoints have it; ``""`` where it is not known.
        platform: ``linux``, ``darwin`` or ``windows``.
        system: ``Debian GNU/Linux 13 (trixie)``.
        version: Of osquery or of the agent.
        state: ``active``, ``waiting`` to be accepted, ``revoked`` or ``merged``.
        clone: Why it is thought to be two machines; ``""`` where it is not.
        enrolled: When, seconds since 1970.
        seen: When it was heard of last, to about a minute.
        audited: When its last audit was judged; None where none was.
        due: When its next audit begins.
        address: From which it was heard of last.
    """

    id: int
    door: str
    group: str
    name: str
    identifier: str
    uuid: str
    instance_id: str
    machine_id: str
    platform: str
    system: str
    version: str
    state: str
    clone: str
    enrolled: int
    seen: int
    audited: int | None
    due: int
    address: str


def is_due(due: int, now: float) -> bool:
    """Tell whether an audit is due; one that was planned while the clock was ahead is, too.

    Args:
        due: When it begins, as the store has it.
        now: Seconds since 1970.
    """
    return not now < due <= now + _AHEAD


def find_by_key(connection: Connection, key: str, now: int) -> Node | None:
    """Return the node that a key is of.

    Args:
        connection: Reads.
        key: As the node showed it.
        now: Seconds since 1970.

    Returns:
        None where there is no such key, it was replaced more than ``OVERLAP`` ago, or its node is revoked.
    """
    table = server_node_key.c
    good = or_(table.ends.is_(None), table.ends > now)
    query = _select().join(server_node_key, table.node_id == server_node.c.id)
    row = connection.execute(query.where((table.digest == digest_of(key)) & good)).one_or_none()
    return None if row is None or row.state in {"revoked", "merged"} else _node(row)


def read_node(connection: Connection, id_: int) -> Node | None:
    """Return a node, None where there is none of that number.

    Args:
        connection: Reads.
        id_: Its number.
    """
    row = connection.execute(_select().where(server_node.c.id == id_)).one_or_none()
    return None if row is None else _node(row)


def list_nodes(connection: Connection, groups: Collection[str] | None) -> list[Node]:
    """Return nodes by group and name.

    Args:
        connection: Reads.
        groups: Names of the groups that may be seen; None for all, and agents that wait.
    """
    query = _select()
    if groups is not None:
        query = query.where(server_group.c.name.in_(groups))
    return [
        _node(row) for row in connection.execute(query.order_by("group_name", server_node.c.name, server_node.c.id))
    ]


def give_key(connection: Connection, node_id: int, now: int) -> str:
    """Give a node a new key; those it had live on for ``OVERLAP``, and those that ended are forgotten.

    Args:
        connection: In a transaction that writes.
        node_id: Its number.
        now: Seconds since 1970.

    Returns:
        The key, which can't be read again.
    """
    table = server_node_key.c
    mine = table.node_id == node_id
    connection.execute(server_node_key.delete().where(mine & table.ends.is_not(None) & (table.ends <= now)))
    connection.execute(update(server_node_key).where(mine & table.ends.is_(None)).values(ends=now + OVERLAP))
    key = secrets.token_urlsafe(32)
    row = {"digest": digest_of(key), "node_id": node_id, "created": now, "ends": None}
    connection.execute(insert(server_node_key), row)
    return key


def read_ending(connection: Connection) -> dict[bytes, int]:
    """Return when keys end, or ended, that were replaced: seconds since 1970 by their digests."""
    table = server_node_key.c
    rows = connection.execute(select(table.digest, table.ends).where(table.ends.is_not(None)))
    return {bytes(digest): ends for digest, ends in rows}


def note_audited(connection: Connection, id_: int, now: int, due: int) -> None:
    """Note that an audit of a node was judged.

    Args:
        connection: In a transaction that writes.
        id_: The node's number.
        now: Seconds since 1970.
        due: When its next audit begins.
    """
    connection.execute(update(server_node).where(server_node.c.id == id_).values(audited=now, due=due))


def note_seen(connection: Connection, seen: Mapping[int, tuple[int, str]]) -> None:
    """Note when nodes were heard of, all of them with one statement.

    Args:
        connection: In a transaction that writes.
        seen: By a node's number when, seconds since 1970, and from which address.
    """
    if not seen:
        return
    data = json.dumps([{"id": id_, "seen": when, "address": address} for id_, (when, address) in seen.items()])
    how = _SEEN_POSTGRESQL if connection.dialect.name == "postgresql" else _SEEN_SQLITE
    connection.execute(text(how), {"data": data})


def flag_clone(connection: Connection, id_: int, why: str) -> None:
    """Note that a node is thought to be two machines.

    Args:
        connection: In a transaction that writes.
        id_: The node's number.
        why: ``ONE_KEY`` or ``SAME_UUID``, a space, and details.
    """
    connection.execute(update(server_node).where(server_node.c.id == id_).values(clone=why))
    raise_revision(connection)


def accept_node(connection: Connection, id_: int, group_id: int | None) -> bool:
    """Make a node active: one that waits, was revoked, or was flagged as a clone. It is audited at once.

    Args:
        connection: In a transaction that writes.
        id_: The node's number.
        group_id: The group that it goes to; None leaves it where it is.

    Returns:
        Whether there is such a node.
    """
    values: dict[str, str | int] = {"state": "active", "clone": "", "due": 0}
    if group_id is not None:
        values["group_id"] = group_id
    changed = connection.execute(update(server_node).where(server_node.c.id == id_).values(values)).rowcount
    raise_revision(connection)
    return bool(changed)


def revoke_node(connection: Connection, id_: int) -> bool:
    """Shut a node out: its keys are gone, and it can't enrol again until it is accepted.

    Args:
        connection: In a transaction that writes.
        id_: The node's number.

    Returns:
        Whether there is such a node.
    """
    changed = connection.execute(update(server_node).where(server_node.c.id == id_).values(state="revoked")).rowcount
    connection.execute(server_node_key.delete().where(server_node_key.c.node_id == id_))
    raise_revision(connection)
    return bool(changed)


def merge_node(connection: Connection, id_: int, name: str, machine_id: str) -> bool:
    """Let what a node reports go to the history of a machine that is known by another way.

    Args:
        connection: In a transaction that writes.
        id_: The node's number.
        name: The machine's name in the store.
        machine_id: Its machine id, hashed, as the store has it.

    Returns:
        Whether there is such a node.
    """
    change = update(server_node).where(server_node.c.id == id_).values(name=name, machine_id=machine_id)
    changed = connection.execute(change).rowcount
    raise_revision(connection)
    return bool(changed)


def find_machine(connection: Connection, name: str) -> str | None:
    """Return the machine id of a machine of the store, ``""`` where it has none; None where there is no such machine.

    Args:
        connection: Reads.
        name: Its name in the store.
    """
    table = endpoint.c
    query = select(table.machine_id).where((table.name == name) & (table.kind == "machine") & table.retired.is_(None))
    return connection.scalar(query.order_by(table.seen.desc()).limit(1))


def own_machine_id(id_: int) -> str:
    """Return what stands for the machine id of a node whose machine is known in no other way."""
    return f"node-{id_}"


def retire_node(connection: Connection, id_: int, into: int) -> bool:
    """Let a node end in another one, which is the same machine enrolled anew.

    Args:
        connection: In a transaction that writes.
        id_: The node that ends.
        into: The one that stays; it goes on under the name and machine id of the other.

    Returns:
        Whether both exist and differ.
    """
    old, new = read_node(connection, id_), read_node(connection, into)
    if old is None or new is None or id_ == into:
        return False
    ends = update(server_node).where(server_node.c.id == id_).values(state="merged", merged_into=into)
    connection.execute(ends)
    connection.execute(server_node_key.delete().where(server_node_key.c.node_id == id_))
    stays = {"clone": "", "state": "active", "name": old.name, "machine_id": old.machine_id or own_machine_id(id_)}
    connection.execute(update(server_node).where(server_node.c.id == into).values(stays))
    raise_revision(connection)
    return True


def read_revision(connection: Connection) -> int:
    """Return how often nodes were changed by people; workers drop what they remember when it differs."""
    found = connection.scalar(select(server_setting.c.value).where(server_setting.c.name == _REVISION))
    return int(found or 0)


def raise_revision(connection: Connection) -> None:
    """Let all workers drop what they remember of nodes.

    Args:
        connection: In a transaction that writes.
    """
    number = read_revision(connection) + 1
    change = update(server_setting).where(server_setting.c.name == _REVISION).values(value=str(number))
    if not connection.execute(change).rowcount:
        connection.execute(insert(server_setting), {"name": _REVISION, "value": str(number)})


def read_nodes(connection: Connection, numbers: Iterable[int]) -> dict[int, Node]:
    """Return nodes by their numbers; those that do not exist are left out.

    Args:
        connection: Reads.
        numbers: Which ones.
    """
    found = {}
    for some in chunks(list(numbers), CHUNK):
        rows = connection.execute(_select().where(server_node.c.id.in_(some)))
        found.update({row.id: _node(row) for row in rows})
    return found


def _select() -> Select[Any]:
    joined = server_node.outerjoin(server_group, server_group.c.id == server_node.c.group_id)
    return select(server_node, server_group.c.name.label("group_name")).select_from(joined)


def _node(row: Any) -> Node:
    values = {field: getattr(row, field) for field in Node._fields if field != "group"}
    return Node(group=row.group_name or "", **values)

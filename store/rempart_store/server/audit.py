"""Audits under way of nodes that answer by osquery: what was asked, what was answered, what osquery refuses.

An audit is begun when its node is due, and ends when it was judged: its answers are gone then, its verdict is a run.
"""

import json
import secrets
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from rempart_store.schema.row import Cell
from rempart_store.schema.server_node import server_denied, server_group, server_node
from rempart_store.schema.server_work import server_answer, server_audit

OPEN = "open"
COMPLETE = "complete"
_RANDOM = 24  # bits
_PACKED = 512  # bytes from which rows are packed
_AHEAD = 3600
"""Seconds by which clocks may differ: what is later still was written while the clock was ahead."""
_LONGEST = 86_400 + _AHEAD  # seconds of the longest refusal
_ZLIB = b"\x78"  # what zlib begins with; JSON never does


class Audit(NamedTuple):
    """One audit of one node.

    Attributes:
        id: Its number.
        node: The node's.
        state: ``open``, or ``complete`` where nothing more is asked.
        round: How often it was planned.
        begun: When.
        deadline: When it is judged with what was answered.
        plan: What is to be asked and what is out, as the caller packs it.
        sequence: Number of the last batch.
        leased: Until when the batch that is out may be answered; None where none is out.
    """

    id: int
    node: int
    state: str
    round: int
    begun: int
    deadline: int
    plan: bytes
    sequence: int
    leased: int | None


class Stored(NamedTuple):
    """What became of one statement.

    Attributes:
        status: 0 answered, 1 osquery's failure, -1 unanswered, -2 refused by osquery, -3 unusable, -4 an extension's
            failure that osquery hides.
        said: osquery's words where it failed; of an extension's failure JSON: ``kind``, ``message``, ``said``.
        rows: JSON: a list of objects.
    """

    status: int
    said: str = ""
    rows: bytes = b"[]"


class Subject(NamedTuple):
    """A node, and what its group is asked.

    Attributes:
        node: Its number.
        name: Its host name, as it enrolled.
        platform: The same of its platform.
        uuid: The same of its machine; ``""`` where that is not known.
        instance: The same of osquery's database.
        machine: The machine id that the store knows it by; ``""`` where it was merged with none.
        due: When its next audit begins.
        clone: Why it is thought to be two machines; ``""`` where it is not.
        group: Its group.
        profile: The group's.
        role: The group's.
        parameters: The group's, ``CHECK.NAME=VALUE``.
    """

    node: int
    name: str
    platform: str
    uuid: str
    instance: str
    machine: str
    due: int
    clone: str
    group: str
    profile: str
    role: str
    parameters: tuple[str, ...]


ANSWERED, FAILED, UNANSWERED, DENYLISTED, UNUSABLE, HIDDEN = 0, 1, -1, -2, -3, -4
_NODE = ("id", "name", "platform", "uuid", "instance_id", "machine_id", "due", "clone")
_GROUP = ("name", "profile", "role", "parameters")
_UNDER_WAY = server_audit.c.state.in_((OPEN, COMPLETE))
_AUDIT = [server_audit.c[name] for name in ("id", "node_id", *Audit._fields[2:])]
# Made once: what SQLAlchemy works out of a statement is kept with it.
_FIND = (
    select(*(server_node.c[name] for name in _NODE), *(server_group.c[name] for name in _GROUP), *_AUDIT)
    .join(server_group, server_group.c.id == server_node.c.group_id)
    .outerjoin(server_audit, (server_audit.c.node_id == server_node.c.id) & _UNDER_WAY)
    .where(server_node.c.id == bindparam("node"), server_node.c.state == "active")
)
_READ = select(*_AUDIT).where(server_audit.c.id == bindparam("number"), _UNDER_WAY)
_ADD = insert(server_audit)
_WRITE = (
    update(server_audit)
    .where(server_audit.c.id == bindparam("audit"))
    .values({name: bindparam(f"new_{name}") for name in ("state", "round", "plan", "sequence", "leased")})
)
_DROP = [
    delete(server_answer).where(server_answer.c.audit_id == bindparam("audit")),
    delete(server_audit).where(server_audit.c.id == bindparam("audit")),
]
_READ_ANSWERS = select(
    server_answer.c.digest, server_answer.c.status, server_answer.c.said, server_answer.c.rows
).where(server_answer.c.audit_id == bindparam("audit"))
_ADD_ANSWERS = insert(server_answer)
_READ_DENIED = select(server_denied.c.digest, server_denied.c.said).where(
    server_denied.c.node_id == bindparam("node"),
    server_denied.c.until > bindparam("now"),
    server_denied.c.until - _LONGEST <= bindparam("now"),
)


class Found(NamedTuple):
    """A node that may be audited, and its audit under way.

    Attributes:
        subject: The node, with what its group is asked.
        audit: None where none is under way.
    """

    subject: Subject
    audit: Audit | None


def find_subject(connection: Connection, node: int) -> Found | None:
    """Return an active node and its audit; None where it is none, or has no group.

    Args:
        connection: Reads.
        node: The node's number.
    """
    row = connection.execute(_FIND, {"node": node}).first()
    if row is None:
        return None
    said, audit = row[: len(Subject._fields)], row[len(Subject._fields) :]
    subject = Subject._make((*said[:-1], tuple(json.loads(said[-1]))))
    return Found(subject, None if audit[0] is None else Audit._make(audit))


def read_audit(connection: Connection, number: int) -> Audit | None:
    """Return an audit that is under way, by its number; None where it is judged already.

    Args:
        connection: Reads.
        number: The audit's.
    """
    row = connection.execute(_READ, {"number": number}).first()
    return None if row is None else Audit._make(row)


def count_open(connection: Connection) -> int:
    """Return how many nodes are being audited."""
    query = select(func.count()).select_from(server_audit).where(server_audit.c.state == OPEN)
    return int(connection.scalar(query) or 0)


def list_under_way(connection: Connection) -> dict[int, str]:
    """Return the states of audits under way, by the number of the node."""
    query = select(server_audit.c.node_id, server_audit.c.state).where(_UNDER_WAY)
    return {row.node_id: row.state for row in connection.execute(query)}


def begin_audit(connection: Connection, node: int, begun: int, deadline: int, plan: bytes) -> Audit:
    """Begin an audit, and return it.

    Args:
        connection: In a transaction that writes.
        node: The node's number.
        begun: Now.
        deadline: When it is judged with what was answered.
        plan: What is asked first.
    """
    number = begun << _RANDOM | secrets.randbits(_RANDOM)  # never one of before, whose answers may come yet
    audit = Audit(number, node, OPEN, 0, begun, deadline, plan, 0, None)
    values = audit._asdict()
    values["node_id"] = values.pop("node")
    connection.execute(_ADD, values)
    return audit


def write_audit(connection: Connection, audit: Audit) -> None:
    """Write how far an audit is.

    Args:
        connection: In a transaction that writes.
        audit: As it is now.
    """
    values = {f"new_{name}": getattr(audit, name) for name in ("state", "round", "plan", "sequence", "leased")}
    connection.execute(_WRITE, {"audit": audit.id, **values})


def drop_audit(connection: Connection, audit: Audit) -> None:
    """Forget an audit that comes to nothing; its node stays due.

    Args:
        connection: In a transaction that writes.
        audit: It.
    """
    for statement in _DROP:
        connection.execute(statement, {"audit": audit.id})


def is_ahead(audit: Audit, now: int) -> bool:
    """Tell whether an audit was begun while the clock was ahead: its lease and its deadline would not come for long.

    Args:
        audit: It.
        now: Seconds since 1970.
    """
    return audit.begun > now + _AHEAD


def forget_ahead(connection: Connection, now: int) -> None:
    """Forget the audits that were begun while the clock was ahead; their nodes stay due.

    Args:
        connection: In a transaction that writes.
        now: Seconds since 1970.
    """
    ahead = server_audit.c.begun > now + _AHEAD
    connection.execute(
        delete(server_answer).where(server_answer.c.audit_id.in_(select(server_audit.c.id).where(ahead)))
    )
    connection.execute(delete(server_audit).where(ahead))


def put_off(connection: Connection, node: int, due: int) -> None:
    """Let the next audit of a node begin later.

    Args:
        connection: In a transaction that writes.
        node: The node's number.
        due: When.
    """
    connection.execute(update(server_node).where(server_node.c.id == node).values(due=due))


def list_unjudged(connection: Connection, now: int) -> list[int]:
    """Return the numbers of audits that are to be judged: nothing more is asked, or their deadline is over.

    Args:
        connection: Reads.
        now: Seconds since 1970.
    """
    ripe = (server_audit.c.state == COMPLETE) | (server_audit.c.deadline <= now)
    query = select(server_audit.c.id).where(ripe, server_audit.c.state.in_((OPEN, COMPLETE)))
    return list(connection.scalars(query.order_by(server_audit.c.id)))


def write_answers(connection: Connection, audit: int, answers: Mapping[bytes, Stored], now: int) -> None:
    """Keep what became of statements of which nothing is known yet.

    Args:
        connection: In a transaction that writes.
        audit: The audit's number.
        answers: By the statement's digest.
        now: When.
    """
    rows: list[dict[str, Cell]] = [
        {
            "audit_id": audit,
            "digest": digest,
            "status": one.status,
            "said": one.said,
            "rows": zlib.compress(one.rows, 1) if len(one.rows) > _PACKED else one.rows,
            "received": now,
        }
        for digest, one in answers.items()
    ]
    if rows:
        connection.execute(_ADD_ANSWERS, rows)


def read_answers(connection: Connection, audit: int) -> dict[bytes, Stored]:
    """Return what became of an audit's statements, by digest.

    Args:
        connection: Reads.
        audit: The audit's number.
    """
    return {
        bytes(digest): Stored(status, said, zlib.decompress(rows) if bytes(rows[:1]) == _ZLIB else bytes(rows))
        for digest, status, said, rows in connection.execute(_READ_ANSWERS, {"audit": audit})
    }


def deny(connection: Connection, node: int, refused: Mapping[bytes, str], until: int) -> None:
    """Note statements that an osquery refuses.

    Args:
        connection: In a transaction that writes.
        node: The node's number.
        refused: osquery's words, by the statement's digest.
        until: When they may be asked again.
    """
    for digest, said in refused.items():
        mine = (server_denied.c.node_id == node) & (server_denied.c.digest == digest)
        connection.execute(delete(server_denied).where(mine))
        row = {"node_id": node, "digest": digest, "until": until, "said": said}
        connection.execute(insert(server_denied), row)


def read_denied(connection: Connection, node: int, now: int) -> dict[bytes, str]:
    """Return osquery's words on the statements that a node refuses still, by digest.

    Args:
        connection: Reads.
        node: The node's number.
        now: Seconds since 1970.
    """
    return {bytes(digest): said for digest, said in connection.execute(_READ_DENIED, {"node": node, "now": now})}


def forget_denied(connection: Connection, now: int) -> None:
    """Forget refusals that are over.

    Args:
        connection: In a transaction that writes.
        now: Seconds since 1970.
    """
    connection.execute(delete(server_denied).where(server_denied.c.until <= now))

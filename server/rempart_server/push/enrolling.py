"""How an agent becomes a node: at once by a secret of its group, else once somebody accepts it."""

from typing import TYPE_CHECKING

from rempart_core.messages.message import Message
from rempart_store.server import document
from rempart_store.server.document import NO_GROUP, AgentNode, NewAgent
from rempart_store.server.secret import count_use, try_secret

if TYPE_CHECKING:
    from rempart_store.connection import Connection

MOST_WAITING = 1000
"""Agents that may wait to be accepted: whoever reaches the port can ask for it."""


def enrol(connection: "Connection", agent: NewAgent, secret: str, now: int) -> AgentNode | Message:
    """Know an agent, or say why not.

    A secret lets a machine in, and no more: one that has the name or the machine id of something else that is known
    waits until somebody accepts it, so that nobody takes over another machine's history. A revoked one stays out.

    Args:
        connection: In a transaction that writes.
        agent: What it says of itself.
        secret: Its group's; ``""`` for none.
        now: Seconds since 1970.
    """
    known = document.find_agent(connection, agent.key)
    if known is not None and known.state in {"revoked", "merged"}:
        return Message("server_push.revoked", node=known.id)
    if not secret:
        return _wait(connection, agent, known, now)
    tried = try_secret(connection, secret, now)
    if tried.group is None:
        return Message("server_push.secret")
    if known is None or known.group != tried.group.name:  # one that comes back uses up nothing
        if tried.why:
            return Message("server_push.secret")
        count_use(connection, tried.secret)
    state = "waiting" if document.is_taken(connection, agent, tried.group.name) else "active"
    return document.enrol_agent(connection, agent, tried.group.id, state, now)


def _wait(connection: "Connection", agent: NewAgent, known: AgentNode | None, now: int) -> AgentNode | Message:
    if known is not None and known.state == "active":
        return known
    if known is None and document.count_waiting(connection) >= MOST_WAITING:
        return Message("server_push.many_wait", count=MOST_WAITING)
    return document.enrol_agent(connection, agent, NO_GROUP, "waiting", now)

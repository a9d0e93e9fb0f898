"""What becomes of one pushed document: stored in one transaction with the word that it is, or refused with the reason.

Who signed is known by the public key; whether a document is believed is what
:mod:`rempart_controller.agents.inspection` says of any agent's.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from rempart_agent.installed import envelope
from rempart_agent.installed.envelope import Envelope
from rempart_controller.agents.contract import Delivery
from rempart_controller.agents.inspection import Reading, Taken, inspect, read_moment
from rempart_controller.agents.known import Agent
from rempart_controller.agents.wording import SIGNED_THERE
from rempart_core.error import DocumentError
from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.history import Delivered
from rempart_core.model.result import Run
from rempart_core.text import Text
from rempart_server.context import Context
from rempart_server.saving import save_into
from rempart_store.server import document
from rempart_store.server.document import AgentNode

if TYPE_CHECKING:
    from rempart_store.connection import Connection


MOST_UNPACKED = 16 << 20
"""Bytes of a run document: many machines push at a time, and what is made of one takes ten times as much memory."""


class Refusal(NamedTuple):
    """Why a document is not taken.

    Attributes:
        reason: In words.
        number: The document's; 0 where it can't be told.
        kind: ``document``, or what is wrong with its agent: ``unknown``, ``waiting``, ``revoked``.
    """

    reason: Text
    number: int = 0
    kind: str = "document"


class Believed(NamedTuple):
    """A document that is believed, unless another one was faster.

    Attributes:
        one: The document.
        node: Its agent.
        run: What it holds, as a run of the node; None where the store has it already.
    """

    one: Envelope
    node: AgentNode
    run: Run | None

    @property
    def number(self) -> int:
        """Return the document's number."""
        return self.one.number


def judge(context: Context, data: bytes) -> Believed | Refusal:
    """Judge what came; reads the store, and takes some milliseconds.

    Args:
        context: The worker's.
        data: What came.

    Raises:
        StoreError: The store can't be read: nothing is known of the document.
    """
    try:
        one = envelope.read(data)
    except DocumentError as error:
        return Refusal(say_both(Message("delivery.refused", error=error.message)))
    with context.store.reading() as connection:
        node = document.find_agent(connection, one.key)
        digests = document.read_taken(connection, [one.key])[one.key]
    if node is None or node.state != "active":
        return _refuse_agent(one, node)
    taken = Taken(max(digests, default=0), digests)
    delivery = Delivery(node.machine_id, node.key, [data])
    unpack = partial(envelope.unpack, limit=MOST_UNPACKED, read=context.auditor.reader.read)
    reading = Reading(lambda _: one, unpack)  # it was read already
    found = inspect(delivery, Agent(node.machine_id, node.key), taken, context.clock(), reading)
    if found.new:
        return Believed(one, node, _adopt(context, found.runs[0], one.digest, node))
    if found.leftover:
        return Believed(one, node, None)
    return Refusal(found.refused[0], one.number)


def _adopt(context: Context, run: Run, digest: str, node: AgentNode) -> Run:
    """Return the run of a document as one of its node: by the name and in the group that it was enrolled with."""
    target = run.target._replace(name=node.name, group=node.group)
    results = [context.auditor.wording.put(result, target) for result in run.results]
    return run._replace(target=target, results=results, document=digest, proof=SIGNED_THERE)


def _refuse_agent(one: Envelope, node: AgentNode | None) -> Refusal:
    if node is None:
        return Refusal(say_both(Message("server_push.unknown", key=one.key)), one.number, "unknown")
    if node.state == "waiting":
        return Refusal(say_both(Message("server_push.waiting", node=node.id)), one.number, "waiting")
    return Refusal(say_both(Message("server_push.revoked", node=node.id)), one.number, "revoked")


class Arrived(NamedTuple):
    """A document that is believed, and where it came from."""

    believed: Believed
    address: str


def store(connection: "Connection", context: Context, arrived: Sequence[Arrived]) -> list[Refusal | None]:
    """Store documents, each once; None for each that the store has afterwards.

    Args:
        connection: In the transaction that writes; what another request or another way stored meanwhile is seen here.
        context: The worker's.
        arrived: Documents that :func:`judge` believed.
    """
    keys = {one.believed.one.key for one in arrived}
    nodes, taken = document.find_agents(connection, keys), document.read_taken(connection, keys)
    said: dict[int, Refusal | None] = {}
    runs: list[Run] = []
    new: dict[str, int] = {}
    delivered: list[Delivered] = []
    seen: dict[int, tuple[str, int | None]] = {}
    for place in sorted(range(len(arrived)), key=lambda place: arrived[place].believed.number):
        (one, node, run), address = arrived[place]
        digests = taken[one.key]
        if digests.get(one.number) == one.digest:
            said[place] = None
            seen.setdefault(node.id, (address, None))
            continue
        known = nodes.get(one.key)
        if known is None or known.state != "active":
            said[place] = _refuse_agent(one, known)
        elif run is None or one.number <= max(digests, default=0):
            why = Message("delivery.replayed")
            reason = say_both(Message("delivery.refused_one", number=str(one.number), why=why))
            said[place] = Refusal(reason, one.number)
        else:
            said[place] = None
            digests[one.number], new[one.key] = one.digest, one.number
            runs.append(run)
            delivered.append(Delivered(one.key, one.number, one.digest))
            seen[node.id] = address, read_moment(one.ended)
    if runs:
        save_into(connection, context, runs, delivered)
        document.forget_older(connection, new)
    document.note_seen(connection, seen, int(context.clock()))
    return [said[place] for place in range(len(arrived))]

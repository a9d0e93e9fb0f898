"""What the door asks of the audits: the next statements of a node, and what becomes of its answers."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from rempart_server.context import Context
from rempart_server.osquery.wire import Written
from rempart_store.server.node import Node


class Batch(NamedTuple):
    """What a node is asked.

    Attributes:
        queries: Statements by their ids.
        accelerate: Seconds for which it polls every few seconds.
    """

    queries: dict[str, str]
    accelerate: int


async def next_batch(context: Context, node: Node) -> Batch | None:
    """Return what a node is to be asked now, None where there is nothing.

    Args:
        context: Of this worker.
        node: The node; an audit of it is due.
    """
    ask = _find("lease", "next_batch")
    found = None if ask is None else await ask(context, node)
    return None if found is None else Batch(dict(found.queries), found.accelerate)


async def take_answers(context: Context, node: Node, written: Written) -> None:
    """Keep answers; when it returns, they are committed.

    Args:
        context: Of this worker.
        node: Whose they are.
        written: What it sent.
    """
    take = _find("judge", "take_answers")
    if take is not None:
        await take(context, node, written.queries, written.statuses, written.messages, written.stats)


async def refuse_batch(context: Context, node: Node, why: str) -> None:
    """Let the statements that a node has be errors: what it sent of them can never be taken.

    Args:
        context: Of this worker.
        node: The node.
        why: ``too_large``, ``undecodable`` or ``unreadable``.
    """
    refuse = _find("judge", "refuse_batch") or _find("lease", "refuse_batch")
    if refuse is not None:
        await refuse(context, node, why)


def _find(module: str, name: str) -> Any:
    whole = f"rempart_server.osquery.{module}"
    return getattr(import_module(whole), name, None) if find_spec(whole) else None

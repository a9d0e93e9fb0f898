"""What webhooks are told of: queued in the transaction of what happened, sent by whoever does the jobs."""

from typing import TYPE_CHECKING

from rempart_core.json_value import Json
from rempart_server.context import Context
from rempart_store.server.hook import queue

if TYPE_CHECKING:
    from rempart_store.connection import Connection

KINDS = ("day.changes", "host.silent", "node.waiting", "waiver.decided", "waiver.proposed")
"""What a hook may be told of."""


def tell(connection: "Connection", context: Context, kind: str, group: str, body: dict[str, Json]) -> None:
    """Let the hooks that want it be told of something.

    Args:
        connection: In the transaction of what happened: both are kept, or neither.
        context: Gives the clock.
        kind: One of ``KINDS``.
        group: In which group; ``""`` for what is of none.
        body: What happened; nothing secret.

    Raises:
        ValueError: There is no such kind: a mistake of ours.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    queue(connection, kind, group, body, int(context.clock()))

"""Runs into the store: those of one day are one run, each document signed by the server's key."""

from collections.abc import Sequence

from rempart_core.model.history import Delivered
from rempart_core.model.result import Run
from rempart_server.context import Context
from rempart_store.connection import Connection
from rempart_store.server.proposal import apply_approved
from rempart_store.write.day import save_day


async def save_runs(context: Context, runs: Sequence[Run], delivered: Sequence[Delivered] = ()) -> None:
    """Save runs as a part of today's; once this returns, they are committed.

    Args:
        context: The worker's surroundings.
        runs: Of one or many machines.
        delivered: Documents of installed agents that are stored with these runs.

    Raises:
        StoreError: The store can't be written; nothing was.
    """
    await context.writer.write(lambda connection: save_into(connection, context, runs, delivered))


def save_into(
    connection: Connection, context: Context, runs: Sequence[Run], delivered: Sequence[Delivered] = ()
) -> None:
    """Do the same in a transaction of the writer's.

    Args:
        connection: In that transaction.
        context: The worker's surroundings.
        runs: Of one or many machines.
        delivered: See ``save_runs``.
    """
    now, compactor = int(context.clock()), context.auditor.compactor
    runs = apply_approved(connection, runs, now)
    save_day(connection, runs, key=context.key, delivered=delivered, now=now, compactor=compactor)

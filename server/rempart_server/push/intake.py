"""Documents of many agents: a few are judged at a time, and those that arrive together are stored together."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from anyio import to_thread

from rempart_server.context import Context
from rempart_server.push.taking import Arrived, Believed, Refusal, judge, store
from rempart_server.together import Together

if TYPE_CHECKING:
    from rempart_store.connection import Connection

MOST = 100
"""Documents of one transaction."""
JUDGES = 2
"""Documents that are judged at a time: one may take 160 MiB."""


class Intake:
    """Takes documents of one worker."""

    def __init__(self, context: Context) -> None:
        """Write through the worker's writer."""
        self._context = context
        self._together = Together(self._write, MOST)
        self._few = asyncio.Semaphore(JUDGES)

    async def judge(self, data: bytes) -> Believed | Refusal:
        """Judge what came, a few at a time; see :func:`rempart_server.push.taking.judge`.

        Raises:
            StoreError: The store can't be read.
        """
        async with self._few:
            return await to_thread.run_sync(judge, self._context, data)

    async def take(self, arrived: Arrived) -> Refusal | None:
        """Store a document; None once that is committed, else why it is not taken.

        Args:
            arrived: The document.

        Raises:
            StoreError: The store can't be written; nothing of it was.
        """
        return await self._together.add(arrived)

    async def _write(self, some: list[Arrived]) -> list[Refusal | None]:
        return await self._context.writer.write(partial(_store, self._context, some))


def _store(context: Context, arrived: list[Arrived], connection: "Connection") -> list[Refusal | None]:
    return store(connection, context, arrived)

"""Documents of many agents in one transaction: what arrives while one is written is written with the next."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from anyio import to_thread

from rempart_core.error import StoreError
from rempart_server.context import Context
from rempart_server.push.taking import Arrived, Believed, Refusal, judge, store

if TYPE_CHECKING:
    from rempart_store.connection import Connection

_Said: TypeAlias = "Refusal | Exception | None"
MOST = 100
"""Documents of one transaction."""
JUDGES = 2
"""Documents that are judged at a time: one may take 160 MiB."""


class _Waiting(NamedTuple):
    arrived: Arrived
    done: "asyncio.Future[Refusal | None]"


class Intake:
    """Takes documents of one worker."""

    def __init__(self, context: Context) -> None:
        """Write through the worker's writer."""
        self._context = context
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None
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
        done: asyncio.Future[Refusal | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(arrived, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go())
        return await asyncio.shield(done)

    async def _go(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            said: Sequence[_Said]
            try:
                said = await self._write(some)
            except StoreError as error:
                said = [error] * len(some)
            except Exception as error:  # noqa: BLE001 - each that waits is told
                said = [error] if len(some) == 1 else await self._write_each(some)
            for one, word in zip(some, said, strict=True):
                _tell(one, word)

    async def _write_each(self, some: list[_Waiting]) -> "Sequence[_Said]":
        """Write each by itself: one of them spoilt it for the others."""
        said: list[_Said] = []
        for one in some:
            try:
                said += await self._write([one])
            except Exception as error:  # noqa: BLE001 - the next may be written
                said.append(error)
        return said

    async def _write(self, some: list[_Waiting]) -> list[Refusal | None]:
        return await self._context.writer.write(partial(_store, self._context, [one.arrived for one in some]))


def _store(context: Context, arrived: list[Arrived], connection: "Connection") -> list[Refusal | None]:
    return store(connection, context, arrived)


def _tell(one: _Waiting, said: "_Said") -> None:
    if one.done.done():
        return
    if isinstance(said, Exception):
        one.done.set_exception(said)
    else:
        one.done.set_result(said)

"""What many requests write, in one stroke: what arrives while some is written is written with the next.

Looking up, chaining and counting cost the same for one and for many. Each that waits is told what became of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from rempart_core.error import StoreError

T = TypeVar("T")
R = TypeVar("R")


class _Waiting(NamedTuple, Generic[T, R]):
    one: T
    done: "asyncio.Future[R]"


class Together(Generic[T, R]):
    """Takes what is to be written, of one worker."""

    def __init__(self, write: Callable[[list[T]], Awaitable[Sequence[R]]], most: int) -> None:
        """Write nothing yet.

        Args:
            write: Writes some, all or nothing, and returns what became of each once that is committed.
            most: Of one stroke.
        """
        self._write = write
        self._most = most
        self._waiting: list[_Waiting[T, R]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, one: T) -> R:
        """Write something, and return what became of it once that is committed.

        Args:
            one: To be written.

        Raises:
            StoreError: The store can't be written; nothing of it was.
        """
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(one, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go())
        return await asyncio.shield(done)

    async def _go(self) -> None:
        while self._waiting:
            some, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                for one, word in zip(some, await self._write([one.one for one in some]), strict=True):
                    _tell(one, word)
            except StoreError as error:
                for one in some:
                    _fail(one, error)
            except Exception as error:  # noqa: BLE001 - each that waits is told
                if len(some) == 1:
                    _fail(some[0], error)
                else:
                    await self._write_each(some)

    async def _write_each(self, some: list[_Waiting[T, R]]) -> None:
        """Write each by itself: one of them spoilt it for the others."""
        for one in some:
            try:
                (word,) = await self._write([one.one])
                _tell(one, word)
            except Exception as error:  # noqa: BLE001 - the next may be written
                _fail(one, error)


def _tell(one: _Waiting[T, R], word: R) -> None:
    if not one.done.done():
        one.done.set_result(word)


def _fail(one: _Waiting[T, R], error: Exception) -> None:
    if not one.done.done():
        one.done.set_exception(error)

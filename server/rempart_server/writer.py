"""The one writer of a worker: many requests' writes in one transaction, and nobody is answered before the commit."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from rempart_store.connection import is_lost

if TYPE_CHECKING:
    from rempart_store.connection import Connection
    from rempart_store.store import Store

T = TypeVar("T")
MOST = 500
"""Writes of one transaction."""
PATIENCE = 0.010
"""Seconds that a write waits for others."""


class _Waiting(NamedTuple):
    write: Callable[["Connection"], Any]
    done: "asyncio.Future[Any]"


class Writer:
    """Takes functions that write, and runs them in a transaction with others'. One that raises spoils its own only."""

    def __init__(self, store: "Store") -> None:
        """Use a store.

        Args:
            store: Open; each worker has its own.
        """
        self._store = store
        self._thread = ThreadPoolExecutor(1, "writer")
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None
        self._lock = threading.Lock()

    async def write(self, write: Callable[["Connection"], T]) -> T:
        """Run a function in a transaction, and return what it returned once that is committed.

        Args:
            write: Is given the connection, in a savepoint of its own; it runs in the writer's thread.

        Raises:
            StoreError: The store can't be written; nothing of it was.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(write, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go())
        return await asyncio.shield(done)

    async def _go(self) -> None:
        while self._waiting:
            await asyncio.sleep(PATIENCE)
            some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                said = await asyncio.get_running_loop().run_in_executor(self._thread, self._commit, some)
            except Exception as error:  # noqa: BLE001 - each that waits is told, and the next may be written
                said = [(None, error)] * len(some)
            for one, (value, wrong) in zip(some, said, strict=True):
                if one.done.done():
                    continue
                if wrong is None:
                    one.done.set_result(value)
                else:
                    one.done.set_exception(wrong)

    def _commit(self, some: list[_Waiting]) -> list[tuple[Any, Exception | None]]:
        if len(some) == 1:  # there is nobody whose writes it could spoil
            with self._store.writing() as connection:
                value = some[0].write(connection)
            return [(value, None)]
        said: list[tuple[Any, Exception | None]] = []
        with self._store.writing() as connection:
            for one in some:
                try:
                    with self._store.part(connection):
                        value = one.write(connection)
                except Exception as error:
                    if is_lost(connection):  # SQLite undid what the others wrote too: nobody is told that it is kept
                        raise
                    said.append((None, error))  # it spoils its own only
                else:
                    said.append((value, None))
        return said

    def close(self) -> None:
        """Let go of the thread, when what was begun is written."""
        self._thread.shutdown()

"""What granian starts in each worker: the directory opened, the application built; closed when the worker stops.

A worker may be begun while the store is away (another was killed, a certificate is new): it answers ``error`` to all
until the store is there, rather than end, and begin again, and end the whole server so.
"""

import asyncio
import os
import threading
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from rempart_agent.cli.base import say
from rempart_core.error import StoreError
from rempart_server.opening import open_context

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Receive, Scope, Send

PAUSE = 2.0
"""Seconds between two tries to open the store."""


def load(directory: str, life: tuple[int, int] | None = None) -> "ASGIApp":
    """Return the application of this worker.

    Args:
        directory: Where ``server.yaml`` lies.
        life: Both ends of a pipe that the server's main process holds open as long as it lives; None where there is
            no other process.
    """
    if life is not None:
        reads, writes = life
        os.close(writes)  # or each worker would hold it open for the others
        threading.Thread(target=_end_with, args=(reads,), daemon=True).start()
    return Worker(directory)


def _end_with(reads: int) -> None:
    """End this worker when the main process was killed: an orphan would keep the port, and answer by old settings."""
    while os.read(reads, 1):
        pass
    os._exit(1)


class Worker:
    """The application, from the first try to open its store to the last request."""

    def __init__(self, directory: str) -> None:
        """Open nothing yet.

        Args:
            directory: Where ``server.yaml`` lies.
        """
        self._directory = directory
        self._app: Starlette | None = None
        self._stack = AsyncExitStack()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """See ASGI 3."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._app is not None:
            await self._app(scope, receive, send)
        else:
            await _refuse(scope, receive, send)

    async def _live(self, receive: "Receive", send: "Send") -> None:
        await receive()
        waits = None if await self._open() else asyncio.create_task(self._wait())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if waits is not None:
            waits.cancel()
            await asyncio.gather(waits, return_exceptions=True)
        await self._stack.aclose()
        await send({"type": "lifespan.shutdown.complete"})

    async def _open(self) -> bool:
        from rempart_server.app import build

        try:
            context = self._stack.enter_context(open_context(self._directory))
        except StoreError as error:
            say(error.message)
            return False
        app = build(context)
        await self._stack.enter_async_context(app.router.lifespan_context(app))
        self._app = app
        return True

    async def _wait(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            if await self._open():
                return


async def _refuse(scope: "Scope", receive: "Receive", send: "Send") -> None:
    from starlette.responses import PlainTextResponse

    from rempart_server.app import failure

    if scope["path"] == "/healthz":
        await PlainTextResponse("ok\n")(scope, receive, send)
        return
    await failure(503, "the store is unavailable", retry_after=5)(scope, receive, send)

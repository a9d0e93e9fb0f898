"""Whether a worker lives, whether its store can be read and written, and its figures.

A store that can be read can't always be written (a full disk, a lock that somebody holds, a standby): so readiness is
tried by a commit, at most one in ``FRESH`` seconds, since anybody may ask.
"""

import asyncio
from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from rempart_core.error import StoreError
from rempart_core.messages.message import Message
from rempart_server import metrics
from rempart_server.client_address import address_of, is_in
from rempart_server.context import Context
from rempart_store.server.trial import write_trial

FRESH = 5.0
"""Seconds for which a write that was committed tells that the store can be written."""
PATIENCE = 5.0
"""Seconds in which it has to be."""


class _Trial:
    """Tries whether the store can be read and written."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._written = float("-inf")

    async def make(self) -> None:
        """Read, and write where that was not done a moment ago.

        Raises:
            StoreError: The store can't be read or written.
        """
        await anyio.to_thread.run_sync(self._read)
        now = self._context.clock()
        if 0 <= now - self._written < FRESH:
            return
        self._written = float("-inf")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._context.writer.write(partial(write_trial, now=int(now)))
        except TimeoutError as error:
            raise StoreError(Message("store.busy")) from error
        self._written = now

    def _read(self) -> None:
        with self._context.store.reading() as connection:
            connection.exec_driver_sql("SELECT 1")


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of health and metrics.

    Args:
        context: The worker's.
    """
    trial = _Trial(context)

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_request: Request) -> Response:
        await trial.make()
        return PlainTextResponse("ready\n")

    async def measured(request: Request) -> Response:
        if not is_in(address_of(request, context.settings.trusted_proxies), context.settings.metrics_from):
            return JSONResponse({"error": "metrics are not for this address: see metrics_from in server.yaml"}, 403)
        return Response(await anyio.to_thread.run_sync(metrics.show), media_type=metrics.TYPE)

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", measured)]

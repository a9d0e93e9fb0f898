"""The application of one worker: the routes of all parts, and what is said when something goes wrong.

A client that ignores the status (osqueryd does) knows a failure by the member ``error`` of a JSON body alone: so there
is one in each failure, and no answer is empty.
"""

import asyncio
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rempart_core.error import StoreError
from rempart_core.text import clean_line
from rempart_server import metrics
from rempart_server.client_address import address_of
from rempart_server.context import Context
from rempart_server.limits import Busy, Flight, Refused, SlowBody, TooLarge, begin
from rempart_server.people.refusal import reads_pages, tell_missing

PARTS = (
    "health",
    "osquery.door",
    "osquery.judge",
    "push.door",
    "people.routes",
    "pages.routes",
    "api.routes",
    "jobs.work",
    "probe",
)
"""Modules that have ``routes(context)``, ``work(context)``, or both."""
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
PAUSE = 5.0
"""Seconds after which work that failed is begun again."""
_TOLD = 60.0


def build(context: Context) -> Starlette:
    """Return the application of one worker.

    Args:
        context: What every part is given; open as long as the application lives.
    """
    modules = [import_module(f"rempart_server.{name}") for name in PARTS if _is_there(f"rempart_server.{name}")]
    routes: list[BaseRoute] = []
    for module in modules:
        routes += module.routes(context) if hasattr(module, "routes") else []
    works = [module.work for module in modules if hasattr(module, "work")]
    teller = Teller(context.clock)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        metrics.gauge("workers", 1)
        tasks = [asyncio.create_task(_go_on(work, context, teller)) for work in works]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            metrics.end()

    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={HTTPException: _http_error})
    app.state.context = context
    app.add_middleware(Guard, teller=teller, proxies=context.settings.trusted_proxies)
    return app


def failure(status: int, error: str, *, retry_after: int = 0) -> JSONResponse:
    """Return the answer of a failure: JSON with ``error``.

    Args:
        status: Of HTTP.
        error: What went wrong, in English: programs read it.
        retry_after: Seconds after which the client may try again; 0 says nothing.
    """
    headers = {"retry-after": str(retry_after)} if retry_after else {}
    return JSONResponse({"error": error}, status, headers)


class Teller:
    """Says why the store can't be used, once a minute: those who ask hear only that it can't."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Say nothing yet.

        Args:
            clock: Seconds since 1970.
        """
        self._clock = clock
        self._last: float | None = None

    def tell(self, error: StoreError) -> None:
        """Say it on standard error, unless something was said a moment ago."""
        now = self._clock()
        if self._last is None or not 0 <= now - self._last < _TOLD:
            self._last = now
            print(f"rempart: {clean_line(str(error))}", file=sys.stderr, flush=True)


class Guard:
    """Stands around every request: bounds what it holds, and answers whatever goes wrong in it."""

    def __init__(self, app: ASGIApp, teller: Teller | None = None, proxies: Sequence[str] = ()) -> None:
        """Stand around an application.

        Args:
            app: What answers.
            teller: Says why the store can't be used; None for one of its own.
            proxies: Those that are believed from where a request comes.
        """
        self._app = app
        self._teller = teller or Teller(time.time)
        self._proxies = proxies
        self._flight = Flight()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI 3."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        share, begun = begin(scope, self._flight, address_of(HTTPConnection(scope), self._proxies)), False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                _add_headers(message)
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            metrics.count("disconnected")
        except Exception as error:  # noqa: BLE001 - one request may not end the worker
            if isinstance(error, StoreError):
                self._teller.tell(error)
            response = _answer(error)
            if not begun:
                await response(scope, receive, watched)
        finally:
            share.free()


def _add_headers(message: Message) -> None:
    """Add what every answer says to browsers, where it does not say something of its own."""
    headers = MutableHeaders(raw=message["headers"])
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)


def _answer(error: Exception) -> Response:
    match error:
        case StoreError():
            metrics.count("failed", why="store")
            return failure(503, "the store is unavailable", retry_after=5)
        case TooLarge():
            metrics.count("failed", why="too_large")
            return failure(413, "the body is too large")
        case SlowBody():
            metrics.count("failed", why="slow")
            return failure(408, "the body did not arrive in time")
        case Busy():
            metrics.count("failed", why="busy")
            return failure(503, "the server is busy", retry_after=5)
        case Refused():
            metrics.count("failed", why="undecodable")
            return failure(415, "the body cannot be decoded")
    metrics.count("failed", why="internal")
    traceback.print_exception(error, limit=-20, file=sys.stderr)
    return failure(500, "internal error")


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else "internal error"
    response = tell_missing(request, status) if reads_pages(request) else failure(status, detail)
    response.headers.update(getattr(error, "headers", None) or {})
    return response


async def _go_on(work: Callable[[Context], Any], context: Context, teller: Teller) -> None:
    """Do what a part does besides requests, and begin it again when it fails."""
    while True:
        try:
            await work(context)
        except StoreError as error:
            metrics.count("work_failed", part=work.__module__.rpartition("rempart_server.")[2])
            teller.tell(error)
        except Exception as error:  # noqa: BLE001 - a store that is gone comes back
            metrics.count("work_failed", part=work.__module__.rpartition("rempart_server.")[2])
            traceback.print_exception(error, limit=-5, file=sys.stderr)
        else:
            return
        await asyncio.sleep(PAUSE)


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False

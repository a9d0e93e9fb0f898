"""osquery's TLS remote API: enroll, config, distributed/read, distributed/write, log.

osqueryd ignores the status of an answer: ``{}`` means that it may forget what it sent, a body with ``error`` that it
brings it again, ``node_invalid`` that it enrols anew. So ``{}`` comes after the commit, or for what can never be taken;
``node_invalid`` is said only of a key that a readable store does not know.

Source: osquery's ``remote/utility.h`` (TLSRequestHelper::go), ``tls_distributed.cpp``, ``tls_config.cpp``.
"""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from rempart_core.error import StoreError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_server import metrics
from rempart_server.client_address import address_of
from rempart_server.context import Context
from rempart_server.limits import TooLarge, Undecodable, read_body
from rempart_server.osquery.enrol import Gate, take_enrolment
from rempart_server.osquery.judge import refuse_batch, take_answers
from rempart_server.osquery.lease import next_batch, waits
from rempart_server.osquery.roster import Roster
from rempart_server.osquery.wire import Unreadable, Written, key_at_end, key_in_header, read_key, read_written
from rempart_store.server.node import Node, is_due

PREFIXES = ("/api/osquery", "/api/v1/osquery")
SMALL = 1024 * 1024
"""Bytes of the largest body of every path but those with results."""
LARGE = 16 * 1024 * 1024
ANSWERED = 10.0
"""Seconds in which a node is answered whose body is whole: it gives up after 16, and sends the same again."""
_HEAVY = 64 * 1024  # bytes from which a body is decoded in a thread
_DRAINED = 256 * 1024 * 1024  # bytes of a body too large that are read and dropped, so that its sender hears an answer
_DRAINING = 30.0  # seconds
_TAIL = 4096


class _Body(NamedTuple):
    """What a request brought.

    Attributes:
        data: All of it; None where it can never be taken.
        tail: Its last bytes, where the key stands.
        why: ``""``; else why it can't be taken.
    """

    data: bytes | None
    tail: bytes
    why: str = ""


_Handler: TypeAlias = Callable[[Request, _Body], Awaitable[Response]]


class _Door:
    """The five paths of one worker."""

    def __init__(self, context: Context) -> None:
        settings = context.settings
        self._context = context
        self._gate = Gate(settings.enrolments // max(1, settings.workers))
        self._roster = Roster()
        self._decoding = anyio.CapacityLimiter(1)

    async def enroll(self, request: Request, body: _Body) -> Response:
        """Let a machine in that shows a secret."""
        return await take_enrolment(self._context, self._gate, body.data or b"", self._address(request))

    async def config(self, request: Request, body: _Body) -> Response:
        """Say how often to ask, and that nothing is scheduled."""
        node = await self._find(request, body)
        if node is None:
            return _stranger("config")
        said: dict[str, Json] = {"options": options(node, self._context.settings.interval), "schedule": {}}
        return _say("config", "ok", said)

    async def read(self, request: Request, body: _Body) -> Response:
        """Give a batch of statements, where there is something to ask."""
        node = await self._find(request, body)
        if node is None:
            return _stranger("read")
        if node.state != "active" or not is_due(node.due, self._context.clock()):
            return _say("read", "idle", {})
        if await waits(self._context, node):
            return _say("read", "idle", {})
        batch = await next_batch(self._context, node)
        if batch is None:  # it may be due no more
            self._roster.forget(node.id)
            return _say("read", "idle", {})
        queries: dict[str, Json] = dict(batch.queries)
        return _say("read", "batch", {"queries": queries, "accelerate": batch.accelerate})

    async def write(self, request: Request, body: _Body) -> Response:
        """Take answers, and confirm them once they are kept."""
        node = await self._find(request, body)
        if node is None:
            return _stranger("write") if body.data is not None else _say("write", body.why, {})
        if node.state != "active":
            return _say("write", "waiting", {})
        try:
            written = await self._decode(body)
        except Unreadable:
            why = body.why or "unreadable"
            await refuse_batch(self._context, node, why)
            return _say("write", why, {})
        if written.replaced:
            metrics.count("osquery_replaced")
        begun = time.monotonic()
        parts = (written.queries, written.statuses, written.messages, written.stats)
        await take_answers(self._context, node, *parts)
        metrics.observe("osquery_write", time.monotonic() - begun)
        return _say("write", "ok", {})

    async def log(self, request: Request, body: _Body) -> Response:
        """Take osquery's logs and drop them: nothing is scheduled whose rows they could hold."""
        node = await self._find(request, body)
        if node is None and body.data is not None:
            return _stranger("log")
        return _say("log", "dropped", {})

    async def _find(self, request: Request, body: _Body) -> Node | None:
        key = key_in_header(request.headers.get("authorization", ""))
        try:
            if not key:
                key = await self._key(body)
        except Unreadable:
            key = key_at_end(body.tail)
        node = await self._roster.find(self._context, key) if key else None
        if node is None or node.door != "osquery":
            return None
        await self._roster.note(self._context, node, self._address(request))
        return node

    async def _key(self, body: _Body) -> str:
        if body.data is None:
            raise Unreadable
        if len(body.data) < _HEAVY:
            return read_key(body.data)
        return await anyio.to_thread.run_sync(read_key, body.data, limiter=self._decoding)

    async def _decode(self, body: _Body) -> Written:
        if body.data is None:
            raise Unreadable
        if len(body.data) < _HEAVY:
            return read_written(body.data)
        return await anyio.to_thread.run_sync(read_written, body.data, limiter=self._decoding)

    def _address(self, request: Request) -> str:
        return address_of(request, self._context.settings.trusted_proxies)


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of osquery's API.

    Args:
        context: Of this worker.
    """
    door = _Door(context)
    paths: dict[str, tuple[_Handler, int]] = {
        "enroll": (door.enroll, SMALL),
        "config": (door.config, SMALL),
        "distributed/read": (door.read, SMALL),
        "distributed/write": (door.write, LARGE),
        "log": (door.log, LARGE),
    }
    return [
        Route(f"{prefix}/{path}", _in_time(*work), methods=["POST"])
        for prefix in PREFIXES
        for path, work in paths.items()
    ]


def _in_time(handler: _Handler, most: int) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a request within ``ANSWERED`` once its body is whole, whatever the store does.

    What was begun may be done yet: a node that brings the same again is answered as if it were the first time.
    """

    async def answer(request: Request) -> Response:
        body = await _read(request, most)
        try:
            async with asyncio.timeout(ANSWERED):
                return await handler(request, body)
        except TimeoutError as error:
            raise StoreError(Message("store.busy")) from error

    return answer


def options(node: Node, interval: int) -> dict[str, Json]:
    """Return the options of a node's osqueryd: nodes ask at intervals that differ, so that no herd forms.

    Args:
        node: The node.
        interval: Seconds between two polls, as ``server.yaml`` has it.
    """
    number = int.from_bytes(hashlib.sha256(f"interval {node.id}".encode()).digest()[:4])
    spread = 0.8 + 0.4 * number / 0xFFFFFFFF
    return {"distributed_interval": max(1, round(interval * spread))}


async def _read(request: Request, most: int) -> _Body:
    """Return the body of a request; what can never be taken is read to its end and dropped.

    A sender whose connection breaks while it sends brings the same again for ever.
    """
    try:
        data = await read_body(request, most)
    except (TooLarge, Undecodable) as error:
        return _Body(None, await _drain(request), "too_large" if isinstance(error, TooLarge) else "undecodable")
    return _Body(data, data[-_TAIL:])


async def _drain(request: Request) -> bytes:
    """Read the rest of a body and keep its end alone."""
    tail, came, more = b"", 0, True
    with anyio.move_on_after(_DRAINING):
        while more and came < _DRAINED:
            message = await request.receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            piece, more = message.get("body", b""), message.get("more_body", False)
            came += len(piece)
            tail = (tail + piece)[-_TAIL:]
    return tail


def _say(path: str, outcome: str, said: dict[str, Json]) -> JSONResponse:
    metrics.count("osquery_requests", path=path, outcome=outcome)
    return JSONResponse(said)


def _stranger(path: str) -> JSONResponse:
    metrics.count("osquery_requests", path=path, outcome="stranger")
    return JSONResponse({"node_invalid": True, "error": "unknown or revoked node key"}, 401)

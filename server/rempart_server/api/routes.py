"""The addresses of the API: JSON, read by programs with a token and by whoever has a session."""

import gzip

import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from rempart_core.error import UsageError
from rempart_core.messages.message import message_of
from rempart_core.messages.say import say
from rempart_server.api.description import OPERATIONS, Operation, describe
from rempart_server.api.model import Error
from rempart_server.context import Context
from rempart_server.pages.asking import NotFound
from rempart_server.pages.binding import Endpoint, ask
from rempart_server.pages.memory import Memory
from rempart_server.people.person import Person, require

_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "vary": "accept-encoding"}
_SMALL = 1024  # bytes that are not worth packing


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes of the API and of its description.

    Args:
        context: The worker's.
    """
    memory = Memory()
    described = msgspec.json.encode(describe())

    async def show_description(request: Request) -> Response:
        return _pack(request, described)

    found: list[BaseRoute] = [Route("/api/openapi.json", show_description)]
    return found + [Route(one.path, _bind(context, one, memory)) for one in OPERATIONS]


def _bind(context: Context, operation: Operation, memory: Memory) -> Endpoint:
    """Return the handler of a question."""

    @require(operation.role, auditors=operation.auditors)
    async def handler(request: Request, person: Person) -> Response:
        asking = ask(context, request, person)

        def work() -> bytes:
            with context.store.reading() as connection:
                return msgspec.json.encode(operation.read(asking, connection, memory))

        try:
            return _pack(request, await anyio.to_thread.run_sync(work))
        except NotFound:
            return _pack(request, msgspec.json.encode(Error("not found")), 404)
        except UsageError as error:
            return _pack(request, msgspec.json.encode(Error(say(message_of(error)))), 400)

    return handler


def _pack(request: Request, content: bytes, status: int = 200) -> Response:
    """Return JSON, packed where the program takes that."""
    headers = dict(_HEADERS)
    if len(content) > _SMALL and "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["content-encoding"] = gzip.compress(content, 5, mtime=0), "gzip"
    return Response(content, status, headers, "application/json")

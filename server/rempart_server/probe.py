"""What ``rempart server check`` asks: whether a proxy lets through what machines send, and what it says by itself.

A proxy that can't use an answer of the server says so in words of its own, as when the server is down. An answer whose
head is larger than proxies take provokes these words (nginx: ``proxy_buffer_size``; HAProxy: ``tune.bufsize``).
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from rempart_server.client_address import address_of
from rempart_server.context import Context
from rempart_server.limits import read_body

PATH = "/api/rempart/probe"
HEAD = 40 * 1024
"""Bytes of the head that proxies do not take."""


def routes(context: Context) -> list[BaseRoute]:
    """Return the routes; nobody needs an account, and nothing is kept."""

    async def probe(request: Request) -> Response:
        size = len(await read_body(request))
        address = address_of(request, context.settings.trusted_proxies)
        headers = {"x-rempart-padding": "x" * HEAD} if request.query_params.get("head") == "large" else {}
        return JSONResponse({"rempart": True, "size": size, "address": address}, headers=headers)

    return [Route(PATH, probe, methods=["POST"])]

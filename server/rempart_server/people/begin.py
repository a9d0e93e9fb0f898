"""How a session begins and ends: its row, its line in the log, its cookie."""

import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from rempart_server.context import Context
from rempart_server.log import record
from rempart_server.people.admission import COOKIE
from rempart_server.people.secret import digest_of, make_secret
from rempart_store.server import session as sessions

if TYPE_CHECKING:
    from rempart_store.connection import Connection
    from rempart_store.server.account import Account


def begin(connection: "Connection", context: Context, account: "Account", address: str, way: str) -> str:
    """Begin a session, and return the value of its cookie.

    Args:
        connection: In a transaction that writes.
        context: The worker's.
        account: Who signed in.
        address: From where.
        way: By what: ``password``, ``link`` or ``oidc``.
    """
    cookie = make_secret()
    now = int(context.clock())
    sessions.begin_session(connection, digest_of(cookie), account.id, secrets.token_urlsafe(32), now)
    record(connection, context, account.name, "session.begin", account.name, address=address, way=way)
    return cookie


def send_on(cookie: str, way: str) -> Response:
    """Return what gives a browser its cookie, and sends it on.

    The cookie is sent to this host alone, over TLS alone, and no script reads it.

    Args:
        cookie: Its value.
        way: A page of ours.
    """
    response = RedirectResponse(way, 303, {"Cache-Control": "no-store"})
    set_cookie(response, COOKIE, cookie, sessions.LONGEST)
    return response


def set_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie of ours; one of no seconds is taken away.

    Args:
        response: What gives it.
        name: Its name.
        value: Its value.
        seconds: How long a browser keeps it.
    """
    response.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def find_way(text: str) -> str:
    """Return a page of ours that somebody wanted before signing in; the first one where it is none of ours."""
    if not text.startswith("/") or text.startswith("//") or not text.isascii() or not text.isprintable():
        return "/"
    if "\\" in text or urlsplit(text).netloc or text.startswith(("/login", "/logout", "/link")):
        return "/"
    return text[:2000]

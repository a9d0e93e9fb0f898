"""Whether a request is let in: the session of its cookie or the token of a program, the role, and the CSRF token."""

import hmac
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from rempart_core.messages.message import Message
from rempart_server.context import Context
from rempart_server.people.form import FormError, read_form
from rempart_server.people.person import AUDITOR, Needed, Person, of_account
from rempart_server.people.refusal import ask_to_sign_in, refuse
from rempart_server.people.secret import digest_of
from rempart_store.server import session as sessions
from rempart_store.server import token as tokens

if TYPE_CHECKING:
    from rempart_store.connection import Connection

COOKIE = "__Host-rempart"
_SAFE = ("GET", "HEAD", "OPTIONS")
_NOTED = 60
"""Seconds between two notes of one session's requests: reading writes nothing else."""


async def admit(request: Request, needed: Needed) -> Person | Response:
    """Return who asks, or what they are told.

    Args:
        request: Its application has the :class:`Context` in ``state.context``.
        needed: What the handler needs.

    Raises:
        StoreError: The store can't be read: nobody is let in, and nobody's session is over.
    """
    context: Context = request.app.state.context
    changes = request.method not in _SAFE
    authorization = request.headers.get("authorization")
    if authorization is not None:
        person = await find_program(context, authorization) if needed.programs else None
    else:
        person = await find_reader(context, request.cookies.get(COOKIE, ""))
    if person is None:
        return ask_to_sign_in(request)
    if person.role == AUDITOR and (person.ends is None or context.clock() > person.ends):
        return refuse(request, 403, Message("server_people.ended"))
    if not needed.lets_in(person, changes=changes):
        return refuse(request, 403, Message("server_people.not_allowed"))
    if changes and authorization is None:
        wrong = await _find_forgery(request, person)
        if wrong is not None:
            return wrong
    return person


async def find_reader(context: Context, cookie: str) -> Person | None:
    """Return who has a session; None where nobody has that one.

    Args:
        context: The worker's.
        cookie: Its value; ``""`` without one.
    """
    if not cookie:
        return None
    digest, now = digest_of(cookie), int(context.clock())

    def read() -> sessions.Session | None:
        with context.store.reading() as connection:
            return sessions.find_session(connection, digest, now)

    found = await anyio.to_thread.run_sync(read)
    if found is None:
        return None
    if now - found.seen >= _NOTED:
        await context.writer.write(lambda connection: sessions.note_seen(connection, digest, now))
    return of_account(found.account, csrf=found.csrf)


async def find_program(context: Context, authorization: str) -> Person | None:
    """Return whose token a header has; None where it has none that is valid.

    Args:
        context: The worker's.
        authorization: ``Bearer`` and the token.
    """
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        return None
    digest, now = digest_of(secret.strip()), int(context.clock())

    def read() -> tokens.Token | None:
        with context.store.reading() as connection:
            return tokens.find_token(connection, digest, now)

    found = await anyio.to_thread.run_sync(read)
    if found is None:
        return None
    if found.used is None or now - found.used >= _NOTED:
        await context.writer.write(lambda connection: _note_used(connection, found.id, now))
    return of_account(found.account, most=found.role)


def _note_used(connection: "Connection", number: int, now: int) -> None:
    tokens.note_used(connection, number, now)


async def _find_forgery(request: Request, person: Person) -> Response | None:
    """Return what is said to a request that another site made a browser send; None where it is the person's own."""
    said = request.headers.get("x-csrf-token")
    if said is None:
        try:
            said = (await read_form(request)).get("csrf", "")
        except FormError:
            return refuse(request, 400, Message("server_people.bad_form"))
    if not person.csrf or not hmac.compare_digest(said.encode(), person.csrf.encode()):
        return refuse(request, 403, Message("server_people.stale_form"))
    return None

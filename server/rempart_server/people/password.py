"""Passwords: the first one by a one-time link, and another one on the page of one's own account."""

from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from rempart_core.messages.message import Message
from rempart_core.messages.say import LANGUAGES
from rempart_server.client_address import address_of
from rempart_server.context import Context
from rempart_server.log import record
from rempart_server.people.begin import begin, send_on
from rempart_server.people.form import FormError, read_form
from rempart_server.people.hashing import LONGEST, SHORTEST, Busy, Hashing
from rempart_server.people.page import choose_language, show_page
from rempart_server.people.person import Endpoint
from rempart_server.people.refusal import refuse
from rempart_server.people.secret import digest_of
from rempart_store.server import account as accounts
from rempart_store.server import session as sessions

if TYPE_CHECKING:
    from rempart_store.connection import Connection


def find_fault(name: str, new: str, again: str) -> Message | None:
    """Return what is wrong with a new password; None where nothing is.

    Args:
        name: Of the account.
        new: The password.
        again: The same, typed again.
    """
    if new != again:
        return Message("server_people.differs")
    if len(new) < SHORTEST or len(new) > LONGEST:
        return Message("server_people.length", least=SHORTEST, most=LONGEST)
    if len(set(new)) < 5 or new.casefold() in (name.casefold(), (2 * name).casefold()):
        return Message("server_people.simple")
    return None


def show_link(context: Context) -> Endpoint:
    """Return what shows the form of a one-time link: looking at it does not spend it."""

    async def endpoint(request: Request) -> Response:
        code = str(request.path_params["code"])
        account = await _find(context, code)
        if account is None:
            return refuse(request, 404, Message("server_people.no_link"))
        return show_page("link", choose_language(request), code=code, name=account.name, why=None)

    return endpoint


def take_link(context: Context, hashing: Hashing) -> Endpoint:
    """Return what sets the first password, and signs in.

    Args:
        context: The worker's.
        hashing: Of this worker.
    """

    async def endpoint(request: Request) -> Response:
        try:
            form = await read_form(request)
        except FormError:
            return refuse(request, 400, Message("server_people.bad_form"))
        language = form["lang"] if form.get("lang") in LANGUAGES else choose_language(request)
        code, new = form.get("code", ""), form.get("new", "")
        account = await _find(context, code)
        if account is None:
            return refuse(request, 404, Message("server_people.no_link"))
        why = find_fault(account.name, new, form.get("again", ""))
        if why is not None:
            return show_page("link", language, 422, code=code, name=account.name, why=why)
        try:
            hashed = await hashing.hash(new)
        except Busy:
            return refuse(request, 503, Message("server_people.busy"), wait=5)
        address = address_of(request, context.settings.trusted_proxies)

        def spend(connection: "Connection") -> str | None:
            found = accounts.find_by_link(connection, digest_of(code), int(context.clock()))
            if found is None:  # somebody was faster
                return None
            accounts.set_password(connection, found.id, hashed)
            accounts.set_language(connection, found.id, language)
            sessions.end_sessions(connection, found.id)
            record(connection, context, found.name, "password.set", found.name, address=address, way="link")
            return begin(connection, context, found, address, "link")

        cookie = await context.writer.write(spend)
        if cookie is None:
            return refuse(request, 404, Message("server_people.no_link"))
        return send_on(cookie, "/")

    return endpoint


async def _find(context: Context, code: str) -> accounts.Account | None:
    def read() -> accounts.Account | None:
        with context.store.reading() as connection:
            return accounts.find_by_link(connection, digest_of(code), int(context.clock()))

    return await anyio.to_thread.run_sync(read)

"""The page of one's own account: role and groups, language, another password."""

from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rempart_core.messages.message import Message
from rempart_core.messages.say import LANGUAGES
from rempart_server.client_address import address_of
from rempart_server.context import Context
from rempart_server.log import record
from rempart_server.people.admission import COOKIE
from rempart_server.people.begin import set_cookie
from rempart_server.people.form import read_form
from rempart_server.people.hashing import LONGEST, Busy, Hashing
from rempart_server.people.login import Tried
from rempart_server.people.page import LANGUAGE, show_page
from rempart_server.people.password import find_fault
from rempart_server.people.person import Endpoint, Person, require
from rempart_server.people.refusal import refuse
from rempart_server.people.secret import digest_of
from rempart_store.server import account as accounts
from rempart_store.server import session as sessions
from rempart_store.server.attempt import forget_attempt, take_attempt

if TYPE_CHECKING:
    from rempart_store.connection import Connection


def show_account(context: Context) -> Endpoint:
    """Return what shows the page."""

    @require("viewer", auditors=True, programs=False)
    async def endpoint(request: Request, person: Person) -> Response:
        account = await _read(context, person)
        done = Message("server_people.saved") if request.query_params.get("saved") == "1" else None
        return _show(person, account, done=done)

    return endpoint


def choose_own_language(context: Context) -> Endpoint:
    """Return what sets the language of one's pages."""

    @require("viewer", auditors=True, programs=False)
    async def endpoint(request: Request, person: Person) -> Response:
        language = (await read_form(request)).get("language", "")
        if language not in LANGUAGES:
            return refuse(request, 422, Message("server_people.bad_form"))

        def write(connection: "Connection") -> None:
            accounts.set_language(connection, person.account, language)
            record(connection, context, person.name, "user.language", person.name, language=language)

        await context.writer.write(write)
        response = RedirectResponse("/account?saved=1", 303, {"Cache-Control": "no-store"})
        set_cookie(response, LANGUAGE, "", 0)  # what was chosen on a page before would go before it
        return response

    return endpoint


def change_password(context: Context, hashing: Hashing) -> Endpoint:
    """Return what sets another password, and ends the account's other sessions.

    Args:
        context: The worker's.
        hashing: Of this worker.
    """

    @require("viewer", auditors=True, programs=False)
    async def endpoint(request: Request, person: Person) -> Response:
        form = await read_form(request)
        account = await _read(context, person)
        if account is None or account.subject is not None:
            return refuse(request, 403, Message("server_people.not_local"))
        why = find_fault(person.name, form.get("new", ""), form.get("again", ""))
        if why is not None:
            return _show(person, account, 422, why=why)
        tried = Tried(person.name, form.get("current", ""), address_of(request, context.settings.trusted_proxies))
        now = int(context.clock())
        wait = await context.writer.write(lambda connection: take_attempt(connection, tried.allowances(), now))
        if wait:
            return refuse(request, 429, Message("server_people.too_often", minutes=-(-wait // 60)), wait=wait)
        try:
            if not await hashing.verify(account.password, tried.password[:LONGEST]):
                return _show(person, account, 403, why=Message("server_people.wrong_current"))
            hashed = await hashing.hash(form["new"])
        except Busy:
            return refuse(request, 503, Message("server_people.busy"), wait=5)
        here = digest_of(request.cookies.get(COOKIE, ""))

        def write(connection: "Connection") -> None:
            for one in tried.allowances():
                forget_attempt(connection, one.what)
            accounts.set_password(connection, account.id, hashed)
            sessions.end_sessions(connection, account.id, but=here)
            record(connection, context, person.name, "password.set", person.name, address=tried.address, way="account")

        await context.writer.write(write)
        return RedirectResponse("/account?saved=1", 303, {"Cache-Control": "no-store"})

    return endpoint


async def _read(context: Context, person: Person) -> accounts.Account | None:
    def read() -> accounts.Account | None:
        with context.store.reading() as connection:
            return accounts.read_account(connection, person.account)

    return await anyio.to_thread.run_sync(read)


def _show(
    person: Person,
    account: accounts.Account | None,
    status: int = 200,
    why: Message | None = None,
    done: Message | None = None,
) -> Response:
    groups = Message("server_people.all_groups") if person.groups is None else ", ".join(sorted(person.groups))
    local = account is not None and account.subject is None
    values = {"name": person.name, "role": person.role, "groups": groups, "csrf": person.csrf}
    return show_page("account", person.language, status, **values, why=why, done=done, local=local)

"""Signing in with a password, and signing out."""

import hmac
import ipaddress
from typing import TYPE_CHECKING, NamedTuple

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rempart_core.messages.message import Message
from rempart_core.messages.say import LANGUAGES
from rempart_server.client_address import address_of
from rempart_server.context import Context
from rempart_server.log import record
from rempart_server.metrics import count
from rempart_server.people.admission import COOKIE, find_reader
from rempart_server.people.begin import begin, find_way, send_on, set_cookie
from rempart_server.people.form import FormError, read_form
from rempart_server.people.hashing import LONGEST, Busy, Hashing
from rempart_server.people.page import choose_language, show_page
from rempart_server.people.person import Endpoint, Person, require
from rempart_server.people.refusal import refuse
from rempart_server.people.secret import digest_of, make_secret
from rempart_store.server import account as accounts
from rempart_store.server import session as sessions
from rempart_store.server.attempt import Allowance, forget_attempt, take_attempt

if TYPE_CHECKING:
    from rempart_store.connection import Connection

FORM_COOKIE = "__Host-rempart-login"
"""Ties the form to the browser that it was shown to, before there is a session."""
_NAME = 200
_QUARTER = 900


class Tried(NamedTuple):
    """An attempt to sign in.

    Attributes:
        name: As it was typed.
        password: The same.
        address: From where.
    """

    name: str
    password: str
    address: str

    def allowances(self) -> tuple[Allowance, ...]:
        """Return what is counted: nobody locks others out from one address, and no account is tried from many."""
        return (
            Allowance(f"both {self.name} {_network(self.address)}", 5, _QUARTER),
            Allowance(f"account {self.name}", 50, _QUARTER),
            Allowance(f"address {_network(self.address)}", 30, _QUARTER),
        )


def _network(address: str) -> str:
    """Return what one subscriber has: of IPv6 a network of 64 bits (RFC 6177), of which each address is as good."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address, 64), strict=False))


def show_login(context: Context, provider: bool) -> Endpoint:
    """Return what shows the form.

    Args:
        context: The worker's.
        provider: Whether people may sign in with an identity provider too.
    """

    async def endpoint(request: Request) -> Response:
        way = find_way(request.query_params.get("next", "/"))
        if await find_reader(context, request.cookies.get(COOKIE, "")) is not None:
            return RedirectResponse(way, 303, {"Cache-Control": "no-store"})
        return _show(request, choose_language(request), way, provider=provider)

    return endpoint


def sign_in(context: Context, hashing: Hashing, provider: bool) -> Endpoint:
    """Return what takes the form.

    Args:
        context: The worker's.
        hashing: Of this worker.
        provider: Whether people may sign in with an identity provider too.
    """

    async def endpoint(request: Request) -> Response:
        try:
            form = await read_form(request)
        except FormError:
            return refuse(request, 400, Message("server_people.bad_form"))
        language = form["lang"] if form.get("lang") in LANGUAGES else choose_language(request)
        way = find_way(form.get("next", "/"))
        known = request.cookies.get(FORM_COOKIE, "")
        if not known or not hmac.compare_digest(known.encode(), form.get("csrf", "").encode()):
            return _show(request, language, way, 403, Message("server_people.stale_form"), provider=provider)
        tried = Tried(
            form.get("name", "").strip()[:_NAME],
            form.get("password", ""),
            address_of(request, context.settings.trusted_proxies),
        )
        try:
            said = await _try(context, hashing, tried)
        except Busy:
            count("sign_in", outcome="busy", way="password")
            return refuse(request, 503, Message("server_people.busy"), wait=5)
        if isinstance(said, int):
            count("sign_in", outcome="too_often", way="password")
            return refuse(request, 429, Message("server_people.too_often", minutes=-(-said // 60)), wait=said)
        count("sign_in", outcome="refused" if said is None else "done", way="password")
        if said is None:
            return _show(request, language, way, 403, Message("server_people.wrong"), provider=provider)
        response = send_on(said, way)
        set_cookie(response, FORM_COOKIE, "", 0)
        return response

    return endpoint


async def _try(context: Context, hashing: Hashing, tried: Tried) -> str | int | None:
    """Return the cookie of a new session; the seconds to wait; or None where name or password are wrong."""
    now = int(context.clock())
    wait = await context.writer.write(lambda connection: take_attempt(connection, tried.allowances(), now))
    if wait:
        return wait

    def read() -> accounts.Account | None:
        with context.store.reading() as connection:
            return accounts.find_by_name(connection, tried.name)

    account = await anyio.to_thread.run_sync(read)
    open_ = account is not None and account.disabled is None and len(tried.password) <= LONGEST
    right = await hashing.verify(account.password if account and open_ else "", tried.password[:LONGEST])

    def note(connection: "Connection") -> str | None:
        now_ = account and accounts.read_account(connection, account.id)
        if right and account and now_ and now_.disabled is None and now_.password == account.password:
            for one in tried.allowances():
                forget_attempt(connection, one.what)
            return begin(connection, context, now_, tried.address, "password")
        # what was typed is not noted where it names nobody: it may be a password in the wrong field
        subject = account.name if account else ""
        record(connection, context, subject, "session.refused", subject, address=tried.address)
        return None

    return await context.writer.write(note)


def _show(
    request: Request, language: str, way: str, status: int = 200, why: Message | None = None, *, provider: bool
) -> Response:
    csrf = request.cookies.get(FORM_COOKIE, "") or make_secret()
    response = show_page("login", language, status, csrf=csrf, next=way, why=why, provider=provider)
    set_cookie(response, FORM_COOKIE, csrf, 3600)
    return response


def sign_out(context: Context) -> Endpoint:
    """Return what ends a session."""

    @require("viewer", auditors=True, programs=False)
    async def endpoint(request: Request, person: Person) -> Response:
        digest = digest_of(request.cookies.get(COOKIE, ""))

        def end(connection: "Connection") -> None:
            sessions.end_session(connection, digest)
            record(connection, context, person.name, "session.end", person.name)

        await context.writer.write(end)
        response = RedirectResponse("/login", 303, {"Cache-Control": "no-store", "Clear-Site-Data": '"cache"'})
        set_cookie(response, COOKIE, "", 0)
        return response

    return endpoint

"""Signing in with an identity provider: sent there, and back with somebody whom it vouches for."""

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rempart_core.messages.message import Message
from rempart_server.client_address import address_of
from rempart_server.context import Context
from rempart_server.log import record
from rempart_server.metrics import count
from rempart_server.people.begin import begin, find_way, send_on, set_cookie
from rempart_server.people.oidc import Identified, OidcError, Provider, pack, unpack
from rempart_server.people.oidc_access import find_access, find_name
from rempart_server.people.person import Endpoint
from rempart_server.people.refusal import refuse
from rempart_server.settings import Oidc
from rempart_store.server import account as accounts
from rempart_store.server.account import Access, Account

if TYPE_CHECKING:
    from rempart_store.connection import Connection

COOKIE = "__Host-rempart-oidc"
_PATIENCE = 600  # seconds in which somebody comes back


def send_away(provider: Provider) -> Endpoint:
    """Return what sends a browser to the provider."""

    async def endpoint(request: Request) -> Response:
        try:
            url, asked = await provider.begin(find_way(request.query_params.get("next", "/")))
        except OidcError as error:
            return refuse(request, 503, error.message, wait=30)
        response = RedirectResponse(url, 303, {"Cache-Control": "no-store"})
        set_cookie(response, COOKIE, pack(asked), _PATIENCE)
        return response

    return endpoint


def take_back(context: Context, settings: Oidc, provider: Provider) -> Endpoint:
    """Return what lets in who comes back, with what the provider's claims mean here.

    Args:
        context: The worker's.
        settings: Of the provider.
        provider: The same.
    """

    async def endpoint(request: Request) -> Response:
        response = await answer(request)
        set_cookie(response, COOKIE, "", 0)
        return response

    async def answer(request: Request) -> Response:
        asked = unpack(request.cookies.get(COOKIE, ""))
        if asked is None:
            return refuse(request, 400, Message("server_oidc.state"))
        try:
            found = await provider.finish(dict(request.query_params), asked, int(context.clock()))
        except OidcError as error:
            count("sign_in", outcome="unproven", way="oidc")
            return refuse(request, 403, error.message)
        access = find_access(found.claims.get(settings.claim), settings.access)
        address = address_of(request, context.settings.trusted_proxies)

        def write(connection: "Connection") -> str | None:
            return _let_in(connection, context, found, access, address)

        cookie = await context.writer.write(write)
        count("sign_in", outcome="refused" if cookie is None else "done", way="oidc")
        if cookie is None:
            return refuse(request, 403, Message("server_oidc.no_access"))
        return send_on(cookie, find_way(asked.way))

    return endpoint


def _let_in(
    connection: "Connection", context: Context, found: Identified, access: Access | None, address: str
) -> str | None:
    """Return the cookie of a session; None where there is no access, or the account is disabled here."""
    account = accounts.find_by_subject(connection, found.subject)
    if access is None or (account is not None and account.disabled is not None):
        name = account.name if account else ""
        record(connection, context, name, "session.refused", name or found.subject, address=address, way="oidc")
        return None
    if account is None:
        account = _add(connection, context, found, access)
    elif (account.role, account.groups) != (access.role, access.groups):
        accounts.set_access(connection, account.id, access)
        record(connection, context, account.name, "user.access", account.name, **_tell(access))
    return begin(connection, context, account, address, "oidc")


def _add(connection: "Connection", context: Context, found: Identified, access: Access) -> Account:
    taken = [one.name for one in accounts.list_accounts(connection)]
    name = find_name(found.claims, found.subject, taken)
    account = accounts.add_account(connection, name, access, int(context.clock()), subject=found.subject)
    if account is None:
        raise AssertionError(name)
    record(connection, context, name, "user.add", name, identity=found.subject, **_tell(access))
    return account


def _tell(access: Access) -> dict[str, str]:
    groups = accounts.ALL if access.groups is None else ", ".join(sorted(access.groups))
    return {"role": access.role, "groups": groups, "way": "oidc"}

"""The page of accounts: who may sign in, as what, when somebody did last; an admin disables and enables them."""

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from rempart_core.error import UsageError
from rempart_core.messages.message import Message, message_of
from rempart_core.messages.say import say
from rempart_server.context import Context
from rempart_server.pages.asking import Asking, NotFound
from rempart_server.pages.binding import Endpoint, ask, show_problem
from rempart_server.pages.frame import Shown
from rempart_server.people.managing import enable_account
from rempart_server.people.person import Person, require
from rempart_store.server.account import Account, list_accounts, read_account
from rempart_store.server.event import read_last_times

if TYPE_CHECKING:
    from rempart_store.connection import Connection

_DONE = {"disable": "done_disabled", "enable": "done_enabled"}
_ROLES = {"viewer": "role_viewer", "operator": "role_operator", "admin": "role_admin", "auditor": "role_auditor"}


class Row(NamedTuple):
    """An account as the page tells it.

    Attributes:
        account: The account.
        last: When somebody signed in with it last; None where the log has nothing of it.
        own: Whether it is the reader's: nobody shuts out oneself.
    """

    account: Account
    last: int | None
    own: bool


def show(asking: Asking, connection: "Connection") -> Shown:
    """Return the page.

    Args:
        asking: Who asks.
        connection: Reads.

    Raises:
        NotFound: This person reads some groups only, and accounts are of all.
    """
    if asking.person.groups is not None:
        raise NotFound
    last = read_last_times(connection, "session.begin")
    rows = [Row(one, last.get(one.name), one.id == asking.person.account) for one in list_accounts(connection)]
    values: dict[str, Any] = {"rows": rows, "roles": _ROLES, "done": _DONE.get(asking.text("done"), "")}
    return Shown("account_page.html", asking.labels("accounts"), values)


def take_decision(context: Context, deed: str) -> Endpoint:
    """Return the handler of what is decided about an account.

    Args:
        context: The worker's.
        deed: ``disable`` or ``enable``.
    """

    @require("admin", programs=False)
    async def handler(request: Request, person: Person) -> Response:
        asking = ask(context, request, person)
        try:
            number = asking.number("number")
            await context.writer.write(lambda connection: _decide(connection, asking, number, deed))
        except NotFound:
            return show_problem(asking, 404, asking.labels("not_found"))
        except UsageError as error:
            return show_problem(asking, 400, say(message_of(error), asking.language))
        return RedirectResponse(f"/accounts?done={deed}", 303, {"cache-control": "no-store"})

    return handler


def _decide(connection: "Connection", asking: Asking, number: int, deed: str) -> None:
    """Disable an account or enable it.

    Raises:
        NotFound: There is none of that number, or the person reads some groups only.
        UsageError: It is the person's own: so there is always an admin left who may enable others.
    """
    account = read_account(connection, number)
    if account is None or asking.person.groups is not None:
        raise NotFound
    if account.id == asking.person.account:
        raise UsageError(Message("server_page.own_account"))
    enable_account(connection, asking.context, asking.person.name, account, enabled=deed == "enable")

"""From a function that reads to a route: who asks is let in, the store is read in a thread, errors are pages."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from rempart_core.error import UsageError
from rempart_core.messages.message import message_of
from rempart_core.messages.say import say
from rempart_server.context import Context
from rempart_server.pages.asking import Asking, NotFound
from rempart_server.pages.frame import Shown, choose_language, render
from rempart_server.people.person import Person, require

if TYPE_CHECKING:
    from rempart_store.connection import Connection

Show = Callable[[Asking, "Connection"], Shown]
"""Reads what a page shows."""
Endpoint = Callable[[Request], Awaitable[Response]]
_AT_ONCE = anyio.CapacityLimiter(8)  # pages that a worker makes at a time; a database has few connections


def ask(context: Context, request: Request, person: Person) -> Asking:
    """Return a request as pages and the API see it.

    Args:
        context: The worker's.
        request: What came.
        person: Who was let in.
    """
    now = person.clamp(int(context.clock()))
    return Asking(context, request, person, choose_language(request, person), now)


def page(context: Context, show: Show, role: str = "viewer", *, auditors: bool | None = None) -> Endpoint:
    """Return the handler of a page.

    Args:
        context: The worker's.
        show: Reads what it shows.
        role: The least that somebody has to be.
        auditors: Whether auditors read it; by default where a viewer does.
    """

    @require(role, auditors=auditors)
    async def handler(request: Request, person: Person) -> Response:
        asking = ask(context, request, person)

        def work() -> Response:
            with context.store.reading() as connection:
                shown = show(asking, connection)
            return render(asking, shown)

        return await guard(asking, work)

    return handler


async def guard(asking: Asking, work: Callable[[], Response]) -> Response:
    """Return what a function returns, run in a thread; what it may raise is a page that says so.

    Args:
        asking: Who asks.
        work: Reads and renders.
    """
    try:
        return await anyio.to_thread.run_sync(work, limiter=_AT_ONCE)
    except NotFound:
        return show_problem(asking, 404, asking.labels("not_found"))
    except UsageError as error:
        return show_problem(asking, 400, say(message_of(error), asking.language))


def show_problem(asking: Asking, status: int, told: str) -> Response:
    """Return a page that says what is wrong.

    Args:
        asking: Who asks.
        status: Of HTTP.
        told: What is wrong, in the language.
    """
    title = asking.labels("problem")
    return render(asking, Shown("problem.html", title, {"told": told}, status))

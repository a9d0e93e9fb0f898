"""People of a server in tests: an application with routes of its own, accounts, and browsers that sign in."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import delete
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from rempart_server.app import Guard
from rempart_server.context import Context
from rempart_server.people.admission import COOKIE
from rempart_server.people.begin import begin
from rempart_server.people.hashing import Hashing
from rempart_store.schema.server_person import server_account, server_event
from rempart_store.server import account as accounts
from rempart_store.server.account import Access, Account
from rempart_testing.server import a_context

NOW = 1_800_000_000
HOST = "https://localhost"


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@contextmanager
def a_server(folder: Path, clock: Clock | None = None, more: str = "") -> Iterator[Context]:
    """Give what a worker is given, with a store without accounts and an empty log.

    Args:
        folder: Where its directory is put.
        clock: What it takes for the time.
        more: Lines that its ``server.yaml`` has besides.
    """
    with a_context(folder, more) as context:
        with context.store.writing() as connection:  # of the account that `init` made
            connection.execute(delete(server_account))
            connection.execute(delete(server_event))
        yield context._replace(clock=clock or Clock())


def an_app(context: Context, routes: Sequence[BaseRoute]) -> Starlette:
    """Return an application of some routes, guarded as the server's is."""
    app = Starlette(routes=list(routes))
    app.state.context = context
    app.add_middleware(Guard)
    return app


def a_browser(app: Starlette) -> TestClient:
    """Return a browser without a session, which follows no redirect."""
    return TestClient(app, base_url=HOST, follow_redirects=False)


def an_account(context: Context, name: str, role: str = "viewer", groups: Sequence[str] | None = ("here",)) -> Account:
    """Add an account; an auditor's access lasts from a day before NOW until a day after it."""
    dates = (NOW - 86_400, NOW + 86_400) if role == "auditor" else (None, None)
    access = Access(role, None if groups is None else frozenset(groups), *dates)
    with context.store.writing() as connection:
        made = accounts.add_account(connection, name, access, NOW)
    assert made is not None
    return made


def signed_in(app: Starlette, account: Account) -> TestClient:
    """Return a browser with a session of an account."""
    context: Context = app.state.context
    with context.store.writing() as connection:
        cookie = begin(connection, context, account, "192.0.2.1", "password")
    browser = a_browser(app)
    browser.cookies.set(COOKIE, cookie, domain="localhost.local", path="/")
    return browser


@functools.cache
def hashed_once(password: str) -> str:
    """Return the hash of a password, which takes a while."""
    return asyncio.run(Hashing().hash(password))


def csrf_of(page: str) -> str:
    """Return the CSRF token of the first form of a page."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


def actions(context: Context) -> list[tuple[str, str, str]]:
    """Return actor, action and subject of each event of the log, oldest first."""
    from rempart_store.server.event import stream_events

    with context.store.reading() as connection:
        return [(one.actor, one.action, one.subject) for one in stream_events(connection)]

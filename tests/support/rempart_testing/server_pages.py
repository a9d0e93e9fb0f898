"""A server's pages for tests: a store with a small fleet, people who read it, and a browser without a network.

The browser's requests are answered by the application in this process; any other address that a page asks for is noted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import insert

from rempart_controller.incident.incident_state import Standing
from rempart_controller.incident.timeline import Record
from rempart_core.model.check import Severity
from rempart_core.model.result import PROOFS, AppliedWaiver, Evidence, Result, Run, State
from rempart_core.text import Text
from rempart_server.log import record
from rempart_server.people import admission
from rempart_server.people.person import Person
from rempart_store.schema.server_node import server_node
from rempart_store.server import account as accounts
from rempart_store.server.account import Access
from rempart_store.server.group import add_group, find_group
from rempart_store.server.proposal import Draft, decide, propose
from rempart_store.server.secret import make_secret
from rempart_testing.run import make_result, make_run, silent

if TYPE_CHECKING:
    import pytest
    from playwright.sync_api import BrowserContext, Route
    from starlette.testclient import TestClient

    from rempart_server.context import Context
    from rempart_store.store import Store

DAY = 86_400
ORIGIN = "https://rempart.test"
HOSTILE = "<script>alert(1)</script>\x1b[31mred\x1b[0m =cmd|'/C calc'!A0 {{7*7}} ::error::"
"""What a host may report: markup, a terminal's colours, a formula, a template's braces, a build service's command."""
ADMIN = Person(1, "Ada", "admin", None, csrf="c" * 32)
LAPTOPS = Person(2, "Liv", "viewer", frozenset({"laptops"}), csrf="c" * 32)
CHECKS = ("RMT-01", "DSK-01", "FWL-01", "PAT-01", "ACC-01")


def fill(store: Store, now: int) -> None:
    """Save two nights of a small fleet: findings, a waiver, an error, a silent host, hostile words."""
    for age in (2, 0):
        store.save(
            one._replace(proof=PROOFS[len(one.results) % 2 + 1])
            for one in _night(now - age * DAY - 3600, first=age == 2)
        )


def add_people_s_work(context: Context, now: int) -> None:
    """Add proposals, a deed of the log, groups with secrets, nodes of each state."""
    with context.store.writing() as connection:
        accounts.add_account(connection, "Bo", Access("operator", None), now)
        draft = Draft(
            "web-2",
            "servers",
            "RMT-01",
            (HOSTILE,),
            HOSTILE,
            "Mia",
            time.strftime("%Y-%m-%d", time.gmtime(now + 9 * DAY)),
        )
        propose(connection, draft, 1, now)
        propose(connection, draft._replace(host="pad-1", group="laptops"), 2, now)
        decide(connection, None, propose(connection, draft, 2, now), 1, now, approve=True)
        record(connection, context, "Ada", "waiver.approve", "#3", reason=HOSTILE)
        for name in ("laptops", "servers"):
            add_group(connection, name, "workstation", "", (), now)
        found = find_group(connection, "laptops")
        assert found is not None
        make_secret(connection, found.id, now, uses=50, ends=now + DAY)
        make_secret(connection, found.id, now - DAY, ends=now - 5)
        nodes = (
            ("active", 1, "osquery", ""),
            ("waiting", 0, "agent", ""),
            ("revoked", 2, "osquery", ""),
            ("active", 1, "osquery", "uuid 1"),
        )
        for number, (state, group, door, clone) in enumerate(nodes, 1):
            texts = {
                "door": door,
                "name": f"node-{number} {HOSTILE}",
                "identifier": "ab" * 32,
                "state": state,
                "clone": clone,
            }
            texts |= {
                "uuid": "",
                "instance_id": "",
                "machine_id": "",
                "platform": "linux",
                "system": HOSTILE,
                "version": "5",
            }
            times = {"enrolled": now, "seen": now, "due": now, "id": number, "group_id": group}
            connection.execute(insert(server_node).values(**texts, **times, address="192.0.2.7"))


def some_incidents() -> list[Standing]:
    """Return an open incident of a laptop and a closed one of a server."""
    aware = int(time.time()) - 3600
    opened = "2026-11-25T10:00:00Z"
    return [
        Standing(
            f"20261125-{n}", "", Record([], ""), host=host, title=HOSTILE, aware=aware, opened=opened, closed=closed
        )
        for n, (host, closed) in enumerate((("pad-1", ""), ("web-1", opened)), 1)
    ]


def _night(at: int, *, first: bool) -> Iterator[Run]:
    waiver = AppliedWaiver("replaced in spring", "Mia", "2030-01-31", target="web-1")
    bad = make_result("RMT-01", State.FAIL, ["PermitRootLogin", "PasswordAuthentication"], severity=Severity.CRITICAL)
    good = [make_result(check) for check in CHECKS[1:]]
    gap = make_result(
        "FWL-01", State.ERROR, failure="no_table", reason=Text("no such table: rempart_firewall", "table absente")
    )
    linux = {"platform": "linux", "system": "Debian GNU/Linux 13 (trixie)"}
    yield make_run("web-1", at, [bad._replace(waiver=waiver), *good], group="servers", machine_id="1" * 64, **linux)
    yield make_run(
        "web-2", at + 1, [make_result("RMT-01") if first else bad, *good], group="servers", machine_id="2" * 64, **linux
    )
    yield make_run("pad-1", at + 2, [*_hostile(), gap], group="laptops", machine_id="3" * 64, **linux)
    if first:
        yield make_run("pad-2", at + 3, [bad, *good], group="laptops", machine_id="4" * 64, **linux)
    else:
        yield silent("pad-2", at + 3, CHECKS, group="laptops", machine_id="4" * 64, **linux)


def _hostile() -> list[Result]:
    rows = [{"item": HOSTILE, "observed": HOSTILE, "expected": "nothing of the kind", "ok": "0"}]
    evidence = Evidence(rows, 1, 0, 0)
    return [
        make_result("ACC-01", State.FAIL, evidence=evidence, reason=Text(HOSTILE, HOSTILE)),
        make_result("PAT-01", State.NOT_CHECKED, failure="probe", reason=Text(HOSTILE, HOSTILE)),
    ]


def let_in(monkeypatch: pytest.MonkeyPatch, person: Person) -> None:
    """Take everybody for one person: who that is, is told apart by tests of its own."""

    async def admit(*_: object) -> Person:
        return person

    monkeypatch.setattr(admission, "admit", admit)


def app_client(context: Context) -> TestClient:
    """Return a client of the pages and the API alone."""
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from rempart_server.api import routes as api
    from rempart_server.pages.routes import routes

    app = Starlette(routes=[*routes(context), *api.routes(context)])
    app.state.context = context
    return TestClient(app, ORIGIN)


class Browsing(NamedTuple):
    """A browser that shows the pages of an application.

    Attributes:
        context: Of the browser.
        foreign: Addresses that pages asked for and that are not the application's.
        loaded: Bytes that came for each address, as they were sent.
    """

    context: BrowserContext
    foreign: list[str]
    loaded: dict[str, int]


@contextmanager
def browsing(
    client: TestClient, *, scripts: bool = True, dark: bool = False, bypass_csp: bool = False
) -> Iterator[Browsing]:
    """Give a browser.

    Args:
        client: Answers its requests.
        scripts: Whether it runs scripts.
        dark: Whether its reader prefers dark pages.
        bypass_csp: Lifts the pages' policy, which axe's own script needs.
    """
    from playwright.sync_api import sync_playwright

    from rempart_testing.chromium import PROGRAM

    foreign: list[str] = []
    loaded: dict[str, int] = {}

    def reply(route: Route) -> None:
        request = route.request
        place = urlsplit(request.url)
        if f"{place.scheme}://{place.netloc}" != ORIGIN:
            foreign.append(request.url)
            route.abort()
            return
        path = place.path + (f"?{place.query}" if place.query else "")
        headers = {**request.all_headers(), "accept-encoding": "gzip"}
        with client.stream(request.method, path, headers=headers, content=request.post_data_buffer or b"") as got:
            sent = b"".join(got.iter_raw())
            loaded[path] = len(sent)
        plain = client.request(request.method, path, headers={**headers, "accept-encoding": "identity"})
        kept = {name: value for name, value in plain.headers.items() if name != "content-length"}
        route.fulfill(status=plain.status_code, headers=kept, body=plain.content)

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"], timeout=300_000)
        context = browser.new_context(
            java_script_enabled=scripts, color_scheme="dark" if dark else "light", bypass_csp=bypass_csp
        )
        context.set_default_timeout(300_000)
        context.route("**/*", reply)
        try:
            yield Browsing(context, foreign, loaded)
        finally:
            context.close()
            browser.close()

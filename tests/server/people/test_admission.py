"""Who is let in: sessions and tokens, roles, CSRF; what is said to the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.people import NOW, Clock, a_browser, a_server, an_account, an_app, signed_in
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rempart_core.error import StoreError
from rempart_server.context import Context
from rempart_server.people.person import Person, require
from rempart_server.people.secret import digest_of
from rempart_store.server import session as sessions
from rempart_store.server.account import set_disabled
from rempart_store.server.token import add_token

TOKEN = "rempart_x"


@require("viewer")
async def look(request: Request, person: Person) -> Response:
    groups = None if person.groups is None else sorted(person.groups)
    return JSONResponse({"name": person.name, "role": person.role, "groups": groups, "csrf": person.csrf})


@require("operator")
async def act(request: Request, person: Person) -> Response:
    return JSONResponse({"done": person.name})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(tmp_path: Path, clock: Clock) -> Iterator[Context]:
    with a_server(tmp_path, clock) as context:
        yield context


@pytest.fixture
def app(context: Context) -> Starlette:
    return an_app(
        context,
        [
            Route("/look", look),
            Route("/api/look", look),
            Route("/act", act, methods=["POST"]),
            Route("/peek", look, methods=["GET", "POST"]),
        ],
    )


def a_token(context: Context, account: int, role: str, secret: str = TOKEN) -> dict[str, str]:
    with context.store.writing() as connection:
        add_token(connection, "wallboard", account, role, digest_of(secret), NOW, None)
    return {"Authorization": f"Bearer {secret}"}


def test_nobody_is_asked_to_sign_in_and_sent_back_afterwards(app: Starlette) -> None:
    browser = a_browser(app)
    answer = browser.get("/look?at=2026-01-01")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Flook%3Fat%3D2026-01-01")
    for program in (browser.get("/api/look"), browser.get("/look", headers={"Authorization": "Bearer x"})):
        assert (program.status_code, program.headers["www-authenticate"]) == (401, "Bearer")
        assert "error" in program.json()


def test_a_session_is_somebody_with_role_and_groups(context: Context, app: Starlette) -> None:
    browser = signed_in(app, an_account(context, "ana"))
    said = browser.get("/look").json()
    assert (said["name"], said["role"], said["groups"]) == ("ana", "viewer", ["here"])


def test_a_role_that_is_too_low_is_refused(context: Context, app: Starlette) -> None:
    for role, status in (("viewer", 403), ("auditor", 403), ("operator", 200), ("admin", 200)):
        browser = signed_in(app, an_account(context, role, role))
        csrf = browser.get("/look").json()["csrf"]
        assert browser.post("/act", data={"csrf": csrf}).status_code == status


def test_another_site_can_not_make_a_browser_act(context: Context, app: Starlette) -> None:
    browser = signed_in(app, an_account(context, "ana", "operator"))
    other = signed_in(app, an_account(context, "ben", "operator")).get("/look").json()["csrf"]
    own = browser.get("/look").json()["csrf"]
    assert browser.post("/act").status_code == 403
    assert browser.post("/act", data={"csrf": ""}).status_code == 403
    assert browser.post("/act", data={"csrf": other}).status_code == 403
    assert browser.post("/act", json={"csrf": own}).status_code == 403
    assert browser.post("/act", json={}, headers={"X-CSRF-Token": own}).status_code == 200
    assert browser.post("/act", data={"csrf": own}).status_code == 200
    assert browser.post("/act", data={"csrf": own, "x": "y" * 70_000}).status_code == 413


def test_an_auditor_reads_until_the_end_and_changes_nothing(context: Context, app: Starlette, clock: Clock) -> None:
    browser = signed_in(app, an_account(context, "aud", "auditor"))
    csrf = browser.get("/look").json()["csrf"]
    assert browser.get("/peek").status_code == 200
    assert browser.post("/peek", data={"csrf": csrf}).status_code == 403
    token = a_token(context, 1, "auditor")
    clock.now += 86_401
    with context.store.writing() as connection:
        sessions.note_seen(connection, digest_of(browser.cookies["__Host-rempart"]), int(clock.now))
    assert a_browser(app).get("/api/look", headers=token).status_code == 403


def test_a_token_reads_without_a_csrf_token_and_is_never_more_than_its_maker(context: Context, app: Starlette) -> None:
    account = an_account(context, "ana", "operator")
    browser = a_browser(app)
    own, less = a_token(context, account.id, "admin"), a_token(context, account.id, "viewer", "rempart_y")
    assert browser.get("/api/look", headers=own).json()["role"] == "operator"
    assert browser.post("/act", headers=own).status_code == 200
    assert browser.post("/act", headers=less).status_code == 403
    with context.store.writing() as connection:
        set_disabled(connection, account.id, NOW)
    assert browser.get("/api/look", headers=own).status_code == 401


def test_a_wrong_token_is_not_made_good_by_a_session(context: Context, app: Starlette) -> None:
    browser = signed_in(app, an_account(context, "ana", "operator"))
    for wrong in ("Bearer nonsense", "Bearer", "Basic YTpi", ""):
        assert browser.get("/api/look", headers={"Authorization": wrong}).status_code == 401


def test_a_session_goes_on_by_requests_and_ends_without(context: Context, app: Starlette, clock: Clock) -> None:
    browser = signed_in(app, an_account(context, "ana"))
    for _ in range(3):
        clock.now += 1700
        assert browser.get("/look").status_code == 200
    clock.now += 1800
    assert browser.get("/look").status_code == 303


def test_a_store_that_is_away_lets_nobody_in(context: Context, app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    from rempart_core.messages.message import Message

    def away(*_: object) -> None:
        raise StoreError(Message("store.busy"))

    browser = signed_in(app, an_account(context, "ana"))
    monkeypatch.setattr(sessions, "find_session", away)
    answer = browser.get("/look")
    assert answer.status_code == 503
    assert "error" in answer.json()

"""The first password: a link that is looked at, used once, and void afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.people import NOW, Clock, a_browser, a_server, actions, an_account, an_app, signed_in
from starlette.testclient import TestClient

from rempart_server.context import Context
from rempart_server.people.password import find_fault
from rempart_server.people.routes import routes
from rempart_server.people.secret import digest_of
from rempart_store.server.account import find_by_name, set_link

CODE = "the-code-of-the-link"
NEW = "a long sentence of mine"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(tmp_path: Path, clock: Clock) -> Iterator[Context]:
    with a_server(tmp_path, clock) as context:
        account = an_account(context, "ana")
        with context.store.writing() as connection:
            set_link(connection, account.id, digest_of(CODE), NOW + 3600)
        yield context


@pytest.fixture
def browser(context: Context) -> TestClient:
    return a_browser(an_app(context, routes(context)))


def test_a_link_is_for_one_password_which_signs_in(browser: TestClient, context: Context) -> None:
    for _ in range(2):
        assert browser.get(f"/link/{CODE}").status_code == 200
    answer = browser.post("/link", data={"code": CODE, "new": NEW, "again": NEW, "lang": "fr"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert 'lang="fr"' in browser.get("/account").text
    assert browser.get(f"/link/{CODE}").status_code == 404
    assert browser.post("/link", data={"code": CODE, "new": NEW, "again": NEW}).status_code == 404
    assert actions(context) == [("ana", "password.set", "ana"), ("ana", "session.begin", "ana")]


def test_a_password_by_a_link_ends_the_sessions_that_were_open(context: Context) -> None:
    app = an_app(context, routes(context))
    with context.store.reading() as connection:
        account = find_by_name(connection, "ana")
    assert account is not None
    thief = signed_in(app, account)
    assert thief.get("/account").status_code == 200
    assert a_browser(app).post("/link", data={"code": CODE, "new": NEW, "again": NEW}).status_code == 303
    assert thief.get("/account").status_code == 303


def test_a_link_that_expired_or_never_was_opens_nothing(browser: TestClient, clock: Clock) -> None:
    assert browser.get("/link/other").status_code == 404
    clock.now += 3600
    assert browser.get(f"/link/{CODE}").status_code == 404


def test_the_page_of_a_link_tells_its_address_to_nobody(browser: TestClient) -> None:
    headers = browser.get(f"/link/{CODE}").headers
    assert (headers["referrer-policy"], headers["cache-control"]) == ("no-referrer", "no-store")


def test_a_weak_password_does_not_spend_the_link(browser: TestClient) -> None:
    answer = browser.post("/link", data={"code": CODE, "new": "short", "again": "short"})
    assert answer.status_code == 422
    assert "at least 12 characters" in answer.text
    assert browser.get(f"/link/{CODE}").status_code == 200


@pytest.mark.parametrize(
    ("new", "again", "id_"),
    [
        ("a long sentence", "a long sentenze", "server_people.differs"),
        ("a" * 11, "a" * 11, "server_people.length"),
        ("ab" * 501, "ab" * 501, "server_people.length"),
        ("a" * 20, "a" * 20, "server_people.simple"),
        ("Christabelle", "Christabelle", "server_people.simple"),
    ],
)
def test_what_is_wrong_with_a_password_is_said(new: str, again: str, id_: str) -> None:
    fault = find_fault("christabelle", new, again)
    assert fault is not None
    assert fault.id == id_


def test_a_long_sentence_is_a_good_password() -> None:
    assert find_fault("ana", NEW, NEW) is None

"""Signing in with a password: wrong ones, too many, other sites' forms; signing out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.people import (
    Clock,
    TestClient,
    a_browser,
    a_server,
    actions,
    an_account,
    an_app,
    csrf_of,
    hashed_once,
)

from rempart_server.context import Context
from rempart_server.people.hashing import Hashing
from rempart_server.people.login import Tried
from rempart_server.people.routes import routes
from rempart_store.server.account import set_disabled, set_password

PASSWORD = "a long sentence of mine"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def context(tmp_path: Path, clock: Clock) -> Iterator[Context]:
    with a_server(tmp_path, clock) as context:
        account = an_account(context, "ana")
        hashed = hashed_once(PASSWORD)
        with context.store.writing() as connection:
            set_password(connection, account.id, hashed)
        yield context


@pytest.fixture
def browser(context: Context) -> TestClient:
    return a_browser(an_app(context, routes(context)))


def sign_in(browser: TestClient, name: str = "ana", password: str = PASSWORD, **more: str) -> tuple[int, str]:
    csrf = csrf_of(browser.get("/login").text)
    answer = browser.post("/login", data={"csrf": csrf, "name": name, "password": password, **more})
    return answer.status_code, answer.headers.get("location", answer.text)


def test_who_signs_in_goes_where_they_wanted(browser: TestClient, context: Context) -> None:
    assert sign_in(browser, next="/hosts/7") == (303, "/hosts/7")
    assert browser.get("/account").status_code == 200
    assert browser.get("/login?next=/hosts").headers["location"] == "/hosts"
    assert actions(context) == [("ana", "session.begin", "ana")]


@pytest.mark.parametrize(("name", "password"), [("ana", "wrong"), ("ana", ""), ("nobody", PASSWORD), ("", "")])
def test_wrong_ones_are_told_the_same(browser: TestClient, name: str, password: str) -> None:
    status, text = sign_in(browser, name, password)
    assert status == 403
    assert "The name or the password is wrong." in text
    assert browser.get("/account").status_code == 303


def test_a_disabled_account_does_not_sign_in(browser: TestClient, context: Context) -> None:
    with context.store.writing() as connection:
        set_disabled(connection, 1, 1)
    assert sign_in(browser)[0] == 403


def test_what_was_typed_is_in_no_log(browser: TestClient, context: Context) -> None:
    sign_in(browser, PASSWORD, "x")
    sign_in(browser, "ana", "my wrong password")
    assert actions(context) == [("", "session.refused", ""), ("ana", "session.refused", "ana")]


def test_guessing_is_stopped_for_that_account_and_address(browser: TestClient, clock: Clock, context: Context) -> None:
    for _ in range(5):
        assert sign_in(browser, password="wrong")[0] == 403
    status, text = sign_in(browser)
    assert status == 429
    assert "15 minutes" in text
    assert len(actions(context)) == 5
    clock.now += 900
    assert sign_in(browser)[0] == 303


def test_an_address_that_tries_many_names_is_stopped(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def verify(*_: object) -> bool:
        return False

    monkeypatch.setattr(Hashing, "verify", verify)
    assert [sign_in(browser, f"name{n}")[0] for n in range(31)] == [*([403] * 30), 429]


def test_a_subscriber_s_addresses_count_as_one() -> None:
    def counted(address: str) -> set[str]:
        return {one.what for one in Tried("ana", "x", address).allowances()}

    assert counted("2001:db8:1:2::1") == counted("2001:db8:1:2:ffff::7") != counted("2001:db8:1:3::1")
    assert counted("192.0.2.1") != counted("192.0.2.2")
    assert counted("") == counted("")


def test_right_ones_are_not_counted(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def verify(*_: object) -> bool:
        return True

    monkeypatch.setattr(Hashing, "verify", verify)
    for _ in range(12):
        assert sign_in(browser)[0] == 303
        browser.cookies.clear()


def test_another_site_s_form_signs_nobody_in(browser: TestClient) -> None:
    assert browser.post("/login", data={"name": "ana", "password": PASSWORD}).status_code == 403
    browser.get("/login")
    assert browser.post("/login", data={"name": "ana", "password": PASSWORD, "csrf": "x"}).status_code == 403


def test_signing_out_ends_the_session_itself(browser: TestClient, context: Context) -> None:
    sign_in(browser)
    cookie = browser.cookies["__Host-rempart"]
    csrf = csrf_of(browser.get("/account").text)
    assert browser.post("/logout").status_code == 403
    assert browser.post("/logout", data={"csrf": csrf}).headers["location"] == "/login"
    browser.cookies.set("__Host-rempart", cookie, domain="localhost.local", path="/")
    assert browser.get("/account").status_code == 303
    assert actions(context)[-1] == ("ana", "session.end", "ana")


def test_the_page_is_in_the_reader_s_language(browser: TestClient) -> None:
    page = browser.get("/login", headers={"Accept-Language": "fr"}).text
    assert 'lang="fr"' in page
    assert "Se connecter" in page
    assert "<script" not in page

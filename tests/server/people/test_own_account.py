"""One's own account: language and password, and what an auditor may change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.people import a_server, actions, an_account, an_app, csrf_of, hashed_once, signed_in
from starlette.applications import Starlette
from starlette.testclient import TestClient

from rempart_server.context import Context
from rempart_server.people.page import LANGUAGE
from rempart_server.people.routes import routes
from rempart_store.server.account import Access, Account, add_account, set_password

OLD, NEW = "an old sentence of mine", "a new sentence of mine"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with a_server(tmp_path) as context:
        yield context


@pytest.fixture
def app(context: Context) -> Starlette:
    return an_app(context, routes(context))


@pytest.fixture
def account(context: Context) -> Account:
    made = an_account(context, "aud", "auditor")
    hashed = hashed_once(OLD)
    with context.store.writing() as connection:
        set_password(connection, made.id, hashed)
    return made


def post(browser: TestClient, path: str, **fields: str) -> int:
    csrf = csrf_of(browser.get("/account").text)
    return browser.post(path, data={"csrf": csrf, **fields}).status_code


def test_an_auditor_changes_the_own_language(app: Starlette, account: Account, context: Context) -> None:
    browser = signed_in(app, account)
    assert post(browser, "/account/language", language="fr") == 303
    assert "Votre compte" in browser.get("/account").text
    assert post(browser, "/account/language", language="xx") == 422
    assert actions(context)[-1] == ("aud", "user.language", "aud")


def test_the_language_of_the_account_takes_the_place_of_one_that_was_chosen_on_a_page(
    app: Starlette, account: Account
) -> None:
    browser = signed_in(app, account)
    csrf = csrf_of(browser.get("/account").text)
    browser.cookies.set(LANGUAGE, "fr")
    answer = browser.post("/account/language", data={"csrf": csrf, "language": "en"})
    assert any(one.startswith(f'{LANGUAGE}=""') and "Max-Age=0" in one for one in answer.headers.get_list("set-cookie"))


def test_another_password_ends_the_other_sessions(app: Starlette, account: Account) -> None:
    browser, other = signed_in(app, account), signed_in(app, account)
    assert post(browser, "/account/password", current="wrong one, sorry", new=NEW, again=NEW) == 403
    assert post(browser, "/account/password", current=OLD, new="short", again="short") == 422
    assert post(browser, "/account/password", current=OLD, new=NEW, again=NEW) == 303
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 303


def test_the_current_password_is_not_guessed_by_who_found_a_session(app: Starlette, account: Account) -> None:
    browser = signed_in(app, account)
    said = [post(browser, "/account/password", current=f"guess {n}", new=NEW, again=NEW) for n in range(6)]
    assert said == [403] * 5 + [429]


def test_an_account_of_the_provider_has_no_password_here(app: Starlette, context: Context) -> None:
    with context.store.writing() as connection:
        made = add_account(connection, "eve", Access("viewer", None), 1, subject="https://idp 7")
    assert made is not None
    browser = signed_in(app, made)
    assert "current-password" not in browser.get("/account").text
    assert post(browser, "/account/password", current="", new=NEW, again=NEW) == 403

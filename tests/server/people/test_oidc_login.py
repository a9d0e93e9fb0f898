"""Signing in with a real OpenID provider: its groups decide, and nobody gets in by another's answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.identity_provider import CLIENT, SECRET, IdentityProvider, a_provider, install
from rempart_testing.people import a_browser, a_server, actions
from starlette.testclient import TestClient

from rempart_server.app import build
from rempart_server.context import Context
from rempart_server.people.oidc import pack, unpack
from rempart_server.people.oidc_login import COOKIE
from rempart_server.settings import Oidc, OidcAccess
from rempart_store.server.account import find_by_name, set_disabled

ACCESS = (
    OidcAccess("admins", "admin", frozenset({"laptops"})),
    OidcAccess("helpdesk", "viewer", frozenset({"laptops", "servers"})),
    OidcAccess("owners", "admin", None),
)
PEOPLE: dict[str, object] = {
    "ana": {"groups": ["helpdesk", "admins"]},
    "ben": {"groups": ["elsewhere"]},
    "cam": {},
    "admin": {"groups": "owners"},
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("provider"))


@pytest.fixture(scope="module")
def idp(installed: Path) -> Iterator[IdentityProvider]:
    with a_provider(installed, PEOPLE) as provider:
        yield provider


def set_up(context: Context, folder: Path, issuer: str, client: str = CLIENT) -> Context:
    (folder / "secret").write_text(SECRET + "\n", encoding="utf-8")
    scopes = ("openid", "profile", "groups")
    oidc = Oidc(issuer, client, str(folder / "secret"), "groups", scopes, "", ACCESS)
    return context._replace(settings=context.settings._replace(oidc=oidc))


@pytest.fixture
def context(tmp_path: Path, idp: IdentityProvider) -> Iterator[Context]:
    import time

    with a_server(tmp_path) as context:
        yield set_up(context, tmp_path, idp.issuer)._replace(clock=time.time)


@pytest.fixture
def browser(context: Context) -> TestClient:
    return a_browser(build(context))


def go(browser: TestClient, idp: IdentityProvider, name: str) -> str:
    """Return the way back, with which the provider sends a browser that signed in as somebody."""
    sent = browser.get("/login/oidc?next=/hosts/7")
    assert sent.status_code == 303
    return idp.sign_in(sent.headers["location"], name)


def test_groups_of_the_provider_are_role_and_groups_here(
    browser: TestClient, idp: IdentityProvider, context: Context
) -> None:
    answer = browser.get(go(browser, idp, "ana"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/hosts/7")
    page = browser.get("/account").text
    assert "admin" in page
    assert "laptops" in page
    assert "servers" not in page
    assert actions(context) == [("ana", "user.add", "ana"), ("ana", "session.begin", "ana")]


@pytest.mark.parametrize("name", ["ben", "cam"])
def test_without_a_claim_that_fits_there_is_no_access(
    browser: TestClient, idp: IdentityProvider, context: Context, name: str
) -> None:
    answer = browser.get(go(browser, idp, name))
    assert answer.status_code == 403
    assert "none of your groups" in answer.text
    assert browser.get("/account").status_code == 303
    with context.store.reading() as connection:
        assert find_by_name(connection, name) is None


def test_somebody_named_as_a_local_account_is_another(
    browser: TestClient, idp: IdentityProvider, context: Context
) -> None:
    from rempart_testing.people import an_account

    an_account(context, "admin", "viewer")
    assert browser.get(go(browser, idp, "admin")).status_code == 303
    assert "<dd>admin+" in browser.get("/account").text


def test_an_account_that_is_disabled_here_stays_so(
    browser: TestClient, idp: IdentityProvider, context: Context
) -> None:
    browser.get(go(browser, idp, "ana"))
    with context.store.writing() as connection:
        set_disabled(connection, 1, 1)
    assert browser.get(go(browser, idp, "ana")).status_code == 403


def test_an_answer_is_taken_once_and_by_the_browser_that_asked(browser: TestClient, idp: IdentityProvider) -> None:
    way = go(browser, idp, "ana")
    kept = browser.cookies[COOKIE]
    browser.cookies.clear()
    assert browser.get(way).status_code == 400
    other = a_browser(browser.app)  # type: ignore[arg-type]  # the application
    other.get("/login/oidc")
    assert other.get(way).status_code == 403
    browser.cookies.set(COOKIE, kept, domain="localhost.local", path="/")
    assert browser.get(way).status_code == 303
    browser.cookies.clear()
    browser.cookies.set(COOKIE, kept, domain="localhost.local", path="/")
    assert "did not accept the code" in browser.get(way).text


@pytest.mark.parametrize(("field", "word"), [("verifier", "code"), ("nonce", "proof"), ("state", "not started")])
def test_each_of_state_nonce_and_verifier_is_needed(
    browser: TestClient, idp: IdentityProvider, field: str, word: str
) -> None:
    way = go(browser, idp, "ana")
    asked = unpack(browser.cookies[COOKIE])
    assert asked is not None
    changed = pack(asked._replace(**{field: "x" * 64}))
    browser.cookies.clear()
    browser.cookies.set(COOKIE, changed, domain="localhost.local", path="/")
    answer = browser.get(way)
    assert answer.status_code == 403
    assert word in answer.text
    assert browser.get("/account").status_code == 303


def test_another_provider_s_answer_is_not_taken(browser: TestClient, idp: IdentityProvider) -> None:
    way = go(browser, idp, "ana")
    assert "iss=" in way
    for other in ("&iss=https://evil.example", ""):  # this provider says that it always names itself
        assert browser.get(way.partition("&iss=")[0] + other).status_code == 403
        way = go(browser, idp, "ana")
    assert browser.get(way).status_code == 303


def test_a_refusal_of_the_provider_is_said_as_text(browser: TestClient) -> None:
    state = unpack(browser.get("/login/oidc").cookies[COOKIE])
    assert state is not None
    answer = browser.get(f"/login/oidc/callback?state={state.state}&error=<b>denied")
    assert answer.status_code == 403
    assert "refused: &lt;b&gt;denied" in answer.text


def test_claims_of_userinfo_count_too(installed: Path, tmp_path: Path) -> None:
    import time

    with a_provider(installed, {**PEOPLE, "conform": True}) as idp, a_server(tmp_path) as context:
        browser = a_browser(build(set_up(context, tmp_path, idp.issuer)._replace(clock=time.time)))
        assert browser.get(go(browser, idp, "ana")).status_code == 303


def test_a_provider_that_is_away_is_said_and_passwords_go_on(tmp_path: Path) -> None:
    with a_server(tmp_path) as context:
        browser = a_browser(build(set_up(context, tmp_path, "http://127.0.0.1:9")))
        answer = browser.get("/login/oidc")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert "/login/oidc?next=" in browser.get("/login").text

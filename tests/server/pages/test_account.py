"""Accounts: who may sign in and when somebody did last; an admin of all groups shuts others out, never oneself."""

from __future__ import annotations

import pytest
from rempart_testing.server_pages import ADMIN, app_client, let_in
from starlette.testclient import TestClient

from rempart_server.context import Context
from rempart_server.log import record
from rempart_store.server.account import Access, Account, add_account, find_by_name
from rempart_store.server.event import list_events


@pytest.fixture
def ana(context: Context) -> Account:
    with context.store.writing() as connection:
        own = find_by_name(connection, "admin")
        assert own is not None
        assert own.id == ADMIN.account
        made = add_account(connection, "ana", Access("viewer", frozenset({"laptops"})), 1_795_000_000)
        record(connection, context, "ana", "session.begin", "ana", address="192.0.2.7", way="password")
    assert made is not None
    return made


def stands(context: Context, name: str) -> bool:
    with context.store.reading() as connection:
        account = find_by_name(connection, name)
    assert account is not None
    return account.disabled is None


def test_accounts_are_listed_with_role_groups_and_last_sign_in(client: TestClient, ana: Account) -> None:
    text = client.get("/accounts?lang=en").text
    rows = {row.partition("<")[0].strip(): row for row in text.split('<th scope="row">')[1:]}
    assert set(rows) == {"admin", "Bo", "ana"}
    assert "viewer" in rows["ana"]
    assert "laptops" in rows["ana"]
    assert "never" not in rows["ana"]
    assert "never" in rows["Bo"]
    assert "<form" in rows["Bo"]
    assert "no password chosen yet" in rows["ana"]
    assert f"/accounts/{ana.id}/disable" in rows["ana"]
    assert "<form" not in rows["admin"]  # the reader's own


def test_an_account_is_disabled_and_enabled_again_and_the_log_tells_both(
    context: Context, client: TestClient, ana: Account
) -> None:
    assert client.post(f"/accounts/{ana.id}/disable", follow_redirects=False).status_code == 303
    assert not stands(context, "ana")
    assert "disabled since" in client.get("/accounts?lang=en").text
    assert client.post(f"/accounts/{ana.id}/enable", follow_redirects=False).status_code == 303
    assert stands(context, "ana")
    with context.store.reading() as connection:
        deeds = [(one.actor, one.action, one.subject) for one in list_events(connection, 2)]
    assert deeds == [(ADMIN.name, "user.enable", "ana"), (ADMIN.name, "user.disable", "ana")]


def test_nobody_shuts_out_oneself_or_somebody_who_is_not_there(
    context: Context, client: TestClient, ana: Account
) -> None:
    assert client.post(f"/accounts/{ADMIN.account}/disable").status_code == 400
    assert stands(context, "admin")
    assert client.post(f"/accounts/{ana.id + 1}/disable").status_code == 404
    assert client.post("/accounts/x/disable").status_code == 404


def test_an_admin_of_some_groups_sees_and_changes_no_account(
    context: Context, monkeypatch: pytest.MonkeyPatch, ana: Account
) -> None:
    let_in(monkeypatch, ADMIN._replace(groups=frozenset({"laptops"})))
    client = app_client(context)
    answer = client.get("/accounts")
    assert (answer.status_code, "ana" in answer.text) == (404, False)
    assert client.post(f"/accounts/{ana.id}/disable").status_code == 404
    assert stands(context, "ana")
    assert 'href="/accounts"' not in client.get("/").text
    assert 'href="/log"' not in client.get("/").text

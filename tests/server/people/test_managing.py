"""Accounts and tokens as an administrator manages them: what can't be is refused, and nothing of it is done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.people import NOW, a_browser, a_server, actions, an_account, signed_in

from rempart_core.error import UsageError
from rempart_server.app import build
from rempart_server.context import Context
from rempart_server.people import managing
from rempart_server.people.managing import Change
from rempart_store.server.account import Access, list_accounts
from rempart_store.server.group import add_group

HERE = frozenset({"here"})


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with a_server(tmp_path) as context:
        with context.store.writing() as connection:
            add_group(connection, "here", "server", "", (), NOW)
        yield context


def names(context: Context) -> list[str]:
    with context.store.reading() as connection:
        return [one.name for one in list_accounts(connection)]


def test_a_new_account_opens_by_its_link(context: Context) -> None:
    path = managing.add_user(context, "console:root", "ana", Access("viewer", HERE), "fr")
    assert "ana" in a_browser(build(context)).get(path).text
    assert actions(context) == [("console:root", "user.add", "ana"), ("console:root", "user.link", "ana")]


@pytest.mark.parametrize(
    ("name", "access", "said"),
    [
        ("ana", Access("viewer", HERE), "already"),
        ("console:x", Access("viewer", HERE), "not a name"),
        ("", Access("viewer", HERE), "not a name"),
        ("ben", Access("owner", HERE), "not a role"),
        ("ben", Access("viewer", frozenset({"there"})), "no group"),
        ("ben", Access("auditor", HERE), "a first and a last day"),
        ("ben", Access("auditor", HERE, 10, 10), "a first and a last day"),
        ("ben", Access("viewer", HERE, 10, 20), "for auditors only"),
    ],
)
def test_what_is_no_account_is_refused_and_not_logged(context: Context, name: str, access: Access, said: str) -> None:
    an_account(context, "ana")
    with pytest.raises(UsageError, match=said):
        managing.add_user(context, "console:root", name, access)
    assert (names(context), actions(context)) == (["ana"], [])


def test_a_disabled_account_s_sessions_end_at_once(context: Context) -> None:
    app = build(context)
    browser = signed_in(app, an_account(context, "ana"))
    assert browser.get("/account").status_code == 200
    managing.change_user(context, "console:root", "ana", Change(enabled=False))
    assert browser.get("/account").status_code == 303
    with pytest.raises(UsageError, match="disabled"):
        managing.link_user(context, "console:root", "ana")
    managing.change_user(context, "console:root", "ana", Change(enabled=True))
    assert browser.get("/account").status_code == 303
    assert [action for _, action, _ in actions(context)] == ["session.begin", "user.disable", "user.enable"]


def test_a_role_that_is_taken_away_is_gone_from_open_sessions(context: Context) -> None:
    browser = signed_in(build(context), an_account(context, "ana", "admin", None))
    managing.change_user(context, "console:root", "ana", Change(Access("viewer", HERE), "fr"))
    page = browser.get("/account").text
    assert "viewer" in page
    assert "here" in page


@pytest.mark.parametrize(
    ("own", "role", "right"),
    [
        ("viewer", "viewer", True),
        ("viewer", "operator", False),
        ("operator", "viewer", True),
        ("admin", "admin", True),
        ("auditor", "auditor", True),
        ("auditor", "viewer", False),
        ("admin", "auditor", False),
        ("admin", "owner", False),
    ],
)
def test_a_token_is_never_more_than_its_account(context: Context, own: str, role: str, right: bool) -> None:
    an_account(context, "ana", own)
    if right:
        number, secret = managing.make_token(context, "console:root", "board", "ana", role, None)
        assert (number, secret.startswith("rempart_"), len(secret)) == (1, True, 51)
        assert actions(context) == [("console:root", "token.make", "1")]
    else:
        with pytest.raises(UsageError, match="never may more"):
            managing.make_token(context, "console:root", "board", "ana", role, None)
        assert actions(context) == []


def test_a_token_is_revoked_once(context: Context) -> None:
    an_account(context, "ana")
    with pytest.raises(UsageError, match="in the past"):
        managing.make_token(context, "console:root", "board", "ana", "viewer", NOW)
    number, _ = managing.make_token(context, "console:root", "board", "ana", "viewer", NOW + 60)
    managing.revoke_token(context, "console:root", str(number))
    for wrong in (str(number), "2", "x", ""):
        with pytest.raises(UsageError, match="no valid token"):
            managing.revoke_token(context, "console:root", wrong)

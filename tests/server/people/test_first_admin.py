"""The first administrator's link: another call voids the one before, and makes no second account."""

from __future__ import annotations

from pathlib import Path

from rempart_testing.people import a_browser, a_server, actions
from rempart_testing.server import a_context

from rempart_server.app import build
from rempart_server.people.first_admin import invite
from rempart_store.server.account import list_accounts


def test_the_newest_link_opens_the_first_account(tmp_path: Path) -> None:
    with a_server(tmp_path) as context:
        first, second = invite(context), invite(context)
        browser = a_browser(build(context))
        assert browser.get(first).status_code == 404
        assert "admin" in browser.get(second).text
        with context.store.reading() as connection:
            (admin,) = list_accounts(connection)
        assert (admin.name, admin.role, admin.groups) == ("admin", "admin", None)
        assert ("console:init", "user.link", "admin") in actions(context)


def test_init_makes_it(tmp_path: Path) -> None:
    with a_context(tmp_path) as context, context.store.reading() as connection:
        assert [one.name for one in list_accounts(connection)] == ["admin"]

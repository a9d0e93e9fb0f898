"""Accounts: names are unique, groups are all or some, a link is spent by the password it is for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rempart_store.connection import Connection
from rempart_store.server import account as accounts
from rempart_store.server.account import Access
from rempart_store.store import Store

NOW = 1_800_000_000


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.writing() as connection:
        yield connection


def test_a_name_is_one_account_s(connection: Connection) -> None:
    made = accounts.add_account(connection, "ana", Access("viewer", frozenset({"a", "b"})), NOW)
    assert made is not None
    assert made.groups == {"a", "b"}
    assert made.password == ""
    assert made.disabled is None
    assert accounts.add_account(connection, "ana", Access("admin", None), NOW) is None
    assert accounts.find_by_name(connection, "ana\0") is None is accounts.find_by_subject(connection, "\0")
    assert accounts.find_by_name(connection, "ana") == made == accounts.read_account(connection, made.id)


def test_all_groups_are_not_a_group_named_so(connection: Connection) -> None:
    accounts.add_account(connection, "ana", Access("viewer", None), NOW)
    accounts.add_account(connection, "ben", Access("viewer", frozenset()), NOW)
    assert [one.groups for one in accounts.list_accounts(connection)] == [None, frozenset()]


def test_a_link_is_valid_once_and_for_a_time(connection: Connection) -> None:
    made = accounts.add_account(connection, "ana", Access("viewer", None), NOW)
    assert made is not None
    accounts.set_link(connection, made.id, b"digest", NOW + 60)
    assert accounts.find_by_link(connection, b"digest", NOW) is not None
    assert accounts.find_by_link(connection, b"digest", NOW + 60) is None
    accounts.set_password(connection, made.id, "hash")
    assert accounts.find_by_link(connection, b"digest", NOW) is None


def test_a_link_of_a_disabled_account_opens_nothing(connection: Connection) -> None:
    made = accounts.add_account(connection, "ana", Access("viewer", None), NOW)
    assert made is not None
    accounts.set_disabled(connection, made.id, NOW)
    accounts.set_link(connection, made.id, b"digest", NOW + 60)
    assert accounts.find_by_link(connection, b"digest", NOW) is None
    accounts.set_disabled(connection, made.id, None)
    assert accounts.find_by_link(connection, b"digest", NOW) is None


def test_access_and_language_are_changed(connection: Connection) -> None:
    made = accounts.add_account(connection, "ana", Access("viewer", None), NOW, subject="https://idp 7")
    assert made is not None
    accounts.set_access(connection, made.id, Access("auditor", frozenset({"a"}), 1, 2))
    accounts.set_language(connection, made.id, "fr")
    now = accounts.find_by_subject(connection, "https://idp 7")
    assert now is not None
    assert (now.role, now.groups, now.begins, now.ends, now.language) == ("auditor", {"a"}, 1, 2, "fr")

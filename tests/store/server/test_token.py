"""Tokens: valid until their end, their revocation, or the end of their account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rempart_store.connection import Connection
from rempart_store.server import account as accounts
from rempart_store.server import token as tokens
from rempart_store.server.account import Access
from rempart_store.store import Store

NOW = 1_800_000_000


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.writing() as connection:
        accounts.add_account(connection, "ana", Access("operator", frozenset({"a"})), NOW)
        yield connection


def test_a_token_is_found_with_its_account_until_it_ends(connection: Connection) -> None:
    number = tokens.add_token(connection, "wallboard", 1, "viewer", b"digest", NOW, NOW + 60)
    found = tokens.find_token(connection, b"digest", NOW)
    assert found is not None
    assert (found.id, found.name, found.role, found.account.name) == (number, "wallboard", "viewer", "ana")
    assert tokens.find_token(connection, b"digest", NOW + 60) is None
    assert tokens.find_token(connection, b"other", NOW) is None


def test_a_token_is_revoked_once(connection: Connection) -> None:
    number = tokens.add_token(connection, "wallboard", 1, "viewer", b"digest", NOW, None)
    tokens.note_used(connection, number, NOW + 5)
    assert tokens.revoke_token(connection, number, NOW + 6)
    assert not tokens.revoke_token(connection, number, NOW + 7)
    assert tokens.find_token(connection, b"digest", NOW + 7) is None
    (one,) = tokens.list_tokens(connection)
    assert (one.revoked, one.used, one.account.groups) == (NOW + 6, NOW + 5, {"a"})


def test_a_disabled_account_s_token_opens_nothing(connection: Connection) -> None:
    tokens.add_token(connection, "wallboard", 1, "viewer", b"digest", NOW, None)
    accounts.set_disabled(connection, 1, NOW)
    assert tokens.find_token(connection, b"digest", NOW) is None

"""Secrets by which machines enrol."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from rempart_store.schema.server_node import server_secret
from rempart_store.server.group import add_group
from rempart_store.server.secret import (
    ENDED,
    REVOKED,
    SPENT,
    UNKNOWN,
    digest_of,
    end_secrets,
    list_secrets,
    make_secret,
    revoke_secrets,
    spend,
    try_secret,
)
from rempart_store.store import Store

NOW = 1_800_000_000


@pytest.fixture
def group(store: Store) -> int:
    with store.writing() as connection:
        made = add_group(connection, "laptops", "workstation", "", [], NOW)
    assert made is not None
    return made.id


def test_the_store_has_the_digest_of_a_secret_alone(store: Store, group: int) -> None:
    with store.writing() as connection:
        secret = make_secret(connection, group, NOW)
        row = connection.execute(select(server_secret)).one()
    assert row.digest == digest_of(secret)
    assert secret not in repr(row)


def test_a_secret_ends_with_its_last_use(store: Store, group: int) -> None:
    with store.writing() as connection:
        secret = make_secret(connection, group, NOW, uses=2)
        for _ in range(2):
            found = spend(connection, secret, NOW)
            assert found is not None
            assert found.name == "laptops"
        assert spend(connection, secret, NOW) is None
        assert try_secret(connection, secret, NOW).why == SPENT
        assert list_secrets(connection, group)[0].used == 2


def test_a_secret_ends_on_its_day_and_an_unknown_one_leads_nowhere(store: Store, group: int) -> None:
    with store.writing() as connection:
        secret = make_secret(connection, group, NOW, ends=NOW + 10)
        assert try_secret(connection, secret, NOW + 9).why == ""
        assert try_secret(connection, secret, NOW + 10)[::2] == (None, ENDED)
        assert spend(connection, secret, NOW + 10) is None
        assert try_secret(connection, "x" + secret, NOW)[::2] == (None, UNKNOWN)
        assert try_secret(connection, "\ud800", NOW).why == UNKNOWN


def test_rotation_lets_old_secrets_live_for_the_grace_and_never_longer_than_before(store: Store, group: int) -> None:
    with store.writing() as connection:
        endless = make_secret(connection, group, NOW)
        short = make_secret(connection, group, NOW, ends=NOW + 5)
        assert end_secrets(connection, group, NOW + 100, NOW) == 1
        new = make_secret(connection, group, NOW)
        assert spend(connection, endless, NOW + 99) is not None
        assert spend(connection, endless, NOW + 100) is None
        assert spend(connection, short, NOW + 5) is None
        assert spend(connection, new, NOW + 100) is not None


def test_a_revoked_secret_ends_at_once(store: Store, group: int) -> None:
    with store.writing() as connection:
        secret = make_secret(connection, group, NOW)
        assert revoke_secrets(connection, group, NOW) == 1
        assert try_secret(connection, secret, NOW)[::2] == (None, REVOKED)
        assert revoke_secrets(connection, group, NOW) == 0

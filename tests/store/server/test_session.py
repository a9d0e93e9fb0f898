"""Sessions: half an hour without a request, twelve hours at most, and none of a disabled account."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rempart_store.connection import Connection
from rempart_store.server import account as accounts
from rempart_store.server import session as sessions
from rempart_store.server.account import Access
from rempart_store.store import Store

NOW = 1_800_000_000


@pytest.fixture
def connection(store: Store) -> Iterator[Connection]:
    with store.writing() as connection:
        accounts.add_account(connection, "ana", Access("viewer", None), NOW)
        sessions.begin_session(connection, b"one", 1, "csrf", NOW)
        yield connection


def test_a_session_is_over_half_an_hour_after_its_last_request(connection: Connection) -> None:
    found = sessions.find_session(connection, b"one", NOW + 1799)
    assert found is not None
    assert (found.account.name, found.csrf, found.seen) == ("ana", "csrf", NOW)
    assert sessions.find_session(connection, b"one", NOW + 1800) is None
    sessions.note_seen(connection, b"one", NOW + 1000)
    assert sessions.find_session(connection, b"one", NOW + 2799) is not None


def test_a_session_is_over_after_twelve_hours_however_busy(connection: Connection) -> None:
    sessions.note_seen(connection, b"one", NOW + 12 * 3600 - 2)
    assert sessions.find_session(connection, b"one", NOW + 12 * 3600 - 1) is not None
    assert sessions.find_session(connection, b"one", NOW + 12 * 3600) is None


def test_sessions_end_one_by_one_all_and_with_the_account(connection: Connection) -> None:
    for name in (b"two", b"three"):
        sessions.begin_session(connection, name, 1, "csrf", NOW)

    def left() -> list[bytes]:
        return [one for one in (b"one", b"two", b"three") if sessions.find_session(connection, one, NOW)]

    sessions.end_session(connection, b"one")
    assert left() == [b"two", b"three"]
    sessions.end_sessions(connection, 1, but=b"two")
    assert left() == [b"two"]
    accounts.set_disabled(connection, 1, NOW)
    assert left() == []


def test_a_session_that_began_while_the_clock_was_ahead_is_over(connection: Connection) -> None:
    assert sessions.find_session(connection, b"one", NOW - 60) is not None
    assert sessions.find_session(connection, b"one", NOW - 86_400) is None

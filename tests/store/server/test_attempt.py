"""Attempts are counted by what they are of, in windows; one that was right counts no more."""

from __future__ import annotations

from rempart_store.server.attempt import Allowance, forget_attempt, take_attempt
from rempart_store.store import Store

NOW = 1_800_000_000
ACCOUNT, ADDRESS = Allowance("account ana", 2, 60), Allowance("address 192.0.2.1", 3, 60)


def test_an_attempt_too_many_waits_for_the_end_of_its_window(store: Store) -> None:
    with store.writing() as connection:
        assert [take_attempt(connection, (ACCOUNT,), NOW + at) for at in (0, 10, 20, 59, 60)] == [0, 0, 40, 1, 0]


def test_what_is_refused_counts_for_nobody(store: Store) -> None:
    with store.writing() as connection:
        for _ in range(5):
            take_attempt(connection, (ACCOUNT, ADDRESS), NOW)
        assert take_attempt(connection, (ADDRESS,), NOW) == 0
        assert take_attempt(connection, (ADDRESS,), NOW) == 60


def test_what_was_right_is_taken_back(store: Store) -> None:
    with store.writing() as connection:
        for _ in range(9):
            assert take_attempt(connection, (ACCOUNT,), NOW) == 0
            forget_attempt(connection, ACCOUNT.what)


def test_attempts_that_were_counted_while_the_clock_was_ahead_lock_nobody_out(store: Store) -> None:
    with store.writing() as connection:
        for _ in range(3):
            take_attempt(connection, (ACCOUNT,), NOW + 86_400)
        assert take_attempt(connection, (ACCOUNT,), NOW) == 0

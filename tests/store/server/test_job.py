"""A job is added once, done by one worker at a time, and begun again where its worker was lost."""

from __future__ import annotations

from rempart_store.server.job import Job, add, claim, count_due, finish, forget_done, hold, is_known, put_off
from rempart_store.store import Store

NOW = 1_795_000_000
DAY = 86_400


def take(store: Store, holder: str, now: int) -> list[Job]:
    with store.writing() as connection:
        return claim(connection, holder, now, 120, 10)


def begin(store: Store, key: str = "one", at: int = NOW) -> bool:
    with store.writing() as connection:
        return add(connection, "silence", key, {"host": "web"}, at)


def test_two_of_one_kind_and_key_are_one_even_when_it_is_done(store: Store) -> None:
    assert [begin(store), begin(store)] == [True, False]
    (job,) = take(store, "a", NOW)
    with store.writing() as connection:
        assert finish(connection, job.id, "a", NOW)
    assert not begin(store)
    with store.writing() as connection:
        assert is_known(connection, "silence", "one")
        forget_done(connection, NOW + 3 * DAY)
        assert not is_known(connection, "silence", "one")


def test_nobody_else_has_a_job_while_it_is_held(store: Store) -> None:
    begin(store, at=NOW + 5)
    assert take(store, "a", NOW) == []
    assert take(store, "a", NOW + 5) == [Job(1, "silence", "one", {"host": "web"}, 1)]
    assert take(store, "b", NOW + 100) == []
    with store.writing() as connection:
        assert hold(connection, 1, "a", NOW + 300)
    assert take(store, "b", NOW + 200) == []


def test_a_job_of_a_lost_worker_goes_to_another_whose_word_alone_counts_then(store: Store) -> None:
    begin(store)
    take(store, "a", NOW)
    (job,) = take(store, "b", NOW + 120)
    assert job.tries == 2
    with store.writing() as connection:
        assert not finish(connection, job.id, "a", NOW + 121)
        assert not hold(connection, job.id, "a", NOW + 500)
        assert finish(connection, job.id, "b", NOW + 121)
        assert count_due(connection, NOW + DAY) == 0


def test_a_job_that_failed_waits(store: Store) -> None:
    begin(store)
    (job,) = take(store, "a", NOW)
    with store.writing() as connection:
        assert put_off(connection, job.id, "a", NOW + 60, "StoreError")
    assert take(store, "b", NOW + 59) == []
    assert [one.tries for one in take(store, "b", NOW + 60)] == [2]

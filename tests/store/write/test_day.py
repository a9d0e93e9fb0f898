"""A day's saves are one run: drift and history see nights, not commits."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, of_states, silent

from rempart_core.model.result import Run, State
from rempart_store.store import Store
from rempart_store.write.day import save_day

DAY = 86_400
MORNING = BEGINNING // DAY * DAY + 8 * 3600


def save(store: Store, now: int, *runs: Run) -> int:
    with store.writing() as connection:
        return save_day(connection, runs, key=None, now=now)


def test_the_saves_of_a_day_are_one_run_whose_counts_are_the_hosts_last(store: Store) -> None:
    good, bad = {"A-01": State.PASS, "A-02": State.PASS}, {"A-01": State.FAIL, "A-02": State.PASS}
    assert save(store, MORNING, of_states("a", MORNING, good)) == 1
    assert save(store, MORNING + 60, of_states("b", MORNING + 60, bad)) == 1
    assert save(store, MORNING + 90, silent("c", MORNING + 90, ["A-01"])) == 1
    assert save(store, MORNING + 120, of_states("a", MORNING + 120, bad)) == 1
    (row,) = store.runs()
    assert (row.hosts, row.silent, row.started, row.ended) == (3, 1, MORNING, MORNING + 120)
    assert (row.counts["pass"], row.counts["fail"], row.counts["open"]) == (2, 2, 2)


def test_drift_compares_days_and_not_commits(store: Store) -> None:
    good, bad = {"A-01": State.PASS}, {"A-01": State.FAIL}
    for day, states in ((0, (good, good)), (1, (bad, good)), (2, (bad, bad))):
        for number, one in enumerate(states):
            at = MORNING + day * DAY + number * 60
            save(store, at, of_states(f"h{number}", at, one))
    assert [change.now.host for change in store.changes().changes] == ["h1"]
    assert len(store.runs()) == 3


def test_a_run_that_was_saved_otherwise_in_between_stays_its_own(store: Store) -> None:
    good = {"A-01": State.PASS}
    assert save(store, MORNING, of_states("a", MORNING, good)) == 1
    assert store.save([of_states("x", MORNING + 30, good)]) == 2
    assert save(store, MORNING + 60, of_states("b", MORNING + 60, good)) == 1
    assert save(store, MORNING + DAY, of_states("b", MORNING + DAY, good)) == 3
    assert {row.number: row.hosts for row in store.runs()} == {1: 2, 2: 1, 3: 1}

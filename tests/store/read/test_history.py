"""The fleet on a day, the history of a check, and last answers."""

from __future__ import annotations

import pytest
from rempart_testing.run import BEGINNING, of_states, silent

from rempart_core.error import UsageError
from rempart_core.model.result import State
from rempart_store.retention.forget import DAY
from rempart_store.store import Store

NIGHT = DAY


def night(number: int) -> int:
    return BEGINNING + number * NIGHT


def test_the_fleet_on_a_day_is_that_of_that_day(store: Store) -> None:
    store.save([of_states("web", night(0), {"AAA-01": State.FAIL})])
    store.save([of_states("web", night(1), {"AAA-01": State.PASS}), of_states("db", night(1), {"AAA-01": State.FAIL})])
    assert [(host.name, host.counts["fail"]) for host in store.fleet(night(0))] == [("web", 1)]
    assert [(host.name, host.counts["fail"]) for host in store.fleet(night(1))] == [("db", 1), ("web", 0)]
    assert store.fleet(night(0) - 1) == []
    assert [host.name for host in store.changes(night(0)).new_hosts] == ["db"]


def test_the_history_of_a_check_is_that_of_each_host(store: Store) -> None:
    runs = [of_states(host, night(0), {"AAA-01": State.FAIL}) for host in ("web", "db")]
    store.save(runs)
    store.save([of_states("web", night(1), {"AAA-01": State.PASS})])
    found = store.history("aaa-01")
    assert (found.name, found.kind) == ("AAA-01", "check")
    assert [(s.host, s.state, s.until) for s in found.standings] == [
        ("db", State.FAIL, None),
        ("web", State.FAIL, night(1)),
        ("web", State.PASS, None),
    ]
    with pytest.raises(UsageError, match='did you mean "AAA-01"'):
        store.history("AAA-1")


def test_the_last_answer_is_told_of_one_and_of_all(store: Store) -> None:
    first = store.save([of_states("web", night(0), {"AAA-01": State.PASS})])
    second = store.save([silent("web", night(1), ["AAA-01"]), of_states("db", night(1), {"AAA-01": State.PASS})])
    assert (first, second) == (1, 2)
    last = store.last("web")
    assert last is not None
    assert (last.run, last.seen, last.answered, last.silent) == (2, night(1), night(0), True)
    assert store.last("nobody") is None
    assert sorted(store.lasts()) == ["db", "web"]
    run = store.run(2)
    assert (run.hosts, run.silent, run.counts["pass"], run.ended) == (2, 1, 1, night(1))
    with pytest.raises(UsageError, match="no run 9"):
        store.run(9)


def test_a_short_run_in_the_middle_of_a_long_one_hides_nothing_of_it(store: Store) -> None:
    first = {name: of_states(name, night(0), {"AAA-01": State.PASS}) for name in ("web", "db")}
    store.save(first.values())
    store.save([of_states("web", night(1) + 60, {"AAA-01": State.PASS})])
    begun = of_states("db", night(1), {"AAA-01": State.PASS}).started
    long = [
        of_states("db", night(1) + 10, {"AAA-01": State.FAIL}),
        of_states("web", night(1) + 99, {"AAA-01": State.FAIL}),
    ]
    store.save(run._replace(started=begun) for run in long)
    assert [change.now.host for change in store.changes().changes] == ["db", "web"]

"""What nobody asked since a moment is told: nothing of it may look as if it had not changed."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, of_states, silent

from rempart_core.model.history import NotCompared
from rempart_core.model.result import State
from rempart_reports.views.drift_page import show_drift
from rempart_store.retention.forget import DAY
from rempart_store.store import Store

ALL = {"AAA-01": State.PASS, "AAA-02": State.PASS, "AAA-03": State.FAIL}
PART = {"AAA-01": State.PASS}


def night(number: int) -> int:
    return BEGINNING + number * DAY


def test_checks_that_later_answers_left_out_are_told_with_their_hosts(store: Store) -> None:
    store.save([of_states(name, night(0), ALL) for name in ("app", "db", "web")])
    store.save([of_states("web", night(1), PART), of_states("app", night(1), PART)], whole=False)
    drift = store.changes()
    assert drift.compared == 2
    assert drift.not_compared == NotCompared(("db",), ("app", "web"), (("AAA-02", 2), ("AAA-03", 2)))
    said = list(show_drift(drift, "en"))
    assert said[1:4] == [
        "Not asked since (1): db",
        "Compared in part (2): app, web",
        "  checks not asked there since: AAA-02 (2), AAA-03 (2)",
    ]
    assert "Comparées en partie (2)\u00a0: app, web" in list(show_drift(drift, "fr"))
    assert store.changes(hosts={"web"}).not_compared == NotCompared((), ("web",), (("AAA-02", 1), ("AAA-03", 1)))


def test_answers_in_part_are_taken_together_and_a_whole_one_has_all(store: Store) -> None:
    store.save([of_states("web", night(0), ALL)])
    store.save([of_states("web", night(1), PART)], whole=False)
    store.save([of_states("web", night(2), {"AAA-02": State.FAIL})], whole=False)
    assert store.changes(night(0)).not_compared == NotCompared((), ("web",), (("AAA-03", 1),))
    assert store.changes(night(1)).not_compared.checks == (("AAA-01", 1), ("AAA-03", 1))
    store.save([of_states("web", night(3), ALL)])
    store.save([of_states("web", night(4), PART)], whole=False)
    assert store.changes(night(0)).not_compared == NotCompared()
    assert store.changes(night(3)).not_compared.checks == (("AAA-02", 1), ("AAA-03", 1))


def test_a_host_that_was_not_asked_since_a_day_is_not_compared_and_a_silent_one_is_silent(store: Store) -> None:
    store.save([of_states(name, night(0), ALL) for name in ("db", "gone", "web")])
    store.save([of_states("web", night(9), ALL), silent("gone", night(9), list(ALL))])
    drift = store.changes(night(5))
    assert drift.compared == 1
    assert drift.not_compared == NotCompared(("db",))
    assert [host.name for host in drift.silent] == ["gone"]

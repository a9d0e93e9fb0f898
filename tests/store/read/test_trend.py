from __future__ import annotations

from rempart_testing.run import BEGINNING, make_result, make_run, of_states, silent

from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_store.store import Store

DAY = 86_400


def _save(store: Store, night: int, *states: State, answers: bool = True) -> None:
    at = BEGINNING + night * DAY
    if answers:
        store.save([of_states("web", at, {f"A-{n}": state for n, state in enumerate(states)})])
    else:
        store.save([silent("web", at, [f"A-{n}" for n in range(len(states))])])


def test_a_finding_is_closed_when_it_is_seen_to_pass_and_by_nothing_else(place: str) -> None:
    """Take ``_GONE`` out of the query, and what nobody could look at closes a finding."""
    with Store.open(place) as store:
        _save(store, 0, State.FAIL, State.FAIL, State.FAIL)
        _save(store, 1, State.ERROR, State.NOT_CHECKED, State.FAIL)
        _save(store, 2, State.FAIL, State.FAIL, State.FAIL, answers=False)
        end = BEGINNING + 2 * DAY
        assert store.closed(BEGINNING, end) == []
        assert [one.closed for one in store.trend(BEGINNING, end).repairs] == [0] * len(Severity)
        _save(store, 3, State.PASS, State.NOT_CHECKED, State.NOT_APPLICABLE)
        closed = store.closed(BEGINNING, BEGINNING + 3 * DAY)
        assert [(one.check, one.since, one.closed) for one in closed] == [
            ("A-0", BEGINNING, BEGINNING + 3 * DAY),
            ("A-2", BEGINNING, BEGINNING + 3 * DAY),
        ]
        (high,) = (one for one in store.trend(BEGINNING, BEGINNING + 3 * DAY).repairs if one.closed)
        assert (high.severity, high.closed, high.median) == (Severity.HIGH, 2, 3 * DAY)


def test_a_check_that_is_asked_no_more_is_not_closed(place: str) -> None:
    with Store.open(place) as store:
        _save(store, 0, State.FAIL, State.FAIL)
        _save(store, 1, State.FAIL)
        assert store.closed(BEGINNING, BEGINNING + DAY) == []


def test_each_night_tells_what_was_open_and_how_much_was_judged(place: str) -> None:
    critical = make_result("A-0", State.FAIL, severity=Severity.CRITICAL)
    with Store.open(place) as store:
        store.save([make_run("a", BEGINNING, [critical, make_result("A-1")]), make_run("b", BEGINNING, [critical])])
        store.save([make_run("a", BEGINNING + DAY, [make_result("A-0"), make_result("A-1", State.ERROR)])])
        store.save([silent("b", BEGINNING + 2 * DAY, ["A-0"]), make_run("c", BEGINNING + 2 * DAY, [critical])])
        nights = store.trend(BEGINNING, BEGINNING + 3 * DAY).nights
        told = [(one.critical, one.hosts, one.silent, one.judged, one.asked) for one in nights]
        assert told == [(2, 2, 0, 3, 3), (1, 2, 0, 2, 3), (2, 3, 1, 2, 4)]
        by_day = {one.at: one for one in store.open_by_day(30)}
        assert all(by_day[one.at].open[Severity.CRITICAL.value] == one.critical for one in nights)


def test_a_machine_that_another_one_replaced_counts_no_more(place: str) -> None:
    critical = make_result("A-0", State.FAIL, severity=Severity.CRITICAL)
    with Store.open(place) as store:
        store.save([make_run("a", BEGINNING, [critical], machine_id="old")])
        store.save([make_run("a", BEGINNING + DAY, [make_result("A-0")], machine_id="new")])
        trend = store.trend(BEGINNING, BEGINNING + DAY)
        assert [(one.critical, one.hosts) for one in trend.nights] == [(1, 1), (0, 1)]
        assert store.closed(BEGINNING, BEGINNING + DAY) == []
        assert trend.repairs[0].open == 0

"""What was open at the end of each day: by the last answer of each host, of those that were there, waivers left out."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, make_result, make_run, of_states, silent

from rempart_core.model.check import Severity
from rempart_core.model.result import AppliedWaiver, State
from rempart_store.store import Store

DAY = 86_400


def night(number: int) -> int:
    return BEGINNING + number * DAY


def test_each_day_has_what_was_open_at_its_end(store: Store) -> None:
    critical = make_result("AAA-01", State.FAIL, ["x"], severity=Severity.CRITICAL)
    waived = make_result("AAA-02", State.FAIL, ["x"], waiver=AppliedWaiver("old", "me", "2099-01-01"))
    store.save([make_run("web", night(0), [critical, waived])])
    store.save([silent("web", night(1), ["AAA-01"]), of_states("db", night(1), {"AAA-01": State.FAIL})])
    store.save([of_states("web", night(1) + 60, {"AAA-01": State.FAIL, "AAA-02": State.FAIL})])
    store.save([of_states("web", night(3), {"AAA-01": State.PASS, "AAA-02": State.PASS})])
    days = store.open_by_day(30)
    assert [day.at // DAY for day in days] == [night(0) // DAY, night(1) // DAY, night(3) // DAY]
    assert [(sum(day.open.values()), day.hosts) for day in days] == [(1, 1), (3, 2), (1, 2)]
    assert days[0].open["critical"] == 1
    assert [day.at for day in store.open_by_day(1)] == [days[-1].at]


def test_a_store_without_runs_has_no_days(store: Store) -> None:
    assert store.open_by_day(30) == []

"""Waivers in force: those that the last answers had, of the groups that may be read."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_core.model.result import AppliedWaiver, State
from rempart_store.read.waiver_view import list_waived
from rempart_store.store import Store

DAY = 86_400


def test_waived_findings_of_the_last_answers(store: Store) -> None:
    waiver = AppliedWaiver("known", "Mia", "2030-01-01")
    bad = make_result("A-1", State.FAIL, ["x"])
    for night in range(2):
        runs = []
        for number in range(6):
            waived = number % 2 == 0 and not (night == 1 and number == 0)
            results = [bad._replace(waiver=waiver if waived else None), make_result("B-1")]
            at, group = BEGINNING + night * DAY, "g" if number < 3 else "h"
            runs.append(make_run(f"host-{number}", at, results, group=group, machine_id=f"{number:064x}"))
        store.save(runs)
    with store.reading() as connection:
        found = list_waived(connection, None)
        assert [(one.host, one.check) for one in found] == [("host-2", "A-1"), ("host-4", "A-1")]
        assert found[0].detail["waiver"]["reason"] == "known"
        assert [one.host for one in list_waived(connection, frozenset({"h"}))] == ["host-4"]
        assert [one.host for one in list_waived(connection, None, "host-2")] == ["host-4"]
        assert [one.host for one in list_waived(connection, None, limit=1)] == ["host-2"]

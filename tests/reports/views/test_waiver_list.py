"""Waivers over a fleet: what each covers, what has ended, and what several together accept."""

from __future__ import annotations

from collections.abc import Callable

from rempart_core.model.result import AppliedWaiver, Result, Run, TargetIdentity
from rempart_core.model.waiver import Waiver, applied
from rempart_reports.formats.html.fleet_index import describe_state
from rempart_reports.views.waiver_list import EXAMPLES, WaiverList, count_states

MakeRun = Callable[..., Run]
MakeResult = Callable[..., Result]
NOW = "2026-11-25T14:00:00Z"
DAY = 86_400.0
TODAY = 1_795_615_200.0  # NOW


def waiver(check: str = "FWL-01", days: float = 10, **changes: object) -> Waiver:
    end = TODAY + days * DAY
    return Waiver(check, "because", "A. Diallo", end, "2026-12-05 UTC")._replace(**changes)  # type: ignore[arg-type]


def host(name: str, make_run: MakeRun, *results: Result) -> Run:
    return make_run(list(results), target=TargetIdentity(name))


def test_what_a_waiver_covers_is_counted_host_by_host(make_run: MakeRun, make_result: MakeResult) -> None:
    given = waiver(ticket="SEC-1")
    waivers = WaiverList([given, waiver("PAT-01")])
    for n in range(EXAMPLES + 2):
        covered = make_result(waiver=applied(given))
        waivers.add(host(f"h{n}", make_run, covered, make_result(check="DSK-01")))
    rows = {row.check: row for row in waivers.list(NOW)}
    assert (rows["FWL-01"].findings, rows["FWL-01"].hosts) == (7, ("h0", "h1", "h2", "h3", "h4"))
    assert (rows["FWL-01"].ticket, rows["FWL-01"].days) == ("SEC-1", 10)
    assert (rows["PAT-01"].findings, rows["PAT-01"].state) == (0, "in_force")
    assert (waivers.open, waivers.covered) == (7, 7)


def test_states_are_told_and_what_has_ended_comes_first(make_run: MakeRun, make_result: MakeResult) -> None:
    ended = waiver("A-01", days=-1, end_text="2026-11-24 UTC")
    later = waiver("A-02", days=90, start=TODAY + 30 * DAY, end_text="2027-02-23 UTC")
    today = waiver("A-03", days=0.3, end_text="2026-11-25 UTC")
    waivers = WaiverList([later, today, ended])
    waivers.add(
        host("h", make_run, make_result(check="A-01", expired_waivers=(applied(ended)._replace(expired=True),)))
    )
    rows = waivers.list(NOW)
    assert [(row.check, row.state, row.again) for row in rows] == [
        ("A-01", "expired", 1), ("A-03", "in_force", 0), ("A-02", "future", 0),
    ]  # fmt: skip
    assert [describe_state(row, "en") for row in rows] == [
        "expired", "in force, ends today", "begins on 25 December 2026",
    ]  # fmt: skip
    assert count_states(rows) == {"expired": 1, "in_force": 1, "future": 1}


def test_a_waiver_that_no_file_holds_is_told_from_the_runs(make_run: MakeRun, make_result: MakeResult) -> None:
    waivers = WaiverList()
    said = AppliedWaiver("because", "me", "no date at all")
    waivers.add(host("h", make_run, make_result(waiver=said)))
    (row,) = waivers.list("")
    assert (row.said, row.state, row.days, row.findings) == (said, "in_force", None, 1)


def test_several_waivers_that_accept_one_finding_together_each_cover_it(
    make_run: MakeRun, make_result: MakeResult
) -> None:
    one = waiver(items=("a",), reason="first", owner="A")
    two = waiver(items=("b",), reason="second", owner="B")
    other = waiver(items=("c",), reason="first", owner="A")
    together = applied(one)._replace(reason="first; second", owner="A, B", items=("a", "b"))
    waivers = WaiverList([one, two, other])
    waivers.add(host("h", make_run, make_result(waiver=together)))
    assert [row.findings for row in waivers.list(NOW)] == [1, 0, 1]

"""What of an audit is saved, and what is reported."""

from __future__ import annotations

from rempart_testing.run import BEGINNING, make_run

from rempart_controller.recording.finished_audit import FinishedAudit


def test_what_is_reported_is_saved_where_agents_bring_nothing_more() -> None:
    runs = [make_run("web", BEGINNING, [])]
    assert list(FinishedAudit(lambda: runs, "2026-11-25T13:00:00Z").saved()) == runs


def test_earlier_runs_of_agents_are_saved_and_not_reported() -> None:
    earlier, now = make_run("web", BEGINNING, []), make_run("web", BEGINNING + 60, [])
    found = FinishedAudit(lambda: [now], "2026-11-25T13:00:00Z", history=lambda: [earlier, now])
    assert (list(found.runs()), list(found.saved())) == ([now], [earlier, now])


def test_nothing_is_saved_of_an_audit_that_knew_no_host() -> None:
    found = FinishedAudit(lambda: [make_run("web", BEGINNING, [])], "2026-11-25T13:00:00Z", history=list)
    assert list(found.saved()) == []

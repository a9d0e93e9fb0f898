"""Reports and store of a change: every host is in them, and what it came to is said of each finding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from rempart_testing.run import BEGINNING, make_result, make_run, silent

from rempart_controller.recording.open_recorder import Recording
from rempart_controller.remediation.execution.apply import note_rest
from rempart_controller.remediation.execution.reporting import Reporting, mark_applied, mark_undone
from rempart_controller.remediation.records.before import note_before
from rempart_controller.remediation.records.change import ChangeRecord
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_controller.remediation.records.plan import PlannedFix, PlannedHost
from rempart_core.documents import run_document
from rempart_core.error import ReportError
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import Run, State
from rempart_core.text import NOTHING, Text, same
from rempart_reports.writing.output_places import ReportPlaces
from rempart_store.store import Store

CHECKS = ("RMT-01", "RMT-02")
FAILING = [make_result(check, State.FAIL, ["Port"]) for check in CHECKS]
MENDED = [make_result(check) for check in CHECKS]


def report(folder: Path, *, whole: bool = True) -> Reporting:
    places = ReportPlaces({"json": str(folder / "runs.json"), "junit": str(folder / "junit.xml")})
    return Reporting(places, Recording(str(folder / "rempart.db"), whole=whole))


def record_of(*hosts: HostOutcome) -> ChangeRecord:
    return ChangeRecord("c-1", "p-1", "2026-11-25T13:00:00Z", "ann@desk", (), {host.name: host for host in hosts})


def host_of(state: str, outcome: Outcome, name: str = "web", **changes: Any) -> HostOutcome:
    seen = (Text("Port: bad", "Port : mauvais"),)
    fixes = {check: FixOutcome(outcome, NOTHING, seen, (Text("Port: good", "Port : bon"),)) for check in CHECKS}
    return HostOutcome(name, state, fixes, begun=True, **changes)


def read_runs(folder: Path) -> dict[str, Run]:
    text = (folder / "runs.json").read_text(encoding="utf-8")
    runs = [run_document.read(one) for one in text.splitlines()]
    return {run.target.name: run for run in runs}


def outcomes_of(run: Run) -> dict[str, str]:
    return {one.check: one.change.outcome for one in run.results if one.change is not None}


def test_every_planned_host_is_in_the_reports_and_the_store_tells_of_the_change(tmp_path: Path) -> None:
    reporting = report(tmp_path)
    reporting.begin([make_run(name, BEGINNING, FAILING) for name in ("web", "db", "mail")])
    worse = {"RMT-02": (Text("Port: worse", "Port : pire"),)}
    record = record_of(host_of("kept", Outcome.FIXED), host_of("reverted", Outcome.ROLLED_BACK, "db", regressed=worse))
    del record.hosts["db"].fixes["RMT-02"]
    after = {"web": make_run("web", BEGINNING + 60, MENDED), "db": make_run("db", BEGINNING + 60, FAILING)}
    reporting.add(after, mark_applied(record))
    reporting.leave("mail", ["RMT-01"], "c-1", Text("stopped after wave 1 of 2", "stopped after wave 1 of 2"))
    reporting.finish()
    runs = read_runs(tmp_path)
    assert {name: outcomes_of(run) for name, run in runs.items()} == {
        "web": {"RMT-01": "fixed", "RMT-02": "fixed"},
        "db": {"RMT-01": "rolled_back", "RMT-02": "regressed"},
        "mail": {"RMT-01": "not_applied"},
    }
    assert [one.state for one in runs["mail"].results] == [State.FAIL] * 2
    with Store.open(str(tmp_path / "rempart.db")) as store:
        assert len(store.runs()) == 2
        told = {one.check: one.detail.get("change") for one in store.standings(details=True) if one.host == "web"}
        assert told == {check: {"id": "c-1", "outcome": "fixed"} for check in CHECKS}
        assert len(store.history("mail").standings) == 2  # what was left as it was is no visit of its own


def test_what_was_seen_of_a_host_before_it_was_lost_is_no_verdict(tmp_path: Path) -> None:
    reporting = report(tmp_path)
    reporting.begin([make_run("web", BEGINNING, FAILING)])
    host = host_of("lost", Outcome.FIXED, notes=[Text("Confirm: unreachable", "Confirm : injoignable")])
    run = make_run("web", BEGINNING + 60, MENDED)
    before = note_before((), make_run("web", BEGINNING, FAILING))
    note_rest(host, [_planned(check) for check in CHECKS], before, run)
    reporting.add({"web": run}, mark_applied(record_of(host)))
    reporting.finish()
    (marked,) = read_runs(tmp_path).values()
    assert outcomes_of(marked) == dict.fromkeys(CHECKS, "lost")
    assert {one.state for one in marked.results} == {State.NOT_CHECKED}
    cases = list(etree.parse(str(tmp_path / "junit.xml")).getroot().iter("testcase"))
    assert [case.find("error") is not None for case in cases] == [True, True]
    with Store.open(str(tmp_path / "rempart.db")) as store:
        (one,) = store.fleet()
        assert one.silent


def _planned(check: str) -> PlannedFix:
    return PlannedFix(check, "remote_access", ("a", "b"), "high", "service", "00", (), {})


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("untouched", Outcome.NOT_APPLIED), ("reverted", Outcome.ROLLED_BACK), ("lost", Outcome.LOST)],
)
def test_a_fix_of_which_nothing_was_noted_was_not_a_mend(state: str, outcome: Outcome) -> None:
    host = HostOutcome("web", state, notes=[Text("unreachable: cable cut", "injoignable : câble coupé")])
    planned = PlannedHost("web", "servers", "linux", "Debian", fixes=(_planned("RMT-01"),))
    before = note_before(planned.checks, make_run("web", BEGINNING, FAILING))
    note_rest(host, planned.fixes, before, silent("web", BEGINNING + 60, CHECKS))
    fix = host.fixes["RMT-01"]
    assert (fix.outcome, fix.reason, fix.before) == (
        outcome,
        Text("unreachable: cable cut", "injoignable : câble coupé"),
        (Text("Port: bad", "Port\u00a0: bad"),),
    )


def test_the_audit_after_an_undo_says_so_and_asks_a_part_only(tmp_path: Path) -> None:
    place = str(tmp_path / "rempart.db")
    with Store.open(place) as store:
        store.save([make_run("web", BEGINNING, [*MENDED, make_result("FWL-01")])])
    reporting = report(tmp_path, whole=False)
    record = record_of(host_of("reverted", Outcome.FIXED), host_of("kept", Outcome.FIXED, "db"))
    runs = {"web": make_run("web", BEGINNING + 60, FAILING[:1]), "db": make_run("db", BEGINNING + 60, MENDED[:1])}
    reporting.add(
        runs, mark_undone(record, {"web": ["RMT-01"], "db": ["RMT-01"]}, {"db": same("somebody has changed it since")})
    )
    reporting.finish()
    found = read_runs(tmp_path)
    (result,) = found["web"].results
    assert result.change is not None
    assert (result.change.outcome, result.change.before) == ("rolled_back", ("Port: good",))
    assert outcomes_of(found["db"]) == {}
    assert "could not be rolled back: somebody has changed it since" in found["db"].notes[0].en
    with Store.open(place) as store:
        told = {one.check: one.state for one in store.standings() if one.host == "web"}
    assert told == {"RMT-01": State.FAIL, "RMT-02": State.PASS, "FWL-01": State.PASS}


def test_a_fix_whose_precondition_did_not_hold_was_not_applied_and_it_is_said_why(tmp_path: Path) -> None:
    blocked = replace(_planned("RMT-02"), blocked=("no key", "pas de clé"))
    planned = PlannedHost("web", "servers", "linux", "Debian", fixes=(_planned("RMT-01"), blocked))
    host = host_of("kept", Outcome.FIXED)
    del host.fixes["RMT-02"]
    run = make_run("web", BEGINNING, [MENDED[0], FAILING[1]])
    marked = mark_applied(record_of(host), [planned])("web", run)
    assert outcomes_of(marked) == {"RMT-01": "fixed", "RMT-02": "not_applied"}
    assert marked.results[1].change is not None
    assert marked.results[1].change.reason == Text("no key", "pas de clé")


def test_a_report_that_cannot_be_written_does_not_cost_what_was_saved(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    reporting = Reporting(
        ReportPlaces({"junit": str(tmp_path / "gone" / "junit.xml")}), Recording(str(tmp_path / "rempart.db"))
    )
    (tmp_path / "gone").rmdir()  # after the outputs were checked
    reporting.add({"web": make_run("web", BEGINNING, MENDED)}, mark_applied(record_of(host_of("kept", Outcome.FIXED))))
    with pytest.raises(ReportError, match="no directory"):
        reporting.finish()
    with Store.open(str(tmp_path / "rempart.db")) as store:
        assert len(store.runs()) == 1


def test_without_store_and_reports_nothing_is_written(tmp_path: Path) -> None:
    reporting = Reporting(ReportPlaces(), Recording())
    reporting.begin([make_run("web", BEGINNING, FAILING)])
    reporting.add({"web": make_run("web", BEGINNING, MENDED)}, mark_applied(record_of(host_of("kept", Outcome.FIXED))))
    reporting.finish()
    assert list(tmp_path.iterdir()) == []

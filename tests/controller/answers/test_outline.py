"""The outline of a run: small, and enough for all that sums of a fleet say."""

from __future__ import annotations

import json
from typing import Any

from rempart_agent.audit import content_cache
from rempart_controller.answers.outline import _WRITTEN, OutlineReader, OutlineWriter, outline, read_outline, shrink
from rempart_core.content.place import check_directories
from rempart_core.model.check import Remediation, Severity
from rempart_core.model.deviation import list_deviations
from rempart_core.model.result import (
    AppliedWaiver,
    EngineIdentity,
    Evidence,
    Exclusion,
    Result,
    Run,
    State,
    TargetIdentity,
    count,
)
from rempart_core.text import NOTHING, Text

CHECKS = {check.id: check for check in content_cache.load(check_directories([])).checks}
ROWS = [{"item": f"thing {n}", "observed": "x" * 200, "ok": "1" if n < 3 else "0"} for n in range(50)]
WAIVER = AppliedWaiver("replaced in spring", "CISO", "2027-03-31 Europe/Paris", ("thing 7",))


def result_of(check: str, state: State, **more: Any) -> Result:
    known = CHECKS[check]
    reason = Text("47 of 50 fail", "47 sur 50 en échec")
    fields = (known.id, known.revision, known.title, known.area, Severity.LOW, state, reason, known.rationale)
    evidence = Evidence(ROWS, 47, 0, 3) if state in {State.PASS, State.FAIL} else None
    sql = {"query": "SELECT 1"}
    return Result(*fields, known.remediation, known.controls, evidence=evidence, path=known.path, sql=sql, **more)


def run_of(results: list[Result]) -> Run:
    return Run(
        TargetIdentity("web", "host", "shop"),
        EngineIdentity("embedded", "0.1.0", "root", privileged=True),
        "server",
        "all",
        "2026-11-25T13:00:00Z",
        "2026-11-25T13:00:02Z",
        results,
        excluded=(Exclusion("DSK-01", Text("no disk", "pas de disque")),),
        notes=(Text("late", "tard"),),
        narrowed=("FWL-*",),
        unfinished=Text("the deadline", "le délai"),
    )


def sent(run: Run) -> Run:
    return read_outline(json.loads(json.dumps(outline(run, CHECKS))), CHECKS)


def test_an_outline_survives_its_way_and_counts_as_the_run_does() -> None:
    run = run_of(
        [
            result_of("FWL-01", State.FAIL, parameters={"n": 1}, defaults={"n": 2}),
            result_of("PAT-01", State.FAIL, waiver=WAIVER, incomplete=True),
            result_of("BKP-01", State.FAIL, expired_waivers=(WAIVER._replace(expired=True),), known=True),
            result_of("DSK-01", State.ERROR, failure="timeout"),
            result_of("LOG-01", State.NOT_CHECKED, failure="silent"),
            result_of("LOG-02", State.PASS)._replace(title=Text("a stranger’s", "d’un autre"), controls={"x": ("1",)}),
        ]
    )
    told = sent(run)
    assert told == shrink(run)
    assert count(told.results) == count(run.results)
    assert list_deviations(told) == list_deviations(run)
    assert told.results[0].evidence == Evidence([ROWS[3]], 47, 0, 3)


def test_what_both_sides_know_is_not_sent() -> None:
    run = run_of([result_of(id_, State.PASS) for id_ in CHECKS])
    assert len(json.dumps(outline(run, CHECKS))) < 200 * len(CHECKS)


def test_an_outline_of_nothing_is_one() -> None:
    assert sent(run_of([])) == run_of([])
    stranger = result_of("FWL-01", State.NOT_APPLICABLE)._replace(
        check="OWN-01", remediation=Remediation("", "manual", NOTHING)
    )
    assert sent(run_of([stranger])).results[0].check == "OWN-01"


def test_what_hosts_say_alike_is_read_once_and_nothing_is_mixed_up() -> None:
    reader = OutlineReader(CHECKS)

    def read(run: Run) -> Run:
        return reader.read(json.loads(json.dumps(outline(run, CHECKS))))

    alike, other = result_of("PAT-01", State.PASS), result_of("FWL-01", State.ERROR, failure="timeout")
    hosts = [run_of([alike, result_of("FWL-01", State.FAIL)]), run_of([alike, other]), run_of([alike, other])]
    told = [read(run) for run in hosts]
    assert told == [shrink(run) for run in hosts]
    assert told[0].results[0] is told[1].results[0]
    assert told[0].results[1] != told[1].results[1]
    long = run_of([result_of("FWL-01", State.ERROR, failure="timeout")._replace(reason=Text("x" * 3000, "x"))])
    assert read(long).results[0] is not read(long).results[0]  # a host cannot fill the memory with it


def test_what_hosts_share_is_written_once_and_memory_does_not_grow() -> None:
    writer = OutlineWriter(CHECKS)
    alike = result_of("PAT-01", State.PASS)
    told = [writer.write(run_of([alike, result_of("FWL-01", state)])) for state in (State.FAIL, State.ERROR)]
    assert [read_outline(json.loads(json.dumps(one)), CHECKS).results[1].state for one in told] == [
        State.FAIL,
        State.ERROR,
    ]
    for number in range(3 * _WRITTEN):
        writer.write(run_of([result_of("FWL-01", State.FAIL)._replace(reason=Text(str(number), ""))]))
    assert len(writer._known) <= _WRITTEN

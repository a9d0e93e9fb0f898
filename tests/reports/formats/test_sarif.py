"""SARIF: valid, and nothing that was found, accepted or not judged is missing from it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rempart_core.model.check import Severity
from rempart_core.model.result import AppliedWaiver, Evidence, Result, Run, State
from rempart_core.text import Text
from rempart_reports.formats.sarif import Report
from rempart_reports.views.options import Options

# The types, keys and patterns of the schema that OASIS publishes with SARIF 2.1.0, without its descriptions.
SCHEMA = json.loads((Path(__file__).parent / "schemas/sarif-2.1.0.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def written(*runs: Run, **options: Any) -> str:
    out = io.StringIO()
    Report.write(iter(runs), out, Options(**options))
    return out.getvalue()


def logs_of(*runs: Run, **options: Any) -> list[dict[str, Any]]:
    """Return the runs of a valid log, each of whose results names a rule of its run and a file."""
    log = json.loads(written(*runs, **options))
    assert [error.message for error in VALIDATOR.iter_errors(log)] == []
    for one in log["runs"]:
        rules = {rule["id"] for rule in one["tool"]["driver"]["rules"]}
        assert {result["ruleId"] for result in one["results"]} == rules
        assert all("suppressions" in result for result in one["results"])  # section 3.27.23: of all results, or of none
        places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in one["results"]]
        assert all(places)
    found: list[dict[str, Any]] = log["runs"]
    return found


def log_of(run: Run, **options: Any) -> dict[str, Any]:
    (one,) = logs_of(run, **options)
    return one


def results_of(log: dict[str, Any], rule: str) -> list[dict[str, Any]]:
    return [result for result in log["results"] if result["ruleId"] == rule]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_finding_is_a_result_with_its_evidence_and_the_level_of_its_severity(
    sample_run: Run, language: str
) -> None:
    log = log_of(sample_run, language=language)
    assert log["language"] == language
    for result in sample_run.results:
        if result.open:
            (told,) = results_of(log, result.check)
            level = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}
            assert (told["kind"], told["level"]) == ("fail", level[result.severity.value])
            assert told["suppressions"] == []
            seen = [one for one in (result.evidence, result.witness) if one is not None]
            for row in [row for one in seen for row in one.rows if row["ok"] != "1"][:1]:
                assert row["item"] in told["message"]["text"]
                assert row["item"] in [one["name"] for one in told["locations"][0]["logicalLocations"]]


def test_an_accepted_finding_says_who_accepted_it_and_until_when(sample_run: Run) -> None:
    log = log_of(sample_run)
    waived = [result for result in sample_run.results if result.state is State.FAIL and result.waiver]
    assert waived
    for result in waived:
        told = [one for one in results_of(log, result.check) if one["suppressions"]]
        assert told
        assert result.waiver is not None
        said = told[0]["suppressions"][0]
        assert (said["kind"], said["status"]) == ("external", "accepted")
        assert result.waiver.owner in said["justification"]
        assert result.waiver.end.split()[0] in said["justification"]


def test_a_ticket_is_told_where_the_decision_has_one(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    filed = AppliedWaiver("moved", "A. Diallo", "2026-12-30 UTC", ticket="SEC-12 ](x)")
    for waiver, ticket in ((filed, "SEC-12 ](x)"), (filed._replace(ticket=""), None)):
        (told,) = results_of(log_of(make_run([make_result(waiver=waiver)])), "FWL-01")
        (said,) = told["suppressions"]
        assert said.get("properties", {}).get("ticket") == ticket
        assert ("ticket SEC-12 ] (x)" in said["justification"]) is bool(ticket)


def test_no_row_is_told_twice_and_what_is_left_out_says_where_it_is(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    rows = [{"item": f"rule {n}", "observed": "open " + "x" * 150, "expected": "", "ok": "0"} for n in range(30)]
    seen = Evidence(rows, 40, 0, 0)
    reason = Text(f"rule 0: {rows[0]['observed']}, and 39 more", "")
    (told,) = results_of(log_of(make_run([make_result(evidence=seen, witness=None, reason=reason)])), "FWL-01")
    text = told["message"]["text"]
    first, *lines, last = text.split("\n")
    assert first.endswith("and 39 more")
    assert [line.partition(":")[0] for line in lines] == [f"- rule {n}" for n in range(1, 1 + len(lines))]
    assert last == f"and {39 - len(lines)} rows more: --json and --html tell the first 30"
    assert len(lines) > 3
    assert len(text) <= 1500
    assert all(len(line) > 150 for line in lines)  # none is cut
    (told,) = results_of(log_of(make_run([make_result(evidence=seen._replace(failing=30), witness=None)])), "FWL-01")
    assert told["message"]["text"].endswith("rows more: --json and --html tell all")
    more = {**rows[0], "port": "22"}
    result = make_result(evidence=Evidence([more], 1, 0, 0), witness=None, reason=reason)
    (told,) = results_of(log_of(make_run([result])), "FWL-01")
    assert told["message"]["text"].split("\n")[1:] == ["- port=22"]


def test_what_was_not_judged_is_an_error_of_its_own_and_never_success(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    """Nobody can take a file without findings for a machine in order."""
    broken = make_result(state=State.ERROR, failure="timeout", evidence=None, witness=None)
    closed = make_result(check="PRV-01", state=State.NOT_CHECKED, failure="privilege", evidence=None, witness=None)
    log = log_of(make_run([broken, closed]))
    assert [one["level"] for one in log["results"]] == ["error"] * 3
    told = ["rempart/target-not-judged", "FWL-01/not-judged", "PRV-01/not-judged"]
    assert [one["ruleId"] for one in log["results"]] == told
    assert [one["executionSuccessful"] for one in log["invocations"]] == [False]
    # what the threshold leaves out does not fail the audit, and is still told
    small = broken._replace(severity=Severity.LOW)
    log = log_of(make_run([small, make_result(state=State.PASS, check="SWM-01")]), threshold=Severity.HIGH)
    assert [(one["ruleId"], one["level"]) for one in log["results"]] == [("FWL-01/not-judged", "warning")]
    assert [one["executionSuccessful"] for one in log["invocations"]] == [True]


def test_a_silent_target_is_one_result_of_its_own_run(silent_run: Run, sample_run: Run) -> None:
    """It costs little, however many checks it was not asked."""
    silent, other, last = logs_of(silent_run, sample_run, sample_run, fleet=True)
    (told,) = silent["results"]
    assert told["ruleId"] == "rempart/target-not-judged"
    assert silent_run.target.name in told["message"]["text"]
    assert silent["invocations"][0]["executionSuccessful"] is False
    assert len(json.dumps(silent)) < 2000
    assert len(other["results"]) == len(last["results"]) > 1


def test_a_run_without_results_says_so(make_run: Callable[..., Run]) -> None:
    log = log_of(make_run([]))
    assert [one["ruleId"] for one in log["results"]] == ["rempart/target-not-judged"]
    assert log["invocations"][0]["executionSuccessful"] is False


def test_a_target_of_which_nothing_was_judged_says_so(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    """Checks that do not apply are no success where nothing else was judged."""
    log = log_of(make_run([make_result(state=State.NOT_APPLICABLE, evidence=None, witness=None)]))
    assert [one["ruleId"] for one in log["results"]] == ["rempart/target-not-judged"]
    assert log["invocations"][0]["executionSuccessful"] is False


def test_an_interrupted_audit_says_so_first(make_run: Callable[..., Run], make_result: Callable[..., Result]) -> None:
    left = make_result(check="SWM-01", state=State.NOT_CHECKED, failure="interrupted", evidence=None, witness=None)
    run = make_run([make_result(), left])._replace(unfinished=Text("Ctrl-C was pressed", "Ctrl-C"))
    log = log_of(run)
    assert [one["ruleId"] for one in log["results"]] == ["rempart/target-not-judged", "FWL-01"]
    assert "Ctrl-C" in log["results"][0]["message"]["text"]


def test_passes_are_counted_and_are_no_results(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    log = log_of(make_run([make_result(state=State.PASS)]))
    assert log["results"] == []
    assert log["properties"]["counts"] == {"pass": 1, "not_applicable": 0}
    assert log["invocations"][0]["executionSuccessful"] is True


def test_a_baseline_tells_new_findings_from_known_ones(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    run = make_run([make_result(), make_result(check="SWM-01", known=True)])._replace(baseline="monday")
    states = {one["ruleId"]: one["baselineState"] for one in log_of(run)["results"]}
    assert states == {"FWL-01": "new", "SWM-01": "unchanged"}


def test_a_known_finding_says_that_its_waiver_ran_out(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    over = AppliedWaiver("the vendor is slow", "Anna", "2026-06-30 UTC", expired=True)
    run = make_run([make_result(known=True, expired_waivers=(over,))])._replace(baseline="monday")
    assert "the vendor is slow" in log_of(run)["results"][0]["message"]["text"]


def test_a_finding_is_the_same_one_tomorrow_and_another_one_elsewhere(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    first = make_run([make_result()])
    again = make_run([make_result(evidence=None, reason=Text("other words", "autre"))])
    other = first._replace(target=first.target._replace(name="elsewhere"))
    marks = [log_of(run)["results"][0]["partialFingerprints"]["rempart/v1"] for run in (first, again, other)]
    assert marks[0] == marks[1] != marks[2]


def test_results_are_pinned_to_the_file_that_is_named(sample_run: Run) -> None:
    log = log_of(sample_run, location="images/my file.yml")
    places = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in log["results"]}
    assert places == {"images/my%20file.yml"}


def test_nothing_that_a_host_says_is_a_link_or_a_place_to_fill_in(
    make_run: Callable[..., Run], make_result: Callable[..., Result]
) -> None:
    row = {"item": "[open it](https://evil.example) {0}", "observed": "x", "expected": "y", "ok": "0"}
    log = log_of(make_run([make_result(evidence=Evidence([row], 1, 0, 0), witness=None)]))
    text = log["results"][0]["message"]["text"]
    assert "](" not in text
    assert "{{0}}" in text
    assert "{0}" not in text.replace("{{0}}", "")


def test_hostile_text_stays_text(hostile_run: Run, poison_run: Callable[[str], Run]) -> None:
    log_of(hostile_run)
    text = written(hostile_run)
    assert text.isascii()
    assert "##" not in text

    def shape(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: shape(value) for key, value in data.items()}
        return [shape(one) for one in data] if isinstance(data, list) else type(data).__name__

    def shape_of(word: str) -> Any:
        log = log_of(poison_run(word))
        return shape(log["results"]), shape(log["tool"]["driver"]["rules"])

    assert shape_of('"},{"ruleId":"x"') == shape_of("harmless")


def test_french_has_its_space_before_every_colon(
    make_run: Callable[..., Run], make_result: Callable[..., Result], silent_run: Run
) -> None:
    """A reader of French code scanning sees no English colon behind a target's name or a number of checks."""
    unseen = make_result(check="FWL-02", state=State.NOT_CHECKED, evidence=None, witness=None)
    log = log_of(make_run([make_result(), unseen]), language="fr")
    assert all(one["message"]["text"].startswith("poste-042.lyon.example\u00a0: ") for one in log["results"])
    notes = [note["message"]["text"] for note in log["invocations"][0]["toolExecutionNotifications"]]
    assert any(note.startswith("1 vérification\u00a0: ") for note in notes), notes
    (told,) = results_of(log_of(silent_run, language="fr"), "rempart/target-not-judged")
    assert told["message"]["text"].startswith(f"{silent_run.target.name}\u00a0: ")

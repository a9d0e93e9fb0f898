"""The exit status: what a pipeline goes by."""

from __future__ import annotations

import pytest
from rempart_testing.run import make_result, make_run

from rempart_core.model.check import Severity
from rempart_core.model.gate import counts, exit_status, is_gap
from rempart_core.model.result import AppliedWaiver, Result, State
from rempart_core.text import Text

PASS = make_result("DSK-01")
FAIL = make_result("DSK-02", State.FAIL, ["sda"], severity=Severity.MEDIUM)
WAIVER = AppliedWaiver("accepted", "ann", "2026-12-31 UTC")


def status(*results: Result, threshold: Severity = Severity.LOW) -> int:
    return exit_status(make_run("web", 0, results), threshold)


def unseen(failure: str, severity: Severity = Severity.HIGH) -> Result:
    return make_result("DSK-03", State.NOT_CHECKED, failure=failure, severity=severity)


def test_the_plain_cases() -> None:
    assert status(PASS) == 0
    assert status(PASS, FAIL) == 1
    assert status() == 3
    assert status(make_result("DSK-01", State.NOT_APPLICABLE)) == 3, "nothing was judged"
    assert status(FAIL._replace(waiver=WAIVER)) == 0
    assert status(PASS, FAIL._replace(known=True)) == 0


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("threshold", list(Severity))
def test_what_counts_is_at_or_above_the_threshold(severity: Severity, threshold: Severity) -> None:
    order = list(Severity)
    above = order.index(severity) <= order.index(threshold)
    found = FAIL._replace(severity=severity)
    assert counts(found, threshold) is above
    assert status(PASS, found, threshold=threshold) == int(above)
    error = make_result("DSK-04", State.ERROR, severity=severity)
    assert status(PASS, error, threshold=threshold) == (3 if above else 0)
    part = unseen("part", severity)
    assert is_gap(part, threshold) is above, "what was seen in part, and passed there, is no pass"
    assert status(PASS, part, threshold=threshold) == (3 if above else 0)


@pytest.mark.parametrize("failure", ["privilege", "silent", "no_system", "interrupted"])
def test_who_could_not_look_is_a_gap_whatever_the_severity(failure: str) -> None:
    assert is_gap(unseen(failure, Severity.INFO), Severity.CRITICAL)
    assert status(FAIL, unseen(failure, Severity.INFO), threshold=Severity.CRITICAL) == 3, "3 outranks 1"


@pytest.mark.parametrize("failure", ["not_observable", "not_walked", ""])
def test_what_a_target_by_its_kind_can_not_offer_is_none(failure: str) -> None:
    assert not is_gap(unseen(failure), Severity.INFO)
    assert status(PASS, unseen(failure)) == 0


def test_a_run_that_was_interrupted_is_incomplete_whatever_it_found() -> None:
    run = make_run("web", 0, [PASS])._replace(unfinished=Text("Ctrl-C", "Ctrl-C"))
    assert exit_status(run, Severity.LOW) == 3

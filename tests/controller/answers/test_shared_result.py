"""Results that hosts share: one object, of the same check with the same verdict alone."""

from __future__ import annotations

from rempart_controller.answers import shared_result
from rempart_controller.answers.host_answer import Verdict
from rempart_controller.answers.shared_result import SharedResults
from rempart_core.model.check import Remediation, Severity
from rempart_core.model.result import Result, State
from rempart_core.text import NOTHING, Text


def blank(check: str) -> Result:
    fix = Remediation("", "none", NOTHING)
    return Result(check, 1, NOTHING, "", Severity.HIGH, State.NOT_CHECKED, NOTHING, NOTHING, fix, {})


def verdict(place: int) -> Verdict:
    return "pass", f"said at {place}", "", None, None, False, [], ""


def judge(one: Result, told: Verdict) -> Result:
    return one._replace(state=State(told[0]), reason=Text(told[1], told[2]))


def test_hosts_share_what_the_same_verdict_makes_of_the_same_check() -> None:
    shared, first, second = SharedResults(verdict), blank("FWL-01"), blank("PAT-01")
    told = shared.get(first, 1, judge)
    assert told == first._replace(state=State.PASS, reason=Text("said at 1", ""))
    assert shared.get(first, 1, judge) is told
    assert shared.get(first, 2, judge).reason.en == "said at 2"
    assert shared.get(second, 1, judge).check == "PAT-01"


def test_a_check_that_is_asked_otherwise_has_results_of_its_own_and_memory_does_not_grow() -> None:
    shared = SharedResults(verdict)
    for number in range(2 * shared_result._KEPT):
        assert shared.get(blank(f"A-{number}"), 1, judge).check == f"A-{number}"  # each in the memory of the last one
    assert len(shared._known) <= shared_result._KEPT

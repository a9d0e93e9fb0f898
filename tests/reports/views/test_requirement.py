"""What the checks of a requirement come to together: what nobody has judged hides nothing, and nothing hides a gap."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rempart_core.model.result import AppliedWaiver, Result, State
from rempart_reports.views.requirement import judge_requirement

MakeResult = Callable[..., Result]


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ({"state": State.FAIL}, "gap"),
        ({"state": State.FAIL, "known": True}, "gap"),
        ({"state": State.ERROR}, "unjudged"),
        ({"state": State.NOT_CHECKED}, "unjudged"),
        ({"state": State.FAIL, "waiver": AppliedWaiver("because", "me", "2099-01-01")}, "accepted"),
        ({"state": State.NOT_APPLICABLE}, "seen"),
        ({"state": State.PASS}, "seen"),
    ],
)
def test_one_result_beside_a_pass_decides(last: dict[str, object], kind: str, make_result: MakeResult) -> None:
    results = [make_result(check="A-01", state=State.PASS), make_result(check="A-02", **last)]
    assert judge_requirement(results).kind == kind


def test_what_applies_nowhere_is_no_absence_of_gaps(make_result: MakeResult) -> None:
    assert judge_requirement([make_result(state=State.NOT_APPLICABLE)]).kind == "nothing"

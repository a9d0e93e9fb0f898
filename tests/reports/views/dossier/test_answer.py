from __future__ import annotations

from rempart_core.model.check import Severity
from rempart_core.model.history import Standing
from rempart_core.model.result import State
from rempart_core.text import Text
from rempart_reports.views.dossier.answer import result_of


def test_an_answer_of_a_check_that_is_gone_keeps_its_own_title_and_supports_nothing() -> None:
    detail = {"reason": ["slow", "lent"], "failure": "timeout", "revision": 3}
    standing = Standing("web", "g", "GONE-1", Text("t", "u"), State.ERROR, Severity.HIGH, False, 0, detail=detail)
    result = result_of(standing, {})
    assert (result.title, result.controls, result.failure, result.reason.fr) == (Text("t", "u"), {}, "timeout", "lent")


def test_a_waiver_is_told_where_it_holds_only() -> None:
    waiver = {"reason": "r", "owner": "o", "end": "2027-01-01", "items": [], "expired": False, "target": "*"}
    standing = Standing(
        "web", "g", "A-1", Text("t", "u"), State.FAIL, Severity.HIGH, True, 0, detail={"waiver": waiver}
    )
    assert result_of(standing, {}).waived
    assert not result_of(standing._replace(waived=False), {}).waived
    assert not result_of(standing._replace(state=State.NOT_CHECKED, waived=False, detail={}), {}).waived

"""Coverage: the best answer counts, a laxer value makes it one in part, and a share is never rounded up."""

from __future__ import annotations

from rempart_core.model.answer import Answer, Bound
from rempart_core.model.coverage import Ruling, cover
from rempart_core.text import Text


def test_four_figures_and_a_share_that_is_never_rounded_up() -> None:
    strict = Answer("ssg", "a", "%", {"days": Bound(most=90)})
    rulings = {
        "a": [Ruling("A-01", strict, {"days": 90})],
        "b": [Ruling("A-01", strict, {"days": 91}), Ruling("A-02", Answer("ssg", "b", "%", choice=True), {})],
        "c": [Ruling("A-01", strict, {"days": 91})],
        "d": [Ruling("A-01", Answer("ssg", "d", "%", part=Text("x", "x")), {})],
    }
    covered = cover("p", ["a", "b", "c", "d", "e", "f"], rulings)
    assert [one.status for one in covered.rules] == ["full", "choice", "part", "part", "not_answered", "not_answered"]
    assert [covered.count(one) for one in ("full", "part", "choice", "not_answered")] == [1, 2, 1, 2]
    assert covered.share == 33
    assert covered.reaches(33)
    assert not covered.reaches(34)
    assert rulings["c"][0].lax == ("days",)

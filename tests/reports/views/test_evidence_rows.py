"""Rows as a reader sees them: what all expect is told once, and empty columns are left out."""

from __future__ import annotations

from rempart_core.model.result import Evidence
from rempart_core.model.sentence import Piece, Wording
from rempart_reports.views.evidence_rows import see_rows

PLAIN = Wording({}, {})


def row(ok: str, expected: str = "good", **more: str) -> dict[str, str]:
    return {"item": "thing", "observed": "bad", "expected": expected, "ok": ok, **more}


def test_what_all_rows_expect_is_told_once() -> None:
    seen = see_rows(Evidence([row("0"), row("0"), row("1", "other")], 2, 0, 1), PLAIN, "en")
    assert seen.expected == (Piece("good", data=True),)
    assert [one.expected for one in seen.rows] == [(), (), (Piece("other", data=True),)]
    assert [one.mark for one in seen.rows] == ["fail", "fail", "pass"]


def test_rows_that_expect_different_things_each_say_so() -> None:
    seen = see_rows(Evidence([row("0"), row("0", "other")], 2, 0, 0), PLAIN, "en")
    assert seen.expected == ()
    assert [one.expected[0].text for one in seen.rows] == ["good", "other"]


def test_empty_columns_are_left_out() -> None:
    (one,) = see_rows(Evidence([row("", device="/dev/vda", note="")], 0, 1, 0), PLAIN, "en").rows
    assert (one.mark, one.more) == ("undecided", (("device", (Piece("/dev/vda", data=True),)),))

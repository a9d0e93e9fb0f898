"""The difference between two runs in words: the worst first, a sum at the end, in the reader's language."""

from __future__ import annotations

import io

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_core.model.difference import compare
from rempart_core.model.result import AppliedWaiver, Result, State
from rempart_reports.views.difference import print_difference


def told(old: list[Result], new: list[Result], language: str) -> list[str]:
    out = io.StringIO()
    difference = compare(make_run("web", BEGINNING, old), make_run("web", BEGINNING + 60, new))
    print_difference(difference, out, language)
    return out.getvalue().splitlines()


WORSE = [make_result("AAA-01"), make_result("AAA-02"), make_result("AAA-09")]
WORSE_NOW = [make_result("AAA-01", State.FAIL, ["eve"]), make_result("AAA-02"), make_result("AAA-03")]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            (
                "Worse (1)",
                "  AAA-01  pass → fail  title of AAA-01",
                "      because",
                "1 worse, 1 new check, 1 no longer asked, 1 the same",
            ),
        ),
        (
            "fr",
            (
                "Pire (1)",
                "  AAA-01  réussi → en échec  titre de AAA-01",
                "      parce que",
                "1 pire, 1 nouvelle vérification, 1 vérification retirée, 1 sans changement",
            ),
        ),
    ],
)
def test_what_got_worse_stands_first_and_a_sum_stands_last(language: str, lines: tuple[str, ...]) -> None:
    found = told(WORSE, WORSE_NOW, language)
    assert (*found[1:4], found[-1]) == lines


@pytest.mark.parametrize(("language", "between"), [("en", ": "), ("fr", "\u00a0: ")])
def test_a_waiver_tells_its_end_and_reason_and_steers_no_terminal(language: str, between: str) -> None:
    waiver = AppliedWaiver("old \x1b[31mkiosk\n::error::x", "eve", "2026-12-31")
    failed = make_result("AAA-01", State.FAIL, ["eve"])
    text = "\n".join(told([failed], [failed._replace(waiver=waiver)], language))
    assert f"      + 2026-12-31{between}old " in text
    assert "\x1b" not in text
    assert "::error" not in text

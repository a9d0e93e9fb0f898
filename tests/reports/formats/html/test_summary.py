"""A requirement in a page: its verdict in words, its title escaped, the checks that the verdict is from."""

from __future__ import annotations

from collections.abc import Callable

from rempart_core.model.result import Result
from rempart_core.text import Text
from rempart_reports.formats.html.summary import write_areas, write_requirement
from rempart_reports.views.chart import draw_areas
from rempart_reports.views.requirement import RequirementVerdict


def test_a_requirement_is_a_line_with_verdict_and_checks() -> None:
    title = Text("Filter <all>", "Filtrer <tout>")
    line = write_requirement("8.20", title, RequirementVerdict("gap"), "en", ["FWL-01"], lambda one: f"[{one}]")
    assert line.startswith('<li class="v-gap">')
    assert "<b>8.20</b>" in line
    assert "Filter &lt;all&gt;" in line
    assert line.endswith("[FWL-01]</li>\n")


def test_an_area_has_its_marks_and_the_same_in_words(make_result: Callable[..., Result]) -> None:
    line = str(write_areas(draw_areas([make_result()]), "en"))
    assert "<b>Firewall</b>" in line
    assert "1 finding" in line
    assert line.count("<use ") == 1

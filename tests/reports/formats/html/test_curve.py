from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from rempart_reports.formats.html.curve import HEIGHT, WIDTH, draw_curve
from rempart_reports.views.document import Chart


def test_a_curve_is_a_picture_with_a_name_and_says_its_numbers_in_words() -> None:
    figure = draw_curve(Chart("Open <b>", "First 0, last 4.", (0.0, 2.0, 4.0), 4.0, ("2026-11-01", "2026-11-03")))
    root = ET.fromstring(figure)
    (line,) = root.iter("polyline")
    assert line.get("points") == f"0,{HEIGHT - 2} {WIDTH // 2},{HEIGHT / 2:g} {WIDTH},2"
    (picture,) = root.iter("svg")
    assert (picture.get("role"), picture.get("aria-label")) == ("img", "Open <b>")
    assert "First 0, last 4." in "".join(root.itertext())


def test_where_nothing_is_known_there_is_no_line() -> None:
    figure = draw_curve(Chart("t", "x", (1.0, None, None, 1.0, 0.5), 1.0, ("", "")))
    assert len(re.findall("<polyline", figure)) == 2
    assert "<polyline" not in draw_curve(Chart("t", "x", (None,), 1.0, ("", "")))
    assert "<polyline" in draw_curve(Chart("t", "x", (0.0,), 0.0, ("", "")))

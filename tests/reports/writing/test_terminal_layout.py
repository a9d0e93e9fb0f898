"""How wide text is on a terminal."""

from __future__ import annotations

import io

import pytest

from rempart_reports.writing.terminal_layout import Folded, fold, measure, wrap


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("abc", 3),
        ("été", 3),
        ("漢字", 4),
        ("ａ", 2),
        ("e\u0301", 1),
        ("a\u200db", 2),
        ("", 0),
        ("한글 x", 6),
        ("a\xadb", 2),
        ("…–’✗ é", 6),
        ("…漢", 3),
    ],
)
def test_wide_characters_take_two_columns_and_marks_none(text: str, columns: int) -> None:
    assert measure(text) == columns


@pytest.mark.parametrize("width", [4, 5, 7, 10])
def test_no_line_is_wider_than_it_may_be(width: int) -> None:
    lines = wrap("漢字漢字漢字 abc 한글한글 x", width)
    assert all(measure(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "漢字漢字漢字abc한글한글x"


def test_a_line_that_is_too_long_goes_on_further_in() -> None:
    assert fold("  short", 20) == ["  short"]
    assert fold("  one two three four five six", 25) == ["  one two three four five", "      six"]
    assert fold("  " + "x" * 50, 30) == ["  " + "x" * 24, "      " + "x" * 24, "      xx"]


def test_a_stream_folds_each_of_its_lines_and_keeps_empty_ones() -> None:
    out = io.StringIO()
    Folded(out, 24).writelines(["a\n", "\nb\n", "one two three four five six\n"])
    assert out.getvalue() == "a\n\nb\none two three four five\n    six\n"

"""Wrapping by columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_reports.layout import measure, wrap

WIDE = "機密データ"


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), (WIDE, 10), ("e\u0301", 1), ("été", 3), ("", 0)])
def test_columns_are_what_a_terminal_takes(text: str, columns: int) -> None:
    assert measure(text) == columns


def test_lines_break_at_spaces_and_inside_words_that_are_too_long() -> None:
    assert wrap("one two three", 8) == ["one two", "three"]
    assert wrap("x" * 10, 4) == ["xxxx", "xxxx", "xx"]
    assert wrap(WIDE, 5) == ["機密", "デー", "タ"]
    assert wrap("one two", 8, used=6) == ["", "one two"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])), st.integers(2, 40), st.integers(0, 10))
def test_nothing_is_lost_and_nothing_is_too_wide(text: str, width: int, used: int) -> None:
    lines = wrap(text, width, min(used, width))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(measure(line) <= width for line in lines)

"""Files of systemd, line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import unit_syntax


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[S]\nA=b\\\n# c\nd\n", {"A": ["b d"]}),
        ("[S]\nA=b\\\\\nB=c\n", {"A": ["b\\\\"], "B": ["c"]}),  # an even number is no end of a line
        ("[S]\nA=b\\ \nB=c\n", {"A": ["b\\"], "B": ["c"]}),
        ("[S]\n# a\\\nA=b\n", {"A": ["b"]}),
        ("[S]\nA=b\n\\", {"A": ["b"]}),
        ("\\\n\n[S]\nA=b\n", {"A": ["b"]}),
    ],
)
def test_lines_are_joined_as_systemd_joins_them(text: str, expected: dict[str, list[str]]) -> None:
    assert unit_syntax.parse(text, "S") == expected


def test_a_long_continued_line_is_read_at_once() -> None:
    assert unit_syntax.parse("[S]\nA=\\\n" + "\\\n" * 65_536 + "x\n", "S") == {"A": ["x"]}


@given(st.text(), st.text())
def test_any_unit_file_is_read(text: str, section: str) -> None:
    assert all(isinstance(values, list) for values in unit_syntax.parse(text, section).values())

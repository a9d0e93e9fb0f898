"""Values of cells as SQLite takes them."""

from __future__ import annotations

import pytest

from rempart_agent.engines.sql.cell import as_integer, as_real, as_text
from rempart_agent.said import Why


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é", "é"),
        (None, ""),
        (7, "7"),
        (0.5, "0.5"),
        ("\udcff", "�"),
        (Why("{path}: a NUL byte", path="/\udcff"), "/�: a NUL byte"),
        (Why("no file"), "no file"),
    ],
)
def test_a_text_is_plain_and_can_be_encoded(value: object, text: str) -> None:
    """SQLite takes no lone surrogate, which a file's name may bring, and a reason is a text as any other."""
    assert as_text(value) == text
    assert type(as_text(value)) is str


def test_numbers_are_those_that_osquery_sees() -> None:
    assert [as_integer(one) for one in (7, "010", "0x10", " 3 ", "x", None, 1 << 63)] == [7, 8, 16, 3, None, None, None]
    assert [as_real(one) for one in ("1.5", None, "x")] == [1.5, None, None]

"""Lines that an edit is not about stay as they are."""

from __future__ import annotations

import pytest

from rempart_core.registers.csv_edit import append, drop, pin

TEXT = 'person;evidence\r\np-1;"a;b.pdf"\r\n\r\n"p-2";c.pdf\r\n'


def test_a_row_is_added_in_the_form_of_the_file() -> None:
    assert append(TEXT, {"evidence": "d;.pdf", "person": "p-3"}) == f'{TEXT}p-3;"d;.pdf"\r\n'
    assert append("a,b\n1,2", {"b": "3"}) == "a,b\n1,2\n,3\n"


def test_a_column_that_is_missing_is_added() -> None:
    assert append("a,b\n1,2\n", {"b": "3", "c": "4"}) == "a,b,c\n1,2,\n,3,4\n"


def test_hashes_have_a_column() -> None:
    assert pin(TEXT, {1: "ab"}) == 'person;evidence;sha256\r\np-1;"a;b.pdf";\r\n\r\np-2;c.pdf;ab\r\n'
    assert pin('evidence,sha256\na,\n"b",00\n', {0: "11"}) == 'evidence,sha256\na,11\n"b",00\n'


@pytest.mark.parametrize(
    ("gone", "left"),
    [({0}, 'person;evidence\r\n\r\n"p-2";c.pdf\r\n'), ({0, 1}, "person;evidence\r\n\r\n")],
)
def test_rows_go(gone: set[int], left: str) -> None:
    assert drop(TEXT, gone) == left

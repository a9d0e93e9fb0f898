"""CSV with commas or semicolons; places are those of the cell in the file."""

from __future__ import annotations

import pytest

from rempart_core.messages.say import say
from rempart_core.registers.csv_rows import CsvRows
from rempart_core.registers.raw import RawRow


def _read(text: str) -> tuple[list[RawRow], list[str]]:
    source = CsvRows(text)
    rows = list(source.rows())
    found = [*source.found, *(one for row in rows for one in row.found)]
    return rows, [f"{line}:{column}: {say(message)}" for line, column, message in found]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_cells_and_places(delimiter: str) -> None:
    text = f'a{delimiter}b{delimiter}c\r\n\r\n1{delimiter}"x{delimiter}""y"""{delimiter} z \r\n'
    (row,), told = _read(text)
    assert (row.line, dict(row.values), told) == (3, {"a": "1", "b": f'x{delimiter}"y"', "c": "z"}, [])
    assert (row.place("a"), row.place("b"), row.place("c"), row.place("none")) == ((3, 1), (3, 3), (3, 13), (3, 1))


def test_a_cell_of_several_lines() -> None:
    (first, second), _ = _read('a,b\n"one\ntwo",x\n3,4\n')
    assert (first.line, first.values["a"], first.place("b")) == (2, "one\ntwo", (3, 6))
    assert second.place("b") == (4, 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1:1: is empty"),
        ("a,,b\n", "1:3: a column has no name"),
        ("a,b,a\n", '1:5: the column "a" is named twice'),
        ("a,b\n1\n", "2:1: 1 cell where the first line names 2 columns"),
        ('a,b\n"1,2\n', "2:0: the quote that opens here is never closed"),
        ('a,b\n"1"x,2\n', "2:0: a quote inside a cell has to be written twice"),
        (f"a\n{'x' * 200_000}\n", "2:0: this is no CSV: field larger than field limit (131072)"),
    ],
)
def test_what_is_wrong(text: str, told: str) -> None:
    assert told in _read(text)[1]

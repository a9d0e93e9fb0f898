"""Edits of a register in CSV as text: the lines that an edit is not about stay as they are, to the byte."""

import csv
import io
from collections.abc import Collection, Mapping
from typing import NamedTuple

from rempart_core.registers.csv_rows import CsvRows


class Record(NamedTuple):
    """A row: its lines as they stand there, and its cells."""

    text: str
    cells: list[str]


def append(text: str, values: Mapping[str, str]) -> str:
    """Return the text with one row more at its end.

    Args:
        text: All of the file.
        values: The row's values by column.
    """
    table = _Table(text)
    table.expect_columns(values)
    return table.join() + table.write([values.get(name, "") for name in table.names])


def pin(text: str, hashes: Mapping[int, str]) -> str:
    """Return the text with hashes of evidence; it has a column for them then.

    Args:
        text: All of the file.
        hashes: The hashes by the number of the row, from 0.
    """
    table = _Table(text)
    table.expect_columns(["sha256"])
    place = table.names.index("sha256")
    for number, digest in hashes.items():
        index = table.rows[number]
        cells = list(table.records[index].cells)
        cells[place] = digest
        table.records[index] = Record(table.write(cells), cells)
    return table.join()


def drop(text: str, numbers: Collection[int]) -> str:
    """Return the text without some of its rows.

    Args:
        text: All of the file.
        numbers: Those of the rows, from 0.
    """
    table = _Table(text)
    gone = {table.rows[number] for number in numbers}
    table.records = [one for index, one in enumerate(table.records) if index not in gone]
    return table.join()


class _Table:
    """The lines of a file by the rows that they hold."""

    def __init__(self, text: str) -> None:
        self._delimiter = CsvRows(text).delimiter
        self._feed = "\r\n" if "\r\n" in text else "\n"
        lines = list(io.StringIO(text, newline=""))
        if lines and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += self._feed
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        self.records: list[Record] = []
        begin = 0
        for cells in reader:
            self.records.append(Record("".join(lines[begin : reader.line_num]), cells))
            begin = reader.line_num
        self._head = next(index for index, one in enumerate(self.records) if any(one.cells))
        self.names = [name.strip() for name in self.records[self._head].cells]
        self.rows = [index for index, one in enumerate(self.records) if index > self._head and any(one.cells)]

    def expect_columns(self, names: Collection[str]) -> None:
        """Add the columns that are missing, empty."""
        more = [name for name in names if name not in self.names]
        if not more:
            return
        self.names += more
        for index in (self._head, *self.rows):
            cells = [*self.records[index].cells, *(more if index == self._head else [""] * len(more))]
            self.records[index] = Record(self.write(cells), cells)

    def write(self, cells: list[str]) -> str:
        """Return a row as a line."""
        stream = io.StringIO()
        csv.writer(stream, delimiter=self._delimiter, lineterminator=self._feed).writerow(cells)
        return stream.getvalue()

    def join(self) -> str:
        """Return all lines."""
        return "".join(one.text for one in self.records)

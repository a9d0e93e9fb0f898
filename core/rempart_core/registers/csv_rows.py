"""A register in CSV, as RFC 4180 has it, with commas or semicolons between the cells; its head stands elsewhere."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rempart_core.messages.message import Message
from rempart_core.registers.raw import Found, RawRow
from rempart_core.suggestion import quoted


class CsvRows:
    """The rows of one file; see ``Raw``."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.head: RawRow | None = None
        self.found: list[Found] = []
        self.has_rows = False
        first = text.split("\n", 1)[0]
        self.delimiter = ";" if first.count(";") > first.count(",") else ","

    def rows(self) -> Iterator[RawRow]:
        """See Raw.rows."""
        lines = list(io.StringIO(self._text, newline=""))
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        end = 0
        names: list[str] | None = None
        try:
            for cells in reader:
                line, end = end + 1, reader.line_num
                if not any(cells):
                    continue
                if names is None:
                    names = self._read_names(cells, lines, line)
                    continue
                yield self._row(names, cells, _Place(names, lines, line, end, self.delimiter))
        except csv.Error as error:
            self.found.append((reader.line_num, 0, _explain(str(error))))
        if names is None:
            self.found.append((1, 1, Message("content.empty")))

    def _read_names(self, cells: Sequence[str], lines: list[str], line: int) -> list[str]:
        self.has_rows = True
        names = [cell.strip() for cell in cells]
        place = _Place(names, lines, line, line, self.delimiter)
        for index, name in enumerate(names):
            if not name:
                self.found.append((*place.at(index), Message("registers.no_column_name")))
            elif name in names[:index]:
                self.found.append((*place.at(index), Message("registers.column_twice", name=quoted(name))))
        return names

    def _row(self, names: Sequence[str], cells: list[str], place: "_Place") -> RawRow:
        values = {name: text for name, cell in zip(names, cells, strict=False) if (text := cell.strip())}
        if len(cells) == len(names):
            return RawRow(place.line, values, place)
        wrong = Message("registers.cells", found=len(cells), expected=len(names))
        return RawRow(place.line, values, place, ((place.line, 1, wrong),))


class _Place(NamedTuple):
    """Tells where a row's cells stand, by reading its line again."""

    names: Sequence[str]
    lines: Sequence[str]
    line: int
    end: int
    delimiter: str

    def __call__(self, name: str) -> tuple[int, int]:
        """See Place."""
        return self.at(self.names.index(name)) if name in self.names else (self.line, 1)

    def at(self, wanted: int) -> tuple[int, int]:
        """Return the place of a cell by its number."""
        text = "".join(self.lines[self.line - 1 : self.end])
        starts = [0]
        inside = False
        for offset, character in enumerate(text):
            if character == '"':
                inside = not inside
            elif character == self.delimiter and not inside:
                starts.append(offset + 1)
        start = starts[min(wanted, len(starts) - 1)]
        before = text[:start]
        return self.line + before.count("\n"), start - (before.rfind("\n") + 1) + 1


def _explain(problem: str) -> Message:
    if "end of data" in problem:
        return Message("content.quote_open")
    if "expected after" in problem:
        return Message("registers.quote_inside")
    return Message("registers.no_csv", error=problem)

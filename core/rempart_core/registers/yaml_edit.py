"""Edits of a register in YAML as text: comments, order and quotes of the user stay as they are."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from rempart_core.registers.yaml_rows import ENTRIES

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*", re.ASCII)
_SELF = re.compile(r"\d{4}-\d\d-\d\d|\d{1,15}|[0-9a-f]{64}|true|false", re.ASCII)
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_LISTED = re.compile(r"\s*(#.*)?", re.ASCII)


class Cell(NamedTuple):
    """A value of a row or of the head.

    Attributes:
        indent: The column of its key, from 0.
        start: Where the value begins in the text.
        end: Where it ends.
        flow: Whether it stands in braces.
    """

    indent: int
    start: int
    end: int
    flow: bool


class Entry(NamedTuple):
    """A row.

    Attributes:
        start: Where its keys begin.
        end: Where they end.
        cells: Its values; what stands in ``evidence`` is called ``evidence`` and ``sha256``.
    """

    start: int
    end: int
    cells: dict[str, Cell]


class Layout(NamedTuple):
    """Where the parts of a file stand.

    Attributes:
        key: Where the key ``entries`` ends.
        start: Where the list begins.
        end: Where it ends; of a list in lines this is the start of what follows.
        flow: Whether it stands in brackets.
        dash: The column of its dashes, from 0.
        rows: Its rows.
        head: The values beside it.
    """

    key: int
    start: int
    end: int
    flow: bool
    dash: int
    rows: list[Entry]
    head: dict[str, Cell]


class CannotEditError(Exception):
    """A file is written in a way that can't be edited without touching more of it."""


def append(text: str, values: Mapping[str, str]) -> str:
    """Return the text with one row more at the end of its list.

    Args:
        text: All of the file.
        values: The row's values by column.

    Raises:
        CannotEditError: There is no list.
    """
    found = lay_out(text)
    row = write_row(values)
    if found.flow and found.rows:
        return _replace(text, [(found.rows[-1].end, found.rows[-1].end, f", {row}")])
    feed = _line_feed(text)
    if found.flow:
        return _replace(text, [(found.start, found.end, f"{feed}  - {row}")])
    if not found.rows:
        raise CannotEditError
    end = _line_end(text, found.rows[-1].end)
    return _replace(text, [(end, end, f"{feed}{' ' * found.dash}- {row}")])


def pin(text: str, hashes: Mapping[int, str]) -> str:
    """Return the text with hashes of evidence.

    Args:
        text: All of the file.
        hashes: The hashes by the number of the row, from 0.

    Raises:
        CannotEditError: A row has no evidence.
    """
    rows = lay_out(text).rows
    edits = []
    for number, digest in hashes.items():
        cells = rows[number].cells
        if "sha256" in cells:
            old = cells["sha256"]
            blank = "" if old.end > old.start else " "
            edits.append((old.start, old.end, f"{blank}{digest}"))
            continue
        if "evidence" not in cells:
            raise CannotEditError
        file = cells["evidence"]
        if file.flow:
            edits.append((file.end, file.end, f", sha256: {digest}"))
        else:
            end = _line_end(text, file.end)
            edits.append((end, end, f"{_line_feed(text)}{' ' * file.indent}sha256: {digest}"))
    return _replace(text, edits)


def drop(text: str, numbers: Collection[int]) -> str:
    """Return the text without some of its rows.

    Args:
        text: All of the file.
        numbers: Those of the rows, from 0.

    Raises:
        CannotEditError: A row does not begin at a dash of its own.
    """
    found = lay_out(text)
    gone = sorted(numbers)
    if len(gone) == len(found.rows):
        if found.flow:
            return _replace(text, [(found.start, found.end, "[]")])
        colon = text.index(":", found.key)
        edits = [(colon + 1, colon + 1, " []")]
        return _replace(text, edits + [_lines_of(text, found, number) for number in gone])
    if not found.flow:
        return _replace(text, [_lines_of(text, found, number) for number in gone])
    edits = []
    for number in gone:
        if number + 1 < len(found.rows) and all(before in gone for before in range(number)):
            edits.append((found.rows[number].start, found.rows[number + 1].start, ""))
        else:
            edits.append((found.rows[number - 1].end, found.rows[number].end, ""))
    return _replace(text, edits)


def confirm(text: str, values: Mapping[str, str]) -> str:
    """Return the text with another head.

    Args:
        text: All of the file.
        values: What the head says from now on.

    Raises:
        CannotEditError: It has no such key.
    """
    head = lay_out(text, entries=False).head
    if not values.keys() <= head.keys():
        raise CannotEditError
    return _replace(text, [(head[name].start, head[name].end, value) for name, value in values.items()])


def confirm_under(text: str, name: str, values: Mapping[str, str]) -> str:
    """Return the text of a file of heads with another head for one register.

    Args:
        text: All of the file.
        name: The register's.
        values: What its head says from now on.

    Raises:
        CannotEditError: It has no such head.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Iterator[Any] = iter(yaml.parse(text, Loader=loader))
    for event in events:
        if type(event).__name__ == "ScalarEvent" and event.value == name:
            cells: dict[str, Cell] = {}
            start = next(events)
            if type(start).__name__ == "MappingStartEvent":
                _read_cells(start, events, cells, "head")
            if values.keys() <= cells.keys():
                return _replace(text, [(cells[key].start, cells[key].end, value) for key, value in values.items()])
            break
    raise CannotEditError


def write_row(values: Mapping[str, str]) -> str:
    """Return a row in braces, its evidence as a mapping of its own."""
    parts = [f"{name}: {write_value(text)}" for name, text in values.items() if name not in ("evidence", "sha256")]
    if "evidence" in values:
        pinned = f", sha256: {values['sha256']}" if values.get("sha256") else ""
        parts.append(f"evidence: {{file: {write_value(values['evidence'])}{pinned}}}")
    return f"{{{', '.join(parts)}}}"


def write_value(text: str) -> str:
    """Return a value as YAML has it: in quotes unless every reader takes it for the same."""
    if _SELF.fullmatch(text) or (_PLAIN.fullmatch(text) and text.lower() not in _WORDS):
        return text
    return json.dumps(text, ensure_ascii=False)


def lay_out(text: str, *, entries: bool = True) -> Layout:
    """Return where the parts of a file stand.

    Args:
        text: All of it; it holds no mistake.
        entries: Whether there has to be a list.

    Raises:
        CannotEditError: There is none.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Iterator[Any] = iter(yaml.parse(text, Loader=loader))
    for event in events:
        if type(event).__name__ == "MappingStartEvent":
            break
    found: Layout | None = None
    head: dict[str, Cell] = {}
    for key in events:
        if type(key).__name__ != "ScalarEvent":
            break
        value = next(events)
        if type(value).__name__ == "SequenceStartEvent" and key.value == ENTRIES:
            rows, end = _read_rows(events)
            mark = value.start_mark
            found = Layout(key.end_mark.index, mark.index, end, bool(value.flow_style), mark.column, rows, head)
        elif type(value).__name__ == "ScalarEvent":
            head[key.value] = Cell(key.start_mark.column, value.start_mark.index, value.end_mark.index, flow=False)
        else:
            raise CannotEditError
    if found is None:
        if entries:
            raise CannotEditError
        return Layout(0, 0, 0, flow=False, dash=0, rows=[], head=head)
    return found


def _read_rows(events: Iterator[Any]) -> tuple[list[Entry], int]:
    rows: list[Entry] = []
    for event in events:
        if type(event).__name__ == "SequenceEndEvent":
            return rows, event.end_mark.index
        if type(event).__name__ != "MappingStartEvent":
            break
        cells: dict[str, Cell] = {}
        end = _read_cells(event, events, cells, "")
        rows.append(Entry(event.start_mark.index, end, cells))
    raise CannotEditError


def _read_cells(start: Any, events: Iterator[Any], cells: dict[str, Cell], outer: str) -> int:
    """Read a mapping and return where it ends."""
    end = 0
    flow = bool(start.flow_style)
    for key in events:
        kind = type(key).__name__
        if kind == "MappingEndEvent":
            return key.end_mark.index if flow else end
        value = next(events)
        if kind == "ScalarEvent" and type(value).__name__ == "ScalarEvent":
            name = {"file": "evidence"}.get(key.value, key.value) if outer == "evidence" else key.value
            end = value.end_mark.index
            cells[name] = Cell(key.start_mark.column, value.start_mark.index, end, flow)
        elif type(value).__name__ == "MappingStartEvent" and not outer:
            end = _read_cells(value, events, cells, key.value)
        else:
            break
    raise CannotEditError


def _lines_of(text: str, found: Layout, number: int) -> tuple[int, int, str]:
    """Return the edit that takes the lines of a row away."""
    row = found.rows[number]
    start = text.rfind("\n", 0, row.start) + 1
    while text[start + found.dash : start + found.dash + 1] != "-" or text[start : start + found.dash].strip():
        if start == 0:
            raise CannotEditError
        start = text.rfind("\n", 0, start - 1) + 1
    end = _line_end(text, row.end)
    if end < len(text):
        end = text.index("\n", end) + 1
    return start, end, ""


def _line_end(text: str, offset: int) -> int:
    """Return where the line of an offset ends; a block of text ends where its last line does."""
    if offset and text[offset - 1] == "\n":
        offset = len(text[:offset].rstrip("\r\n"))
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    if not _LISTED.fullmatch(text[offset:end].rstrip("\r")):
        raise CannotEditError  # something else begins on the same line
    return end - 1 if end and text[end - 1] == "\r" else end


def _line_feed(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _replace(text: str, edits: list[tuple[int, int, str]]) -> str:
    parts = []
    last = 0
    for start, end, new in sorted(edits):
        parts += [text[last:start], new]
        last = end
    return "".join([*parts, text[last:]])

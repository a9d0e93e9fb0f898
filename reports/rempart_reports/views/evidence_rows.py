"""The rows of evidence as a reader sees them: what all of them expect once, empty columns left out, worst first."""

from typing import NamedTuple

from rempart_core.model.result import Evidence
from rempart_core.model.sentence import Piece, Wording, speak, tell_column
from rempart_reports.writing.evidence import COLUMNS, mark_of, name_column, told_columns

SHOWN = 10  # rows that are in sight; the others are folded


class SeenRow(NamedTuple):
    """One row; all texts are as they came, untrusted.

    Attributes:
        mark: ``fail``, ``undecided`` or ``pass``.
        item: What was looked at.
        observed: What was seen.
        expected: What should be; empty where that is what is told once for all rows.
        more: The other columns that have a value.
    """

    mark: str
    item: tuple[Piece, ...]
    observed: tuple[Piece, ...]
    expected: tuple[Piece, ...]
    more: tuple[tuple[str, tuple[Piece, ...]], ...]


class SeenRows(NamedTuple):
    """The rows of one statement.

    Attributes:
        expected: What all rows that do not pass expect, where it is the same; else empty.
        rows: The rows.
    """

    expected: tuple[Piece, ...]
    rows: list[SeenRow]


def see_rows(evidence: Evidence, wording: Wording, language: str) -> SeenRows:
    """Return the rows of a statement as they are shown.

    Args:
        evidence: What was seen.
        wording: The result's: rows that name sentences are told in the language.
        language: ``en`` or ``fr``.
    """
    rows = [_see(row, wording, language) for row in evidence.rows]
    expected = {row.expected for row in rows if row.mark != "pass"} or {row.expected for row in rows}
    common = expected.pop() if len(expected) == 1 else ()
    return SeenRows(common, [row._replace(expected=()) if row.expected == common else row for row in rows])


def _see(row: dict[str, str], wording: Wording, language: str) -> SeenRow:
    spoken = speak(row, wording, language) if wording.sentences else None
    hidden = frozenset(COLUMNS) if spoken is None else told_columns(wording).union(COLUMNS)
    item, observed, expected = spoken or (_quote(row.get(name, "")) for name in COLUMNS[:3])
    more = tuple(
        (name_column(name, language), tell_column(name, value, wording, language))
        for name, value in row.items()
        if value and name not in hidden
    )
    return SeenRow(mark_of(row), item, observed, expected, more)


def _quote(value: str) -> tuple[Piece, ...]:
    return (Piece(value, data=True),) if value else ()

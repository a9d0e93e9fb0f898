"""How much of each finding is printed, so that the page of a host fits on eight sheets; the page itself has all."""

from typing import NamedTuple

from rempart_core.model.result import Evidence, Result
from rempart_reports.views.evidence_rows import SHOWN
from rempart_reports.views.host import Groups
from rempart_reports.writing.evidence import mark_of

_ROOM = 520  # lines of a column, of the sheets that verdict, requirements and facts leave
_CHOICES = (SHOWN, 6, 3, 2, 1)
_COLUMN = 54  # characters of a line of evidence
_CUT = 4  # lines of one row at most


class PrintRoom(NamedTuple):
    """How a host is printed.

    Attributes:
        rows: How many rows of each finding.
        short: Whether each thing has one line only, since else there would be too many sheets.
    """

    rows: int
    short: bool


def measure(groups: Groups) -> PrintRoom:
    """Return how many rows of each finding there is room for; lines are reckoned from the lengths of texts."""
    others = 9 * (len(groups.waived) + len(groups.known))
    others += 6 * (len(groups.errors) + len(groups.not_checked))
    others += 4 * len(groups.not_applicable) + 2 * len(groups.passed)
    for rows in _CHOICES:
        if others + sum(_reckon(result, rows) for result in groups.findings) <= _ROOM:
            return PrintRoom(rows, short=False)
    return PrintRoom(1, short=True)


def _reckon(result: Result, rows: int) -> int:
    """Return about how many lines a finding takes: title, fix and space, waivers, and the rows of its statements."""
    seen = (_reckon_rows(evidence, rows) for evidence in (result.evidence, result.witness) if evidence)
    return 6 + 4 * len(result.expired_waivers) + 2 * result.incomplete + sum(seen)


def _reckon_rows(evidence: Evidence, rows: int) -> int:
    shown = [row for row in evidence.rows[:rows] if mark_of(row) != "pass"]
    lengths = (sum(map(len, row.values())) + 4 * len(row) for row in shown)
    return 3 + sum(min(_CUT, 1 + length // _COLUMN) for length in lengths)

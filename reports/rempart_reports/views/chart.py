"""The picture of a run: one mark for each check, area by area, and a bar of how all came out."""

from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.result import Result
from rempart_reports.views.host import kind_of, rank

KINDS = ("fail", "error", "waived", "known", "not_checked", "not_applicable", "pass")
_PLACES = {kind: place for place, kind in enumerate(KINDS)}
PER_LINE = 8  # marks of one area that stand side by side
STEP = 20  # from mark to mark, in the picture's own units


class Mark(NamedTuple):
    """One check in the picture: its kind, its severity, and where it stands."""

    kind: str
    severity: str
    x: int
    y: int


class AreaRow(NamedTuple):
    """One area: its marks, worst first, and the numbers that say the same.

    Attributes:
        area: The area's folder.
        marks: One for each check.
        width: Of the picture.
        height: Of the picture.
        severities: Open findings by severity, critical first.
        kinds: Results by kind.
        total: All results.
    """

    area: str
    marks: list[Mark]
    width: int
    height: int
    severities: list[int]
    kinds: dict[str, int]
    total: int


class Segment(NamedTuple):
    """One stretch of the bar: where it begins and how long it is, counted in checks."""

    kind: str
    severity: str
    start: int
    length: int


def order(results: list[Result]) -> list[Result]:
    """Return the results as a picture has them: by kind, then worst first."""
    return sorted(results, key=_order)


def draw_areas(results: list[Result]) -> list[AreaRow]:
    """Return one row for each area, the one with the worst finding first; the results are in :func:`order`."""
    areas: dict[str, list[Result]] = {}
    for result in results:
        areas.setdefault(result.area, []).append(result)
    rows = [_draw_area(area, found) for area, found in areas.items()]
    return sorted(rows, key=lambda row: ([-count for count in row.severities], -row.kinds["error"], row.area))


def draw_bar(results: list[Result]) -> list[Segment]:
    """Return the stretches of the bar: findings by severity, then the other kinds; the results are in :func:`order`."""
    counts: dict[tuple[str, str], int] = {}
    for result in results:
        kind = kind_of(result)
        key = (kind, result.severity.value if kind == "fail" else "")
        counts[key] = counts.get(key, 0) + 1
    segments, start = [], 0
    for (kind, severity), count in counts.items():
        segments.append(Segment(kind, severity, start, count))
        start += count
    return segments


def _draw_area(area: str, results: list[Result]) -> AreaRow:
    marks = [
        Mark(kind_of(result), result.severity.value, place % PER_LINE * STEP, place // PER_LINE * STEP)
        for place, result in enumerate(results)
    ]
    return AreaRow(
        area=area,
        marks=marks,
        width=min(len(marks), PER_LINE) * STEP,
        height=(len(marks) - 1) // PER_LINE * STEP + STEP,
        severities=[sum(m.kind == "fail" and m.severity == severity.value for m in marks) for severity in Severity],
        kinds={kind: sum(mark.kind == kind for mark in marks) for kind in KINDS},
        total=len(marks),
    )


def _order(result: Result) -> tuple[int, int, str]:
    return (_PLACES[kind_of(result)], *rank(result))

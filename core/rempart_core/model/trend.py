"""How a fleet moved over many nights: what was open, how much was judged, how long findings took to be fixed."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rempart_core.model.check import Severity


class TrendNight(NamedTuple):
    """A fleet at the end of one day on which something was audited.

    Attributes:
        at: When the day's last run ended, seconds since 1970.
        open: Findings that count, by severity, by the last answer of each endpoint.
        hosts: Endpoints that were known.
        silent: Those of them whose last visit got no answer.
        judged: Results that passed or failed, by the last visit of each endpoint.
        asked: The same, and those that could not be judged; what does not apply is in neither.
    """

    at: int
    open: dict[Severity, int]
    hosts: int
    silent: int
    judged: int
    asked: int

    @property
    def critical(self) -> int:
        """Return how many critical findings were open."""
        return self.open[Severity.CRITICAL]


class ClosedFinding(NamedTuple):
    """A finding of one endpoint that was seen to be gone.

    Attributes:
        host: The endpoint's name.
        check: The check's id.
        severity: The one in force while it failed last.
        since: When it failed first.
        closed: When it was seen to pass, or not to apply any more.
    """

    host: str
    check: str
    severity: Severity
    since: int
    closed: int


class RepairTime(NamedTuple):
    """How long findings of one severity took until they were seen to be fixed.

    Attributes:
        severity: The severity.
        closed: How many were closed.
        median: Seconds, of these; None where none was closed.
        ninetieth: Seconds within which nine of ten were closed; None where none was.
        open: How many are open.
        oldest: Seconds for which the oldest of these is open; None where none is.
    """

    severity: Severity
    closed: int
    median: int | None
    ninetieth: int | None
    open: int
    oldest: int | None


class Trend(NamedTuple):
    """The nights, oldest first, and the times of repair, critical first."""

    nights: tuple[TrendNight, ...]
    repairs: tuple[RepairTime, ...]


def measure_repairs(closed: Iterable[tuple[Severity, int]], ages: Iterable[tuple[Severity, int]]) -> list[RepairTime]:
    """Return the times of repair of each severity.

    Args:
        closed: Severity and seconds of each finding that was closed.
        ages: Severity and seconds of each that is open.
    """
    took: dict[Severity, list[int]] = {severity: [] for severity in Severity}
    waits: dict[Severity, list[int]] = {severity: [] for severity in Severity}
    for found, pairs in ((took, closed), (waits, ages)):
        for severity, seconds in pairs:
            found[severity].append(seconds)
    return [
        RepairTime(
            severity,
            len(took[severity]),
            rank_of(sorted(took[severity]), 0.5),
            rank_of(sorted(took[severity]), 0.9),
            len(waits[severity]),
            max(waits[severity], default=None),
        )
        for severity in Severity
    ]


def rank_of(values: Sequence[int], share: float) -> int | None:
    """Return the smallest value that a share of all does not exceed (nearest rank); None of nothing.

    Args:
        values: Sorted.
        share: Above 0, up to 1.
    """
    return values[max(0, math.ceil(len(values) * share) - 1)] if values else None

"""How many findings were open at the end of each day that a store knows: the numbers, and a picture of bars."""

from collections.abc import Sequence
from typing import NamedTuple

from rempart_core.model.check import Severity

NIGHTS = 30  # days that a report shows
STEP, BAR = 10, 8  # from bar to bar, and how wide one is, in the picture's own units
HEIGHT = 100


class Night(NamedTuple):
    """A fleet at the end of one day.

    Attributes:
        moment: When the day's last run ended, UTC, ``2026-11-25T13:00:00Z``.
        severities: Findings that were open then by severity, critical first, by the last answer of each host.
        hosts: Hosts that were known then.
    """

    moment: str
    severities: tuple[int, ...]
    hosts: int

    @property
    def total(self) -> int:
        """Return how many were open."""
        return sum(self.severities)


class TrendBar(NamedTuple):
    """One stretch of a bar; the worst severity is lowest."""

    severity: str
    x: int
    y: float
    height: float


def draw_trend(nights: Sequence[Night]) -> list[TrendBar]:
    """Return the stretches of the bars, a bar a day, the highest as high as the picture."""
    most = max((night.total for night in nights), default=0)
    bars = []
    for place, night in enumerate(nights):
        base = float(HEIGHT)
        for severity, count in zip(Severity, night.severities, strict=True):
            if count:
                height = round(count * HEIGHT / most, 2)
                base = round(base - height, 2)
                bars.append(TrendBar(severity.value, place * STEP, max(base, 0.0), height))
    return bars

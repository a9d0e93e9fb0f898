"""A fleet by area: how many findings of each severity are open in it, and on how many hosts."""

from collections.abc import Iterable
from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.result import Result, State

_PLACES = {severity: place for place, severity in enumerate(Severity)}


class FleetArea(NamedTuple):
    """One area.

    Attributes:
        area: Its folder's name, untrusted.
        severities: Open findings by severity, critical first.
        hosts: Hosts with an open finding in it.
        unjudged: Hosts on which a check of it could not be judged: an area without findings is not clean there.
    """

    area: str
    severities: tuple[int, ...]
    hosts: int
    unjudged: int


class FleetAreas:
    """Counts the areas of a fleet while its runs pass by; memory grows with the areas only."""

    def __init__(self) -> None:
        self._severities: dict[str, list[int]] = {}
        self._hosts: dict[str, int] = {}
        self._unjudged: dict[str, int] = {}

    def add(self, results: Iterable[Result]) -> None:
        """Count the results of one host."""
        affected, unjudged = set(), set()
        for result in results:
            counts = self._severities.get(result.area)
            if counts is None:
                counts = self._severities[result.area] = [0] * len(_PLACES)
            if result.open:
                counts[_PLACES[result.severity]] += 1
                affected.add(result.area)
            elif result.state in {State.ERROR, State.NOT_CHECKED}:
                unjudged.add(result.area)
        for counted, areas in ((self._hosts, affected), (self._unjudged, unjudged)):
            for area in areas:
                counted[area] = counted.get(area, 0) + 1

    def list(self) -> list[FleetArea]:
        """Return the areas, the one with the worst findings first; those without any are among them."""
        rows = [
            FleetArea(area, tuple(counts), self._hosts.get(area, 0), self._unjudged.get(area, 0))
            for area, counts in self._severities.items()
        ]
        return sorted(rows, key=lambda row: ([-count for count in row.severities], row.area))

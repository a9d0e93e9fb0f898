"""A fleet by area: how many findings of each severity are open in it, and on how many hosts."""

from collections.abc import Iterable
from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.result import Result

_PLACES = {severity: place for place, severity in enumerate(Severity)}


class FleetArea(NamedTuple):
    """One area.

    Attributes:
        area: Its folder's name, untrusted.
        severities: Open findings by severity, critical first.
        hosts: Hosts with an open finding in it.
    """

    area: str
    severities: tuple[int, ...]
    hosts: int


class FleetAreas:
    """Counts the areas of a fleet while its runs pass by; memory grows with the areas only."""

    def __init__(self) -> None:
        self._severities: dict[str, list[int]] = {}
        self._hosts: dict[str, int] = {}

    def add(self, results: Iterable[Result]) -> None:
        """Count the results of one host."""
        affected = set()
        for result in results:
            counts = self._severities.get(result.area)
            if counts is None:
                counts = self._severities[result.area] = [0] * len(_PLACES)
            if result.open:
                counts[_PLACES[result.severity]] += 1
                affected.add(result.area)
        for area in affected:
            self._hosts[area] = self._hosts.get(area, 0) + 1

    def list(self) -> list[FleetArea]:
        """Return the areas, the one with the worst findings first; those without any are among them."""
        rows = [FleetArea(area, tuple(counts), self._hosts.get(area, 0)) for area, counts in self._severities.items()]
        return sorted(rows, key=lambda row: ([-count for count in row.severities], row.area))

"""Which fixes come first: those that lower the risk most for the least disruption, on one host or on a fleet."""

from collections.abc import Iterable
from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.result import Result
from rempart_core.text import Text

SHOWN = 3  # fixes that a report names
_RISK = {Severity.CRITICAL: 8, Severity.HIGH: 4, Severity.MEDIUM: 2, Severity.LOW: 1, Severity.INFO: 0}
_COST = {"none": 1, "service": 2, "session": 2, "reboot": 4, "lockout": 4, "manual": 6}
_UNKNOWN = max(_COST.values())  # of a disruption that this version does not know


class FirstFix(NamedTuple):
    """A fix that is worth to start with.

    Attributes:
        check: The id of the check that fails.
        title: Its title.
        severity: The one in force.
        disruption: One of ``rempart_core.model.check.DISRUPTIONS``.
        hosts: On how many hosts the check fails.
    """

    check: str
    title: Text
    severity: Severity
    disruption: str
    hosts: int = 1

    @property
    def rank(self) -> tuple[float, int, str]:
        """Return the key that puts first what lowers the risk most for its cost; equals go by severity, then id."""
        gain = _RISK[self.severity] * self.hosts / _COST.get(self.disruption, _UNKNOWN)
        return -gain, self.severity.rank, self.check


def choose_fixes(candidates: Iterable[FirstFix], count: int = SHOWN) -> list[FirstFix]:
    """Return the best ``count`` of some fixes, the best first; what is only information is never among them.

    Args:
        candidates: Fixes, with what they are for.
        count: The most that are returned.
    """
    return sorted((one for one in candidates if _RISK[one.severity]), key=lambda one: one.rank)[:count]


def choose_of_results(results: Iterable[Result], count: int = SHOWN) -> list[FirstFix]:
    """Return where to start with one host: the best fixes of its open findings.

    Args:
        results: Of one host.
        count: The most that are returned.
    """
    return choose_fixes(
        (FirstFix(one.check, one.title, one.severity, one.remediation.disruption) for one in results if one.open),
        count,
    )

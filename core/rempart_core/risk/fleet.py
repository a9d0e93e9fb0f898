"""The risk of a fleet: half its mean, half its worst hosts, so that many good ones hide no terrible one.

Means are plain. Weighed by what depends on a host, a good host whose criticality nobody states any more would count
more than before and make the whole look better: who says less would be better off.
"""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from rempart_core.model.result import State
from rempart_core.risk.hazard import Finding
from rempart_core.risk.host import Coverage, HostFacts, HostRisk, assess_host
from rempart_core.risk.numbers import PRECISION, Numbers, rounded


class FleetRisk(NamedTuple):
    """The risk of a fleet.

    Attributes:
        hosts: Each host's, worst first.
        posture: Mean of the hosts': 100 is the best.
        mean: Mean of the hosts' risks.
        worst: Mean of the risks of the worst hosts.
        worst_count: How many these are.
        risk: Half of the one and half of the other.
        coverage: How much was judged.
        provisional: Whether that is too little.
    """

    hosts: tuple[HostRisk, ...]
    posture: float
    mean: float
    worst: float
    worst_count: int
    risk: float
    coverage: Coverage
    provisional: bool

    @property
    def without_gravity(self) -> list[str]:
        """Return the hosts whose criticality nobody stated; they count as the worst."""
        return sorted(one.facts.name for one in self.hosts if not one.facts.gravity)

    @property
    def without_exposure(self) -> list[str]:
        """Return the hosts of which nobody stated how far they can be reached; they count as the worst."""
        return sorted(one.facts.name for one in self.hosts if not one.facts.exposure)

    @property
    def unheard(self) -> list[str]:
        """Return the hosts that did not answer, or answered too long ago."""
        return sorted(one.facts.name for one in self.hosts if one.facts.unheard)


def prepare(hosts: Sequence[HostFacts]) -> list[HostFacts]:
    """Return hosts as they count: of one that is not heard no verdict holds but that something failed.

    One that never answered counts as if it had been asked all that any other was asked.

    Args:
        hosts: As they are known.
    """
    asked: dict[str, Finding] = {}
    for host in hosts:
        for one in host.findings:
            if one.check not in asked or one.severity.rank < asked[one.check].severity.rank:
                asked[one.check] = one
    anything = tuple(
        Finding(one.check, one.severity, State.NOT_CHECKED, title=one.title) for _, one in sorted(asked.items())
    )
    prepared = []
    for host in hosts:
        if not host.findings:
            prepared.append(host._replace(findings=anything, unheard=True))
        elif host.unheard:
            prepared.append(host._replace(findings=tuple(one.unseen() for one in host.findings)))
        else:
            prepared.append(host)
    return prepared


def assess_fleet(hosts: Sequence[HostFacts], now: int, numbers: Numbers) -> FleetRisk | None:
    """Return the risk of a fleet; None of no hosts at all, of which nothing can be said.

    Args:
        hosts: What is known of each, see :func:`prepare`.
        now: Seconds since 1970.
        numbers: The weights.
    """
    if not hosts:
        return None
    found = sorted(
        (assess_host(one, now, numbers) for one in hosts), key=lambda one: (-one.risk, one.posture, one.facts.name)
    )
    count = max(1, ceil(rounded(len(found) * numbers.worst, PRECISION)))
    mean = _mean([one.risk for one in found])
    worst = _mean([one.risk for one in found[:count]])
    coverage = Coverage(
        rounded(sum(one.coverage.judged for one in found), PRECISION),
        rounded(sum(one.coverage.applicable for one in found), PRECISION),
    )
    return FleetRisk(
        tuple(found),
        _mean([one.posture for one in found]),
        mean,
        worst,
        count,
        rounded((mean + worst) / 2, 1),
        coverage,
        coverage.share < numbers.covered,
    )


def _mean(values: Sequence[float]) -> float:
    return rounded(sum(values) / len(values), 1)

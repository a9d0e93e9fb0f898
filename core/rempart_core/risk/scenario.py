"""The risk of a scenario: what its checks leave open on the hosts that they concern, and controls that are not kept.

likelihood = 1 − e^−((Σ hazards ÷ hosts + unasked) ÷ divisor + Σ −ln(1 − q) × state over its controls). A host concerns
a scenario when it was asked one of its checks, whatever that came to: else a fix that makes a check pointless would
take its host out of the mean and raise the risk. A check that no host was asked counts as one without a verdict.
"""

from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from math import exp
from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_core.risk.hazard import Finding, Term, make_term
from rempart_core.risk.host import Coverage, HostFacts, find_gate, measure, sort_terms
from rempart_core.risk.numbers import EXPOSURES, GRAVITIES, PRECISION, Numbers, hazard_of, rounded
from rempart_core.text import Text

CONTROL_STATES = ("missing", "unknown", "gap", "waived", "kept")
"""What an organisational control comes to: nobody asks it, nobody knows, a gap was found, accepted, kept."""


class Scenario(NamedTuple):
    """A risk scenario.

    Attributes:
        id: ``S3``.
        title: What happens.
        threat: Who or what does it; ISO 27005 calls it threat, EBIOS RM the source of risk and its objective.
        consequence: What it leads to; EBIOS RM calls it the feared event.
        iso: How ISO/IEC 27005 would put it.
        ebios: How EBIOS RM would put it.
        checks: Globs of the checks that carry it.
        controls: Ids of the organisational controls that do.
        gravity: G1 to G4, where no host is concerned.
    """

    id: str
    title: Text
    threat: Text
    consequence: Text
    iso: Text
    ebios: Text
    checks: tuple[str, ...]
    controls: tuple[str, ...]
    gravity: str

    def carries(self, check: str) -> bool:
        """Tell whether a check, by its id, carries it."""
        return any(fnmatchcase(check, glob) for glob in self.checks)


class ControlTerm(NamedTuple):
    """What one organisational control adds.

    Attributes:
        control: Its id.
        state: One of ``CONTROL_STATES``.
        weight: −ln(1 − q).
        factor: Of the state.
    """

    control: str
    state: str
    weight: float
    factor: float

    @property
    def hazard(self) -> float:
        """Return the product, rounded as it is printed."""
        return rounded(self.weight * self.factor, PRECISION)


class HostShare(NamedTuple):
    """What one host adds to a scenario.

    Attributes:
        name: The host.
        gravity: The one that counts.
        terms: Those that count, worst first.
        hazard: Their sum.
    """

    name: str
    gravity: str
    terms: tuple[Term, ...]
    hazard: float


class ScenarioRisk(NamedTuple):
    """The risk of a scenario, with all that it comes from.

    Attributes:
        scenario: The scenario.
        hosts: What each host that it concerns adds, worst first.
        technical: (Mean of their hazards + those of what no host was asked) ÷ divisor.
        controls: What each organisational control adds.
        organisational: Sum of that.
        likelihood: Between 0 and 1.
        likelihood_class: V1 to V4.
        gravity: The worst of the hosts that it concerns.
        level: Of the matrix; the worst where a gate holds.
        gate: Critical checks that are open on a host on which much depends.
        unasked: What checks add that carry it and that no host was asked.
        coverage: How much was judged.
        provisional: Whether that is too little.
    """

    scenario: Scenario
    hosts: tuple[HostShare, ...]
    technical: float
    controls: tuple[ControlTerm, ...]
    organisational: float
    likelihood: float
    likelihood_class: str
    gravity: str
    level: str
    gate: tuple[str, ...]
    unasked: tuple[Term, ...]
    coverage: Coverage
    provisional: bool


class Situation(NamedTuple):
    """What scenarios are judged by.

    Attributes:
        hosts: Of the fleet, see :func:`rempart_core.risk.fleet.prepare`.
        controls: What each organisational control comes to, one of ``CONTROL_STATES``, by id.
        known: Severities of all checks that there are, by id.
        now: Seconds since 1970.
    """

    hosts: Sequence[HostFacts]
    controls: Mapping[str, str]
    known: Mapping[str, Severity]
    now: int

    def fixed(self, done: Collection[str]) -> "Situation":
        """Return it once checks pass on every host, and controls are kept.

        Args:
            done: Ids of checks and controls.
        """
        hosts = [
            host._replace(
                findings=tuple(one.fixed() if one.check in done and one.applicable else one for one in host.findings)
            )
            for host in self.hosts
        ]
        return self._replace(hosts=hosts, controls={**self.controls, **dict.fromkeys(done, "kept")})


def assess_scenario(scenario: Scenario, situation: Situation, numbers: Numbers) -> ScenarioRisk:
    """Return the risk of a scenario.

    Args:
        scenario: The scenario.
        situation: What it is judged by.
        numbers: The weights.
    """
    shares: list[HostShare] = []
    findings: list[Finding] = []
    gate: list[str] = []
    gravities: list[str] = []
    exposures: list[str] = []
    asked: set[str] = set()
    for host in situation.hosts:
        own = [one for one in host.findings if scenario.carries(one.check)]
        if not own:
            continue
        gravity = host.gravity or GRAVITIES[-1]
        gravities.append(gravity)
        exposures.append(host.exposure or EXPOSURES[-1])
        findings += own
        asked.update(one.check for one in own)
        if gravity in GRAVITIES[2:]:
            gate += find_gate(own)
        shares.append(_share(host, own, gravity, situation.now, numbers))
    unasked = _list_unasked(scenario, situation, asked, exposures, numbers)
    mean = sum(one.hazard for one in shares) / len(shares) if shares else 0.0
    technical = rounded((mean + sum(term.hazard for term in unasked)) / numbers.divisor, PRECISION)
    controls = tuple(_control(id_, situation.controls.get(id_, "missing"), numbers) for id_ in scenario.controls)
    organisational = rounded(sum(one.hazard for one in controls), PRECISION)
    likelihood = rounded(1 - exp(-(technical + organisational)), 3)
    gravity = max(gravities, default=scenario.gravity)
    coverage = _cover(findings, unasked, len(shares), numbers)
    return ScenarioRisk(
        scenario,
        tuple(sorted(shares, key=lambda one: (-one.hazard, one.name))),
        technical,
        controls,
        organisational,
        likelihood,
        numbers.classify(likelihood),
        gravity,
        "unacceptable" if gate else numbers.judge(gravity, likelihood),
        tuple(sorted(set(gate))),
        unasked,
        coverage,
        coverage.share < numbers.covered,
    )


def _share(host: HostFacts, own: Sequence[Finding], gravity: str, now: int, numbers: Numbers) -> HostShare:
    exposure = host.exposure or EXPOSURES[-1]
    terms = [term for one in own if (term := make_term(one, exposure, now, numbers)).hazard]
    total = rounded(sum(term.hazard for term in terms), PRECISION)
    return HostShare(host.name, gravity, tuple(sort_terms(terms)), total)


def _control(id_: str, state: str, numbers: Numbers) -> ControlTerm:
    factor = {"kept": 0.0, "waived": numbers.waived}.get(state, 1.0)
    return ControlTerm(id_, state, hazard_of(numbers.control), factor)


def _list_unasked(
    scenario: Scenario, situation: Situation, asked: Collection[str], exposures: Sequence[str], numbers: Numbers
) -> tuple[Term, ...]:
    """Return the terms of what no host was asked: as without a verdict, on the host that can be reached furthest."""
    exposure = max(exposures, key=EXPOSURES.index, default=EXPOSURES[-1])
    missing = [
        Finding(id_, severity, State.NOT_CHECKED)
        for id_, severity in situation.known.items()
        if scenario.carries(id_) and id_ not in asked
    ]
    return tuple(sort_terms(make_term(one, exposure, situation.now, numbers) for one in missing))


def _cover(findings: Sequence[Finding], unasked: Sequence[Term], hosts: int, numbers: Numbers) -> Coverage:
    """Return how much was judged; what no host was asked would have applied to each."""
    found = measure(findings, numbers)
    missing = sum(term.weight for term in unasked) * max(hosts, 1)
    return Coverage(found.judged, rounded(found.applicable + missing, PRECISION))

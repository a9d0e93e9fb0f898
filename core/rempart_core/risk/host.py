"""The risk of one host: its hazards by area, its posture 100·e^−Σ, and what depends on it."""

from collections.abc import Iterable
from math import exp
from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.risk.hazard import Finding, Term, make_term
from rempart_core.risk.numbers import EXPOSURES, GRAVITIES, PRECISION, Numbers, rounded

_GATED = frozenset(GRAVITIES[2:])


class HostFacts(NamedTuple):
    """What is known of a host.

    Attributes:
        name: Its name.
        gravity: G1 to G4, by its criticality; ``""`` where nobody said, which counts as the worst.
        exposure: One of ``EXPOSURES``; ``""`` where nobody said, which counts as the worst.
        findings: What its checks came to.
        answered: When it answered last, seconds since 1970; None where it never did.
        unheard: Whether what is known of it is of no use: it was silent when it was asked last, or answered too long
            ago.
    """

    name: str
    gravity: str
    exposure: str
    findings: tuple[Finding, ...]
    answered: int | None = None
    unheard: bool = False


class Area(NamedTuple):
    """The hazards of one area on one host.

    Attributes:
        name: The letters of its checks' ids: ``DSK``.
        terms: Those that count, worst first.
        total: Their sum.
        counted: The same, but for what is above the cap.
    """

    name: str
    terms: tuple[Term, ...]
    total: float
    counted: float


class Coverage(NamedTuple):
    """How much of what applies was judged, by weight.

    Attributes:
        judged: Weight of what has a verdict.
        applicable: Weight of all that applies.
    """

    judged: float
    applicable: float

    @property
    def share(self) -> float:
        """Return it as a share between 0 and 1, rounded down as it is printed; 0 where nothing applies."""
        return int(100 * self.judged / self.applicable + 1e-9) / 100 if self.applicable else 0.0


class HostRisk(NamedTuple):
    """The risk of a host, with all that it comes from.

    Attributes:
        facts: The host, its findings in them.
        gravity: The one that counts.
        exposure: The one that counts.
        areas: Those with a hazard, worst first.
        hazard: The sum of what the areas count.
        posture: 100·e^−hazard: 100 is the best.
        likelihood: 1 − posture / 100.
        impact: Weight of the gravity.
        risk: 100 × likelihood × impact: 100 is the worst.
        level: Of the matrix; the worst where a gate holds.
        gate: Critical checks that are open on a host on which much depends.
        coverage: How much was judged.
    """

    facts: HostFacts
    gravity: str
    exposure: str
    areas: tuple[Area, ...]
    hazard: float
    posture: float
    likelihood: float
    impact: float
    risk: float
    level: str
    gate: tuple[str, ...]
    coverage: Coverage

    @property
    def terms(self) -> list[Term]:
        """Return all terms that count, worst first."""
        return sort_terms(term for area in self.areas for term in area.terms)


def assess_host(facts: HostFacts, now: int, numbers: Numbers) -> HostRisk:
    """Return the risk of a host.

    Args:
        facts: What is known of it.
        now: Seconds since 1970.
        numbers: The weights.
    """
    gravity, exposure = facts.gravity or GRAVITIES[-1], facts.exposure or EXPOSURES[-1]
    by_area: dict[str, list[Term]] = {}
    for finding in facts.findings:
        term = make_term(finding, exposure, now, numbers)
        if term.hazard:
            by_area.setdefault(area_of(finding.check), []).append(term)
    areas = [_add_up(name, terms, numbers.cap) for name, terms in by_area.items()]
    hazard = rounded(sum(area.counted for area in areas), PRECISION)
    posture = rounded(100 * exp(-hazard), 1)
    likelihood = rounded(1 - posture / 100, 3)
    gate = find_gate(facts.findings) if gravity in _GATED else ()
    return HostRisk(
        facts,
        gravity,
        exposure,
        tuple(sorted(areas, key=lambda area: (-area.counted, area.name))),
        hazard,
        posture,
        likelihood,
        numbers.impact[gravity],
        rounded(100 * likelihood * numbers.impact[gravity], 1),
        "unacceptable" if gate else numbers.judge(gravity, likelihood),
        gate,
        measure(facts.findings, numbers),
    )


def find_gate(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the critical checks that are open, or were when they were last seen: no mean can make up for these."""
    return tuple(one.check for one in findings if one.severity is Severity.CRITICAL and one.open)


def measure(findings: Iterable[Finding], numbers: Numbers) -> Coverage:
    """Return how much of what applies was judged.

    Args:
        findings: What checks came to.
        numbers: The weights.
    """
    judged = applicable = 0.0
    for one in findings:
        if one.applicable:
            weight = numbers.weigh(one.severity)
            applicable += weight
            judged += weight * one.judged
    return Coverage(rounded(judged, PRECISION), rounded(applicable, PRECISION))


def sort_terms(terms: Iterable[Term]) -> list[Term]:
    """Return terms, worst first."""
    return sorted(terms, key=lambda term: (-term.hazard, term.finding.check))


def area_of(check: str) -> str:
    """Return the letters of a check's id."""
    return check.rpartition("-")[0] or check


def _add_up(name: str, terms: list[Term], cap: float) -> Area:
    total = rounded(sum(term.hazard for term in terms), PRECISION)
    return Area(name, tuple(sort_terms(terms)), total, min(total, cap))

"""The numbers of the arithmetic of risk: every weight, in one value. They come from ``data/risk.yaml``.

The scales are those of EBIOS RM: gravity G1 (minor) to G4 (critical), likelihood V1 (unlikely) to V4 (almost certain).
"""

from collections.abc import Mapping
from math import log
from typing import NamedTuple

from rempart_core.model.check import Severity

GRAVITIES = ("G1", "G2", "G3", "G4")
"""How much depends on a host, or how bad a consequence is; the last is the worst, and what unsaid counts as."""
LIKELIHOODS = ("V1", "V2", "V3", "V4")
"""Classes of likelihood, the last is the worst."""
LEVELS = ("acceptable", "tolerable", "unacceptable")
"""What the matrix of gravity and likelihood comes to, the last is the worst."""
EXPOSURES = ("isolated", "internal", "roaming", "internet")
"""How far a host can be reached, the last is the worst, and what unsaid counts as."""
PRECISION = 4
"""Decimals of a hazard: each is rounded before it is added, so that the printed terms give the printed sum."""


class Numbers(NamedTuple):
    """The weights.

    Attributes:
        chance: The chance that a finding is used, by severity: 0.4 of a critical one.
        unknown: What a check counts that gave no verdict; a failing one counts 1.
        waived: What an accepted finding counts.
        fallback: What the verdict of a check's fallback counts, which sees less than its query.
        age: What age adds at most: 0.5 makes an old finding count one and a half times.
        deadline: After how many days a finding is old, by severity.
        exposure: Factor by exposure.
        cap: The most that the hazards of one area may add up to.
        impact: Weight of a gravity, 1 for the worst.
        likely: From which likelihood on V2, V3 and V4 begin.
        matrix: Level by gravity and likelihood.
        worst: The share of hosts that counts as the worst, 0.1.
        covered: The coverage below which a number is provisional, 0.8.
        control: The chance that an organisational control that is not kept is used.
        divisor: What a scenario's hazards are divided by, so that one of many checks compares with one of few.
        answer_days: After how many days an answer says nothing any more.
        acceptance_days: How many days an acceptance lasts at most.
        updated: The day on which they were reviewed last, ``YYYY-MM-DD``.
    """

    chance: Mapping[Severity, float]
    unknown: float
    waived: float
    fallback: float
    age: float
    deadline: Mapping[Severity, int]
    exposure: Mapping[str, float]
    cap: float
    impact: Mapping[str, float]
    likely: tuple[float, float, float]
    matrix: Mapping[tuple[str, str], str]
    worst: float
    covered: float
    control: float
    divisor: int
    answer_days: int
    acceptance_days: int
    updated: str = ""

    def weigh(self, severity: Severity) -> float:
        """Return −ln(1 − p) of a severity, rounded as it is printed."""
        return hazard_of(self.chance[severity])

    def classify(self, likelihood: float) -> str:
        """Return the class, V1 to V4, of a likelihood between 0 and 1."""
        return LIKELIHOODS[sum(likelihood >= bound for bound in self.likely)]

    def judge(self, gravity: str, likelihood: float) -> str:
        """Return the level of a risk.

        Args:
            gravity: G1 to G4.
            likelihood: Between 0 and 1.
        """
        return self.matrix[gravity, self.classify(likelihood)]


def hazard_of(chance: float) -> float:
    """Return −ln(1 − p) of a chance, rounded as it is printed."""
    return rounded(-log(1 - chance), PRECISION)


def rounded(value: float, places: int) -> float:
    """Return a number of 0 or more rounded half up, as people do it by hand.

    Args:
        value: The number; that 10.05 is a little less in binary does not count.
        places: Decimals that stay.
    """
    return round(value + 1e-9, places)

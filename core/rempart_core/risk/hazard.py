"""The hazard of one check on one host: −ln(1 − p) × state × confidence × age × exposure.

A check that gave no verdict counts in part, but in full where its last verdict was a failure: nobody has seen it fixed,
and a host that falls silent must not look better for it.
"""

from typing import NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_core.risk.numbers import PRECISION, Numbers, rounded
from rempart_core.text import NOTHING, Text

_DAY = 86_400
_UNKNOWN = frozenset({State.ERROR, State.NOT_CHECKED})

CAUSES = ("fail", "failed_last", "unknown", "waived", "nothing")
"""Why a hazard is what it is, the worst first."""


class Finding(NamedTuple):
    """What one check came to on one host.

    Attributes:
        check: Its id.
        severity: The one in force.
        state: What it came to.
        waived: Whether somebody accepted the finding, and that holds today.
        failing_since: When it failed first and was not seen to be right since, seconds since 1970; None where it is
            right, or was never judged.
        fallback: Whether the fallback saw it.
        title: The check's title.
    """

    check: str
    severity: Severity
    state: State
    waived: bool = False
    failing_since: int | None = None
    fallback: bool = False
    title: Text = NOTHING

    @property
    def cause(self) -> str:
        """Return why it counts: one of :data:`CAUSES`."""
        if self.state in _UNKNOWN:
            return "unknown" if self.failing_since is None else "failed_last"
        if self.state is State.FAIL:
            return "waived" if self.waived else "fail"
        return "nothing"

    @property
    def open(self) -> bool:
        """Tell whether it is a finding that nobody accepted, or was one when it was last seen."""
        return self.cause in {"fail", "failed_last"}

    @property
    def judged(self) -> bool:
        """Tell whether there is a verdict."""
        return self.state in {State.PASS, State.FAIL}

    @property
    def applicable(self) -> bool:
        """Tell whether it concerns its host, as far as anybody knows."""
        return self.state is not State.NOT_APPLICABLE

    def fixed(self) -> "Finding":
        """Return the same once it passes."""
        return self._replace(state=State.PASS, waived=False, failing_since=None, fallback=False)

    def unseen(self) -> "Finding":
        """Return the same where nobody looked."""
        return self._replace(state=State.NOT_CHECKED, waived=False, fallback=False)


class Term(NamedTuple):
    """One product of the sum, as it is printed.

    Attributes:
        finding: What it is of.
        weight: −ln(1 − p) of the severity.
        state: Factor of what the check came to.
        confidence: Factor of what saw it.
        age: Factor of how long it is open.
        exposure: Factor of how far the host can be reached.
        days: For how many days it is open, as ``age`` has it.
    """

    finding: Finding
    weight: float
    state: float
    confidence: float
    age: float
    exposure: float
    days: int = 0

    @property
    def hazard(self) -> float:
        """Return the product, rounded as it is printed."""
        return rounded(self.weight * self.state * self.confidence * self.age * self.exposure, PRECISION)


def make_term(finding: Finding, exposure: str, now: int, numbers: Numbers) -> Term:
    """Return the term of a check on a host.

    Args:
        finding: What the check came to.
        exposure: The host's, one of ``EXPOSURES``.
        now: Seconds since 1970.
        numbers: The weights.
    """
    state = {
        "fail": 1.0,
        "failed_last": 1.0,
        "unknown": numbers.unknown,
        "waived": numbers.waived,
        "nothing": 0.0,
    }[finding.cause]
    days, age = 0, 1.0
    if finding.failing_since is not None and finding.cause != "nothing":
        days = max(now - finding.failing_since, 0) // _DAY
        age = rounded(1 + numbers.age * min(1.0, days / numbers.deadline[finding.severity]), 2)
    confidence = numbers.fallback if finding.fallback and finding.state is State.FAIL else 1.0
    weight = numbers.weigh(finding.severity)
    return Term(finding, weight, state, confidence, age, numbers.exposure[exposure], days)

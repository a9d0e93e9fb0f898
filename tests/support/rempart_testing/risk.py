"""Fleets for the arithmetic of risk: drawn at random, and the weights that come with Rempart."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from rempart_core.content.riskfile import read_numbers
from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_core.risk.hazard import Finding
from rempart_core.risk.host import HostFacts
from rempart_core.risk.numbers import EXPOSURES, GRAVITIES, Numbers
from rempart_core.risk.scenario import CONTROL_STATES, Scenario, Situation
from rempart_core.text import Text

CHECKS = str(Path(__file__).parents[3] / "checks")
NOW = 1_796_000_000  # 29 November 2026
DAY = 86_400
IDS = {
    "DSK-01": Severity.CRITICAL,
    "DSK-02": Severity.HIGH,
    "LCK-01": Severity.HIGH,
    "PAT-01": Severity.CRITICAL,
    "PAT-02": Severity.MEDIUM,
    "FWL-01": Severity.LOW,
    "LOG-01": Severity.INFO,
}
CONTROLS = ("ORG-14", "ORG-15")
THEFT = Scenario(
    "S4",
    Text("stolen", "volé"),
    Text("a thief", "un voleur"),
    Text("read", "lu"),
    Text("asset", "actif"),
    Text("asset", "bien"),
    ("DSK-*", "LCK-01", "PAT-01"),
    CONTROLS,
    "G3",
)


@cache
def numbers() -> Numbers:
    """Return the weights that come with Rempart."""
    return read_numbers([CHECKS])


def finding(check: str, state: State = State.PASS, days: int | None = None, **fields: bool) -> Finding:
    """Return what a check came to; ``days`` tells for how long it fails."""
    since = None if days is None else NOW - days * DAY
    return Finding(check, IDS[check], state, failing_since=since, **fields)


@st.composite
def _findings(draw: st.DrawFn) -> tuple[Finding, ...]:
    found = []
    for check in draw(st.sets(st.sampled_from(sorted(IDS)), min_size=1)):
        state = draw(st.sampled_from(list(State)))
        fails = state is State.FAIL or (state in {State.ERROR, State.NOT_CHECKED} and draw(st.booleans()))
        days = draw(st.integers(0, 400)) if fails else None
        waived = state is State.FAIL and draw(st.booleans())
        found.append(finding(check, state, days, waived=waived, fallback=draw(st.booleans())))
    return tuple(sorted(found))


hosts = st.lists(
    st.builds(
        HostFacts,
        name=st.text("abcdef", min_size=1, max_size=6),
        gravity=st.sampled_from(["", *GRAVITIES]),
        exposure=st.sampled_from(["", *EXPOSURES]),
        findings=_findings(),
        answered=st.just(NOW),
        unheard=st.booleans(),
    ),
    min_size=1,
    max_size=5,
)
"""Some hosts, each with what its checks came to."""

situations = st.builds(
    Situation,
    hosts=hosts,
    controls=st.dictionaries(st.sampled_from(CONTROLS), st.sampled_from(CONTROL_STATES)),
    known=st.just(IDS),
    now=st.just(NOW),
)
"""A fleet and its organisational controls."""

"""What the report is made from, and the numbers in it. Times are seconds since 1970, UTC."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from rempart_core.model.check import Check, Severity
from rempart_core.model.framework import Framework
from rempart_core.model.history import HostState, Standing
from rempart_core.model.result import Result
from rempart_core.model.trend import Trend
from rempart_core.registers.register import Registers
from rempart_core.risk.assessment import Assessment
from rempart_core.text import Text
from rempart_reports.views.fleet_requirement import FleetRequirement

ORGANISATION = "organisation"
"""The platform, and the role, of the one target that is no machine."""
PROVISIONAL = 80
"""Per cent of what was asked: where less was judged, every verdict is provisional."""
SHOWN_HOSTS = 3
"""Hosts whose evidence is told where no sample is drawn, and hosts that each finding gives as examples."""
ANSWER_DAYS = 7
"""After how many days what passed counts no more; risk says the same (``answer_days`` of ``checks/data/risk.yaml``)."""


class Content(NamedTuple):
    """What the answers are held against.

    Attributes:
        checks: The catalogue by id.
        frameworks: Those that are reported, by id, in the order of the report.
        digest: SHA-256 of the catalogue in hex.
        version: Of the program that writes the report.
    """

    checks: Mapping[str, Check]
    frameworks: Mapping[str, Framework]
    digest: str = ""
    version: str = ""


class Moment(NamedTuple):
    """What a store knows of a moment.

    Attributes:
        at: The moment.
        hosts: The endpoints, by name.
        stream: Gives the answers anew at each call, sorted by endpoint, with details.
        head: Head of the chain of signed runs; ``""`` where nothing was signed.
    """

    at: int
    hosts: Sequence[HostState]
    stream: Callable[[], Iterator[Standing]]
    head: str = ""


class HostLine(NamedTuple):
    """One endpoint: what the store says of it, and its results by kind."""

    state: HostState
    kinds: Mapping[str, int]
    open: Mapping[Severity, int]


class CheckFinding(NamedTuple):
    """One check with open findings.

    Attributes:
        check: Its id.
        title: What holds when it passes.
        severity: The worst one in force.
        hosts: Names of the hosts on which it is open.
        asked: On how many hosts it was asked.
        since: When the oldest of them failed first; None where that is not known.
        failing: How many items fail, on all hosts.
        requirements: Framework and requirement that it supports, of those that are reported.
        examples: The first hosts on which it is open, each with what was seen there.
    """

    check: str
    title: Text
    severity: Severity
    hosts: tuple[str, ...]
    asked: int
    since: int | None
    failing: int
    requirements: tuple[tuple[str, str], ...]
    examples: tuple[tuple[str, Result], ...] = ()


class HostResults(NamedTuple):
    """All results of one host, with what was seen; a host that did not answer has none that were judged."""

    state: HostState
    results: tuple[Result, ...]


class Unjudged(NamedTuple):
    """One reason for which results could not be judged: a failure, how many results, on how many hosts."""

    failure: str
    results: int
    hosts: int


class Accepted(NamedTuple):
    """One decision to accept findings of a check: its words, and where it holds; expired ones hold no more."""

    check: str
    title: Text
    severity: Severity
    reason: str
    owner: str
    end: str
    hosts: tuple[str, ...]
    expired: bool


class Picture(NamedTuple):
    """A fleet at a moment.

    Attributes:
        at: The moment.
        hosts: All endpoints, by name.
        kinds: Results by kind: ``pass``, ``fail``, ``waived``, ``error``, ``not_checked``, ``not_applicable``.
        open: Open findings by severity.
        recalled: Findings by severity that the last answers of silent hosts left open.
        findings: The checks with open findings, worst first.
        unjudged: Why results could not be judged, most first.
        accepted: Waivers, those in force first.
        requirements: Each framework with its requirements.
        asked: Checks that were asked anywhere, by id.
        gaps: Results that make the audit incomplete.
        shown: The hosts whose evidence the report tells: those of the sample, else those with the worst findings.
    """

    at: int
    hosts: tuple[HostLine, ...]
    kinds: Mapping[str, int]
    open: Mapping[Severity, int]
    recalled: Mapping[Severity, int]
    findings: tuple[CheckFinding, ...]
    unjudged: tuple[Unjudged, ...]
    accepted: tuple[Accepted, ...]
    requirements: tuple[tuple[str, tuple[FleetRequirement, ...]], ...]
    asked: tuple[str, ...]
    gaps: int
    shown: tuple[HostResults, ...] = ()

    @property
    def judged(self) -> int:
        """Return how many results passed or failed, waived ones too."""
        return sum(self.kinds.get(kind, 0) for kind in ("pass", "fail", "waived"))

    @property
    def weighed(self) -> int:
        """Return the same with those that could not be judged: the whole of which coverage is a part."""
        return self.judged + sum(self.kinds.get(kind, 0) for kind in ("error", "not_checked"))

    @property
    def machines(self) -> int:
        """Return how many hosts there are; the organisation is none."""
        return sum(line.state.platform != ORGANISATION for line in self.hosts)

    @property
    def silent(self) -> int:
        """Return how many endpoints did not answer when they were asked last."""
        return sum(line.state.silent for line in self.hosts)

    @property
    def incomplete(self) -> bool:
        """Tell whether something that was to be examined was not."""
        return self.gaps > 0 or self.silent > 0 or not self.judged

    @property
    def provisional(self) -> bool:
        """Tell whether too little was judged for its verdicts to stand."""
        return self.judged * 100 < PROVISIONAL * self.weighed or not self.weighed


class Sampled(NamedTuple):
    """One host of the sample, and the SHA-256 of head and name by which it was drawn."""

    host: str
    digest: str


class Dossier(NamedTuple):
    """All numbers of a report.

    Attributes:
        now: The fleet at the report's date.
        then: The same at the date that it is compared with; None without one.
        since: Beginning of the period.
        runs: How many runs the period has.
        first: When the store's first run ended.
        trend: The nights of the period.
        content: What the answers were held against.
        head: Head of the chain of signed runs at the report's date.
        sample: Hosts that an auditor looks at, in the order in which they were drawn.
        registers: What the organisation keeps; None where none were given.
        risk: What was computed of hosts and scenarios; None where nothing could be.
        sql: Whether the annex has the statements.
    """

    now: Picture
    then: Picture | None
    since: int
    runs: int
    first: int
    trend: Trend
    content: Content
    head: str = ""
    sample: tuple[Sampled, ...] = ()
    registers: Registers | None = None
    risk: Assessment | None = None
    sql: bool = False

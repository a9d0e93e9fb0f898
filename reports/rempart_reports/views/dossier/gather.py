"""The numbers of a fleet at a moment, gathered while its answers pass by: memory grows with hosts and checks alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from rempart_core.messages.message import Message
from rempart_core.messages.say import say_both
from rempart_core.model.check import Severity
from rempart_core.model.framework import Framework
from rempart_core.model.gate import is_gap
from rempart_core.model.history import HostState, Standing
from rempart_core.model.result import AppliedWaiver, Result, State
from rempart_core.text import Text
from rempart_reports.views.dossier.answer import result_of
from rempart_reports.views.dossier.model import (
    ANSWER_DAYS,
    ORGANISATION,
    SHOWN_HOSTS,
    Accepted,
    CheckFinding,
    Content,
    HostLine,
    HostResults,
    Moment,
    Picture,
    Unjudged,
)
from rempart_reports.views.fleet_requirement import FleetRequirement, FleetRequirements
from rempart_reports.views.host import kind_of
from rempart_reports.views.requirement import RequirementVerdict

_DAY = 86_400
_UNJUDGED = (State.ERROR, State.NOT_CHECKED)


class _Finding:
    """One check while hosts pass by."""

    __slots__ = ("asked", "examples", "failing", "hosts", "severity", "since", "title")

    def __init__(self, title: Text) -> None:
        self.title = title
        self.severity = Severity.INFO
        self.hosts: list[str] = []
        self.examples: list[tuple[str, Result]] = []
        self.asked = self.failing = 0
        self.since: int | None = None

    def add(self, host: HostState, result: Result, since: int | None) -> None:
        self.hosts.append(host.name)
        if len(self.examples) < SHOWN_HOSTS and result.evidence is not None and tells_evidence(host):
            self.examples.append((host.name, result))
        self.failing += result.evidence.failing if result.evidence else 0
        self.severity = min(self.severity, result.severity, key=lambda one: one.rank)
        if since is not None:
            self.since = since if self.since is None else min(self.since, since)


class Gathering:
    """Gathers the answers of one moment, host by host.

    Args:
        content: What they are held against.
        at: The moment, in seconds since 1970.
        wanted: Hosts whose results are kept; None for those with the worst findings.
    """

    def __init__(self, content: Content, at: int, wanted: Collection[str] | None = None) -> None:
        self._content = content
        self._wanted = wanted
        self._shown: list[tuple[tuple[int, ...], HostResults]] = []
        self._at = at
        self._requirements = FleetRequirements(content.frameworks)
        self._lines: list[HostLine] = []
        self._checks: dict[str, _Finding] = {}
        self._unjudged: dict[str, tuple[int, int]] = {}
        self._accepted: dict[tuple[str, str, str, str, bool], tuple[Result, list[str]]] = {}
        self._gaps = 0

    def add(self, host: HostState, standings: list[Standing]) -> None:
        """Add one endpoint with its answers, which may be none.

        Args:
            host: The endpoint.
            standings: Its answers.
        """
        results = results_at(host, standings, self._content, self._at)
        kinds: dict[str, int] = {}
        opened = dict.fromkeys(Severity, 0)
        failures: dict[str, int] = {}
        for standing, result in zip(standings, results, strict=True):
            kind = kind_of(result)
            kinds[kind] = kinds.get(kind, 0) + 1
            check = self._checks.get(result.check)
            if check is None:
                check = self._checks[result.check] = _Finding(result.title)
            check.asked += 1
            if result.open:
                opened[result.severity] += 1
                check.add(host, result, standing.failing_since)
            elif result.state in _UNJUDGED:
                failures[result.failure] = failures.get(result.failure, 0) + 1
            self._gaps += is_gap(result, Severity.LOW)
            for waiver in (*((result.waiver,) if result.waiver else ()), *result.expired_waivers):
                self._accept(host.name, result, waiver)
        for failure, count in failures.items():
            before = self._unjudged.get(failure, (0, 0))
            self._unjudged[failure] = before[0] + count, before[1] + 1
        if host.silent or not results:
            self._requirements.add_unheard(results)
        else:
            self._requirements.add(results)
        self._lines.append(HostLine(host, kinds, opened))
        self._show(HostResults(host, tuple(results)), tuple(-count for count in opened.values()))

    def _show(self, one: HostResults, rank: tuple[int, ...]) -> None:
        """Keep the results of a host that is wanted, or of one of the worst."""
        if not tells_evidence(one.state) or (self._wanted is not None and one.state.name not in self._wanted):
            return
        self._shown.append((rank, one))
        if self._wanted is None and len(self._shown) > SHOWN_HOSTS:
            self._shown.sort(key=lambda pair: (pair[0], pair[1].state.name))
            self._shown.pop()

    def _accept(self, host: str, result: Result, waiver: AppliedWaiver) -> None:
        key = (result.check, waiver.reason, waiver.owner, waiver.end, waiver.expired)
        self._accepted.setdefault(key, (result, []))[1].append(host)

    def finish(self, at: int) -> Picture:
        """Return the fleet at the moment that was gathered."""
        lines = tuple(sorted(self._lines, key=lambda line: line.state.name))
        kinds: dict[str, int] = {}
        for line in lines:
            for kind, count in line.kinds.items():
                kinds[kind] = kinds.get(kind, 0) + count
        unjudged = [Unjudged(failure, *counts) for failure, counts in self._unjudged.items()]
        reported = dict(self._requirements.list())
        return Picture(
            at=at,
            hosts=lines,
            kinds=kinds,
            open={severity: sum(line.open[severity] for line in lines) for severity in Severity},
            recalled={
                one: sum(line.state.open.get(one.value, 0) for line in lines if line.state.silent) for one in Severity
            },
            findings=tuple(sorted(self._findings(), key=lambda one: (one.severity.rank, -len(one.hosts), one.check))),
            unjudged=tuple(sorted(unjudged, key=lambda one: (-one.results, one.failure))),
            accepted=tuple(
                sorted(self._decisions(), key=lambda one: (one.expired, one.severity.rank, one[0], one.end))
            ),
            requirements=tuple(
                (id_, tuple(reported.get(id_) or _asked_by_nothing(one)))
                for id_, one in self._content.frameworks.items()
            ),
            asked=tuple(sorted(self._checks)),
            gaps=self._gaps,
            shown=tuple(one for _, one in sorted(self._shown, key=lambda pair: (pair[0], pair[1].state.name))),
        )

    def _findings(self) -> Iterator[CheckFinding]:
        for id_, one in self._checks.items():
            if one.hosts:
                check = self._content.checks.get(id_)
                named = tuple(_supported(check.controls if check else {}, self._content.frameworks))
                hosts = tuple(one.hosts)
                counts = one.asked, one.since, one.failing
                yield CheckFinding(id_, one.title, one.severity, hosts, *counts, named, tuple(one.examples))

    def _decisions(self) -> Iterator[Accepted]:
        for (check, reason, owner, end, expired), (result, hosts) in self._accepted.items():
            yield Accepted(check, result.title, result.severity, reason, owner, end, tuple(hosts), expired)


def _asked_by_nothing(framework: Framework) -> list[FleetRequirement]:
    nothing = RequirementVerdict("nothing")
    return [FleetRequirement(one.id, one.title, nothing) for one in framework.requirements.values()]


def _supported(
    controls: Mapping[str, tuple[str, ...]], frameworks: Mapping[str, Framework]
) -> Iterator[tuple[str, str]]:
    for framework in frameworks:
        yield from ((framework, requirement) for requirement in controls.get(framework, ()))


def gather(moment: Moment, content: Content, wanted: Collection[str] | None = None) -> Picture:
    """Return the fleet at a moment.

    Args:
        moment: What the store knows of it.
        content: What its answers are held against.
        wanted: See :class:`Gathering`.
    """
    gathering = Gathering(content, moment.at, wanted)
    for host, standings in by_host(moment):
        gathering.add(host, standings)
    return gathering.finish(moment.at)


def tells_evidence(host: HostState) -> bool:
    """Tell whether a report tells what was seen: of the organisation it is what people wrote into registers."""
    return host.platform != ORGANISATION


def results_at(host: HostState, standings: Sequence[Standing], content: Content, at: int) -> list[Result]:
    """Return the answers of an endpoint as they count at a moment: what passed long ago says nothing of it.

    Findings stay, since nobody has seen otherwise: as risk has it (``answer_days``).

    Args:
        host: The endpoint.
        standings: Its answers.
        content: What they are held against.
        at: The moment, in seconds since 1970.
    """
    results = [result_of(one, content.checks) for one in standings]
    if host.silent or host.answered is None or at - host.answered <= ANSWER_DAYS * _DAY:
        return results
    return [_passed_long_ago(one) if one.state is State.PASS else one for one in results]


def _passed_long_ago(result: Result) -> Result:
    told = say_both(Message("dossier.failure_old_answer"))
    return result._replace(state=State.NOT_CHECKED, reason=told, failure="old_answer", evidence=None, witness=None)


def by_host(moment: Moment) -> Iterator[tuple[HostState, list[Standing]]]:
    """Give each endpoint with its answers; those that were never examined come last, with none."""
    waiting = {host.name: host for host in moment.hosts}
    for name, group in groupby(moment.stream(), key=attrgetter("host")):
        host = waiting.pop(name, None)
        if host is not None:
            yield host, list(group)
    yield from ((host, []) for host in waiting.values())


def list_results(moment: Moment, content: Content) -> Iterator[tuple[HostState, list[tuple[Standing, Result]]]]:
    """Give each endpoint with its answers as results, for a format that tells every one of them.

    Args:
        moment: What the store knows of it.
        content: What its answers are held against.
    """
    for host, standings in by_host(moment):
        yield host, list(zip(standings, results_at(host, standings, content, moment.at), strict=True))

"""The page of a fleet: what it comes to, where to start, by area, by requirement, over time, host by host.

Sums are made while runs pass by; nothing is kept of a host but its row of numbers.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from rempart_core.model.check import Severity
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import Run
from rempart_core.model.unheard import unheard
from rempart_core.text import clean_line
from rempart_reports.formats.html.summary import write_fleet_framework
from rempart_reports.formats.html.waiver_section import describe_state
from rempart_reports.views.change_outcome import tell_counts
from rempart_reports.views.drift import HOSTS, TOLD, describe_move, group_changes
from rempart_reports.views.fleet import (
    NAMED,
    Fleet,
    HostRow,
    choose_first,
    describe_answer,
    describe_row,
    sort_checks,
)
from rempart_reports.views.fleet_area import FleetAreas
from rempart_reports.views.fleet_requirement import FleetRequirements
from rempart_reports.views.options import Options
from rempart_reports.views.trend import BAR, HEIGHT, STEP, draw_trend
from rempart_reports.views.waiver_list import WaiverList, WaiverRow, count_states
from rempart_reports.writing import translation
from rempart_reports.writing.page_words import page_word

if TYPE_CHECKING:
    from jinja2 import Environment

LISTED = 200  # hosts of a list that is not the table of all
_FACTS = 20  # profiles and versions that are named


class _Group(NamedTuple):
    """The hosts of one group."""

    name: str
    hosts: int
    open: int
    silent: int
    severities: tuple[int, ...]
    judged: int
    applicable: int


class _Part(NamedTuple):
    """One stretch of the bar of hosts."""

    kind: str
    severity: str
    start: int
    length: int
    text: str


class FleetIndex:
    """Sums a fleet up while its runs pass by, and writes its page and that of the waivers.

    Args:
        fleet: Counts hosts and checks.
        options: How it is written.
        environment: What fills the templates.
    """

    def __init__(self, fleet: Fleet, options: Options, environment: "Environment") -> None:
        self._fleet = fleet
        self._options = options
        self._language = options.language
        self._environment = environment
        self._profiles: dict[str, None] = {}
        self._versions: dict[str, None] = {}
        self._areas = FleetAreas()
        self._requirements = FleetRequirements(options.frameworks)
        self._waivers = WaiverList(options.waivers)
        language = self._language
        environment.globals.update(
            percent=lambda row: translation.percent(row.judged, row.applicable, language),
            answer=lambda host: describe_answer(host, language),
            known_of=lambda host: describe_row(host, language),
            mark=_mark,
            since=lambda since: translation.day(since[:10], language) if since else "–",
            describe_move=lambda change: describe_move(change, language),
            state_of=lambda row: describe_state(row, language),
        )

    def _word(self, key: str, **values: str) -> str:
        return page_word(key, self._language, **values)

    def add(self, run: Run) -> None:
        """Count the run of one host."""
        if len(self._profiles) < _FACTS:
            self._profiles[run.profile] = self._versions[run.version] = None
        if unheard(run) is not None:  # what its checks are of is not always known
            self._requirements.add_unheard()
            return
        self._areas.add(run.results)
        self._requirements.add(run.results)
        self._waivers.add(run)

    def waivers(self) -> list[WaiverRow]:
        """Return the waivers; none where none was given or applied."""
        return self._waivers.list(self._options.generated)

    def write_waivers(self, rows: list[WaiverRow], pages: Mapping[str, str]) -> Iterator[str]:
        """Yield the body of the waivers' page; ``pages`` has of each check its page.

        Args:
            rows: The waivers, with what each covers now.
            pages: Check to the path of its page, seen from the waivers' page.
        """
        counts = count_states(rows)
        states = {state: translation.number(count, self._language) for state, count in counts.items()}
        with_, without = (
            translation.plural(count, "open", self._language)
            for count in (self._waivers.open, self._waivers.open + self._waivers.covered)
        )
        yield from self._environment.get_template("waivers.html").generate(
            rows=rows,
            level="bad" if any(row.again for row in rows) else "partial" if self._waivers.covered else "good",
            headline=self._word("waivers_sum", with_them=with_, without=without),
            states=self._word("waivers_states", **states),
            pages=pages,
            titles={check: row.title for check, row in self._fleet.checks.items()},
            host_pages={host.name: host.page for host in self._fleet.hosts},
        )

    def write(self, pages: Mapping[str, str], waivers: int) -> Iterator[str]:
        """Yield the body of the fleet's page.

        Args:
            pages: Of each check its page.
            waivers: How many waivers their page tells of.
        """
        fleet, options = self._fleet, self._options
        nights = list(options.trend)
        yield from self._environment.get_template("fleet.html").generate(
            fleet=fleet,
            verdict=fleet.judge(),
            profiles=list(self._profiles),
            newest=max((host.started for host in fleet.hosts), default=""),
            drift=options.drift,
            told=TOLD,
            became=HOSTS,
            listed=LISTED,
            moves=group_changes(options.drift) if options.drift else {},
            host_pages={clean_line(host.name): host.page for host in fleet.hosts} if options.drift else {},
            bar=self._draw_bar(),
            groups=_gather(fleet.hosts),
            start_with=choose_first(fleet.checks.values()),
            areas=self._areas.list(),
            nights=nights if len(nights) > 1 else [],
            trend={"bars": draw_trend(nights), "width": len(nights) * STEP, "height": HEIGHT, "bar": BAR},
            requirements=[
                (framework, write_fleet_framework(rows, pages, len(fleet.hosts), self._language))
                for framework, rows in self._requirements.list()
            ],
            outcomes=[(change, tell_counts(counts, self._language)) for change, counts in fleet.outcomes.items()],
            unmended=fleet.unmended,
            more_unmended=_count_unmended(fleet) - NAMED,
            waivers=waivers,
            checks=sort_checks(fleet.checks.values()),
            pages=pages,
            hosts=sorted(fleet.hosts, key=lambda host: host.rank),
            facts=self._list_facts(),
        )

    def _draw_bar(self) -> list[_Part]:
        """Return the bar of hosts: by their worst finding, then incomplete ones, silent ones, good ones."""
        counts: dict[tuple[str, str], int] = {}
        for host in self._fleet.hosts:
            counts[_mark(host)] = counts.get(_mark(host), 0) + 1
        order = [*(("fail", severity.value) for severity in Severity), ("error", ""), ("not_checked", ""), ("pass", "")]
        parts, start = [], 0
        for kind, severity in order:
            found = counts.get((kind, severity), 0)
            if found:
                parts.append(_Part(kind, severity, start, found, self._describe(kind, severity, found)))
            start += found
        return parts

    def _describe(self, kind: str, severity: str, count: int) -> str:
        hosts = translation.plural(count, "host", self._language)
        if kind == "fail":
            return self._word("host_worst", hosts=hosts, severity=self._word(severity))
        if kind == "not_checked":
            unasked = sum(not host.judged for host in self._fleet.unasked)
            told = [(count - unasked, "silent"), (unasked, "unasked")]
            return ", ".join(translation.plural(number, kind, self._language) for number, kind in told if number)
        return self._word("host_partial" if kind == "error" else "host_good", hosts=hosts)

    def _list_facts(self) -> list[tuple[str, str, bool]]:
        options = self._options
        threshold = self._word("threshold_is", severity=self._word(options.threshold.value))
        return [
            (self._word("profile"), ", ".join(self._profiles), False),
            (self._word("threshold"), threshold, False),
            (self._word("generated"), translation.moment(options.generated, self._language), False),
            (self._word("version"), ", ".join(self._versions), False),
            (self._word("content"), " ".join(self._fleet.contents), True),
            (self._word("head"), options.head, True),
        ]


def _count_unmended(fleet: Fleet) -> int:
    """Return how many findings changes did not fix, those too that are not named."""
    counts = fleet.outcomes.values()
    return sum(n for some in counts for outcome, n in some.items() if outcome is not Outcome.FIXED)


def _mark(host: HostRow) -> tuple[str, str]:
    """Return the mark of a host: its worst finding, else what kept the audit from being whole."""
    if host.silence or (host.unasked and not host.judged):
        return "not_checked", ""
    for severity, found in zip(Severity, host.severities, strict=True):
        if found:
            return "fail", severity.value
    return ("error", "") if host.gaps or not host.judged else ("pass", "")


def _gather(hosts: Iterable[HostRow]) -> list[_Group]:
    """Return the groups, the one with most hosts that have findings first."""
    groups: dict[str, list[HostRow]] = {}
    for host in hosts:
        groups.setdefault(host.group, []).append(host)
    rows = [
        _Group(
            name=name,
            hosts=len(those),
            open=sum(any(host.severities) for host in those),
            silent=sum(bool(host.silence) for host in those),
            severities=tuple(map(sum, zip(*(host.severities for host in those), strict=True))),
            judged=sum(host.judged for host in those),
            applicable=sum(host.applicable for host in those),
        )
        for name, those in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row.open, row.name))

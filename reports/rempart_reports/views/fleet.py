"""A fleet summed up while its runs pass by: a small row for each host and each check, and nothing of the evidence."""

from bisect import insort
from collections.abc import Iterable
from operator import add
from typing import NamedTuple

from rempart_core.model.check import ORGANISATION, Severity
from rempart_core.model.deviation import list_deviations
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.gate import is_gap
from rempart_core.model.result import Result, Run, State
from rempart_core.text import Text
from rempart_reports.views.change_outcome import list_change_notes
from rempart_reports.views.chart import KINDS
from rempart_reports.views.host import Verdict, kind_of
from rempart_reports.views.last_known import is_unknown, recall
from rempart_reports.views.options import Options
from rempart_reports.views.past import Past, look_up, read_moment
from rempart_reports.views.start_with import FirstFix, choose_fixes
from rempart_reports.writing.translation import age, count_hosts, number, plural, severity_name, word

OLD = 172_800  # seconds: an answer older than that says little of today
NAMED = 200  # findings that are named of those that a change did not fix
EXAMPLES = 5  # hosts that are named for a check
_ORDER = {severity: place for place, severity in enumerate(Severity)}
_JUDGED = ("fail", "waived", "known", "pass")


class HostRow(NamedTuple):
    """One host.

    Attributes:
        name: Of the target, untrusted.
        group: Its group.
        system: Its operating system; ``""`` where it was not recognised.
        role: Its role.
        started: When it was looked at, UTC; of a silent host when it was tried.
        level: ``good``, ``partial`` or ``bad``, as the exit status would say it.
        severities: Open findings by severity, critical first.
        kinds: Results by kind, in the order of ``KINDS``.
        gaps: Results that make the audit incomplete.
        silence: Why it did not answer; ``""`` where it did.
        known: Of one that gave no answer, its last known findings by severity, critical first; empty for none.
        unknown: Whether a store is there that knows nothing of it.
        unasked: Why the audit ended before it was asked, or asked all; ``""`` where it was.
        page: Address of its page, where it has one.
        since: Since when its oldest finding is open, UTC; ``""`` where nothing is, or no store remembers.
        age: Seconds from the answer to the report; None where there is none, or where its time is no time.
        own: Whether it is the organisation, which is no host.
    """

    name: str
    group: str
    system: str
    role: str
    started: str
    level: str
    severities: tuple[int, ...]
    kinds: tuple[int, ...]
    gaps: int = 0
    silence: str = ""
    since: str = ""
    age: float | None = None
    own: bool = False
    page: str = ""
    unasked: str = ""
    known: tuple[int, ...] = ()
    unknown: bool = False

    @property
    def judged(self) -> int:
        """Return how many checks came to a verdict."""
        return sum(number for kind, number in zip(KINDS, self.kinds, strict=True) if kind in _JUDGED)

    @property
    def applicable(self) -> int:
        """Return how many checks concern the host."""
        return sum(self.kinds) - self.kinds[KINDS.index("not_applicable")]

    @property
    def rank(self) -> tuple[object, ...]:
        """Return the key that puts the worst first: findings by severity, then errors, then the name."""
        return (*(-number for number in self.severities), -self.kinds[1], self.name)


class CheckRow:
    """One check over the fleet.

    Attributes:
        check: Its id.
        title: Its title.
        area: Its area.
        severity: The worst one that was in force.
        kinds: Results by kind.
        examples: The first hosts that fail, by their names, at most ``EXAMPLES``.
        since: Since when it is open on the host where it is so for longest; ``""`` where that is not known.
        disruption: What its fix disrupts.
    """

    __slots__ = ("area", "check", "disruption", "examples", "kinds", "severity", "since", "title")

    def __init__(self, result: Result) -> None:
        self.check = result.check
        self.title: Text = result.title
        self.area = result.area
        self.severity = result.severity
        self.kinds = dict.fromkeys(KINDS, 0)
        self.examples: list[str] = []
        self.since = ""
        self.disruption = result.remediation.disruption

    @property
    def applicable(self) -> int:
        """Return how many hosts it concerns."""
        return sum(self.kinds.values()) - self.kinds["not_applicable"]

    @property
    def judged(self) -> int:
        """Return on how many hosts it came to a verdict."""
        return sum(self.kinds[kind] for kind in _JUDGED)

    @property
    def rank(self) -> tuple[object, ...]:
        """Return the key that puts first what fails on most hosts, then the worse."""
        return (-self.kinds["fail"], _ORDER[self.severity], -self.kinds["error"], self.check)


DEVIATIONS = 10
"""How many of them are told of a fleet, each once."""


class Unmended(NamedTuple):
    """A finding of one host that a change did not fix.

    Attributes:
        host: The host's name, untrusted.
        check: The check's id.
        outcome: What it came to, in words.
        reason: Why; ``""`` where that is not known.
        before: What was seen before the change.
        after: What was seen after it.
    """

    host: str
    check: str
    outcome: str
    reason: str
    before: str
    after: str


class Fleet:
    """What is known of a fleet so far. Memory grows by a row of a few numbers a host.

    Args:
        options: Threshold, language, and when the report is written.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self._deviations: dict[str, int] = {}
        self._more_deviations = 0
        self._narrowed = False
        self._partly = 0
        self.hosts: list[HostRow] = []
        self.checks: dict[str, CheckRow] = {}
        self.severities = [0] * len(_ORDER)
        self.kinds = dict.fromkeys(KINDS, 0)
        self.contents: dict[str, None] = {}
        self.outcomes: dict[str, dict[Outcome, int]] = {}  # of changes, by their ids: how many came to what
        self.unmended: list[Unmended] = []
        self._newest = ""

    def tell_size(self) -> str:
        """Return how many hosts there are, and whether the organisation is one target more."""
        own = sum(host.own for host in self.hosts)
        return count_hosts(len(self.hosts) - own, own, self.options.language)

    def add(self, run: Run, past: Past | None = None) -> HostRow:
        """Add the run of one host and return its row, whose age is not yet known.

        Args:
            run: What was found.
            past: What is known of the host, where that was looked up already.
        """
        past = past or look_up(run, self.options)
        kinds, severities = dict.fromkeys(KINDS, 0), [0] * len(_ORDER)
        above = gaps = silent = 0
        for result in run.results:
            kind = kind_of(result)
            kinds[kind] += 1
            row = self.checks.get(result.check)
            if row is None:
                row = self.checks[result.check] = CheckRow(result)
            row.kinds[kind] += 1
            self._partly += result.incomplete
            if kind == "fail":
                place = _ORDER[result.severity]
                severities[place] += 1
                above += place <= _ORDER[self.options.threshold]
                insort(row.examples, run.target.name)  # whichever host answers first, the same are named
                del row.examples[EXAMPLES:]
                if place < _ORDER[row.severity]:
                    row.severity = result.severity
                if since := past.since(result):
                    row.since = min(row.since or since, since)
            elif kind in {"error", "not_checked"}:
                gaps += is_gap(result, self.options.threshold)
                silent += result.failure == "silent" and result.state is State.NOT_CHECKED
        self._note_changes(run)
        self._narrowed = self._narrowed or bool(run.narrowed)
        for one in list_deviations(run):
            told = one.text.get(self.options.language)
            if told in self._deviations or len(self._deviations) < DEVIATIONS:
                self._deviations[told] = self._deviations.get(told, 0) + 1
            else:
                self._more_deviations += 1
        for kind, found in kinds.items():
            self.kinds[kind] += found
        for place, found in enumerate(severities):
            self.severities[place] += found
        if len(self.contents) < EXAMPLES:
            self.contents[run.content] = None
        self._newest = max(self._newest, run.started) if read_moment(run.started) else self._newest
        judged = sum(kinds[kind] for kind in _JUDGED)
        last = recall(run, self.options)
        host = HostRow(
            name=run.target.name,
            group=run.target.group,
            system=run.target.system,
            role=run.role,
            started=run.started,
            level="bad" if above or not judged else "partial" if gaps else "good",
            severities=tuple(severities),
            kinds=tuple(kinds.values()),
            silence=self._explain_silence(run) if silent and silent == len(run.results) else "",
            gaps=gaps,
            unasked=run.unfinished.get(self.options.language),
            known=() if last is None else tuple(sum(one.severity is level for one in last) for level in Severity),
            unknown=is_unknown(run, self.options),
            since=past.oldest(run),
            own=run.target.platform == ORGANISATION,
        )
        self.hosts.append(host)
        return host

    def _note_changes(self, run: Run) -> None:
        for deed in list_change_notes(run.results, self.options.language):
            counts = self.outcomes.setdefault(deed.change, {})
            for outcome, found in deed.counts().items():
                counts[outcome] = counts.get(outcome, 0) + found
            self.unmended += [
                Unmended(run.target.name, note.result.check, note.word, note.reason, note.before, note.after)
                for note in deed.notes
                if note.outcome is not Outcome.FIXED
            ][: NAMED - len(self.unmended)]

    def _explain_silence(self, run: Run) -> str:
        language = self.options.language
        return run.results[0].reason.get(language).strip() or word("no_answer", language)

    def finish(self) -> None:
        """Reckon how old each answer is: of the report's own time, or of the newest answer where it has none."""
        now = read_moment(self.options.generated) or read_moment(self._newest)
        for place, host in enumerate(self.hosts):
            then = read_moment(self.options.answered.get(host.name, "") if host.silence else host.started)
            if now and then:
                self.hosts[place] = host._replace(age=max((now - then).total_seconds(), 0.0))

    @property
    def deviations(self) -> list[str]:
        """Return what makes the runs say less than the checks, and of how many hosts each is true; untrusted."""
        language = self.options.language
        told = [text] if (text := self.options.undelivered.get(language)) else []
        told += [f"{text} ({plural(hosts, 'host', language)})" for text, hosts in self._deviations.items()]
        more = [word("and_more", language, count=number(self._more_deviations, language))]
        return told + (more if self._more_deviations else [])

    @property
    def silent(self) -> list[HostRow]:
        """Return the hosts that did not answer, in the order of their names."""
        return sorted((host for host in self.hosts if host.silence), key=lambda host: host.name)

    @property
    def unasked(self) -> list[HostRow]:
        """Return the hosts that the audit did not come to before it was ended, in the order of their names."""
        return sorted((host for host in self.hosts if host.unasked), key=lambda host: host.name)

    @property
    def unfinished(self) -> str:
        """Return why the audit ended before it had asked all; ``""`` where it did not."""
        return next((host.unasked for host in self.hosts if host.unasked), "")

    @property
    def old(self) -> list[HostRow]:
        """Return the hosts that answered too long ago, the oldest answer first."""
        late = [host for host in self.hosts if not host.silence and not host.unasked and (host.age or 0) > OLD]
        return sorted(late, key=lambda host: (-(host.age or 0), host.name))

    @property
    def judged(self) -> int:
        """Return how many results are verdicts."""
        return sum(self.kinds[kind] for kind in _JUDGED)

    @property
    def applicable(self) -> int:
        """Return how many results concern their host."""
        return sum(self.kinds.values()) - self.kinds["not_applicable"]

    def judge(self) -> Verdict:
        """Return the verdict on the fleet in words, as the exit status would say it."""
        language = self.options.language
        if not self.hosts:  # as where all had answered lately
            return Verdict("partial", word("nobody_asked", language), ())
        allowed = _ORDER[self.options.threshold] + 1
        known = [host for host in self.hosts if any(host.known[:allowed])]
        above = sum(any(host.severities[:allowed]) for host in self.hosts) + len(known)
        below = sum(any(host.severities) and not any(host.severities[:allowed]) for host in self.hosts)
        silent, unasked = len(self.silent), len(self.unasked)
        gaps = sum(not host.silence and not host.unasked and (host.gaps > 0 or not host.judged) for host in self.hosts)
        silenced = [sum(numbers) for numbers in zip([0] * len(_ORDER), *(host.known for host in known), strict=True)]
        counted = zip(Severity, map(add, self.severities, silenced), strict=True)
        worst = ", ".join(plural(n, severity.value, language) for severity, n in list(counted)[:allowed] if n)
        if above:
            own = sum(host.own and any(host.severities[:allowed]) for host in self.hosts)
            hosts = count_hosts(sum(not host.own for host in self.hosts), own, language)
            headline = word("fleet_bad", language, open=number(above - own, language), hosts=hosts, worst=worst)
        elif self.judged and (silent or unasked or gaps):
            answered = sum(not host.silence and not host.unasked for host in self.hosts)
            headline = word("fleet_good_part", language, hosts=plural(answered, "host", language))
        elif self.judged:
            headline = word("fleet_good", language)
        else:
            headline = word("nothing_judged", language)
        if self.unfinished:
            hosts = self.tell_size()
            left = word("interrupted_checks", language, count=number(unasked, language), checks=hosts)
            headline = f"{word('interrupted', language, why=self.unfinished)} {left} {headline}"
        remarks = []
        if below:
            named = severity_name(self.options.threshold, language)
            remarks.append(word("fleet_below", language, counts=named, hosts=plural(below, "host", language)))
        if known:
            levels = zip(Severity, silenced, strict=True)
            worst = ", ".join(plural(n, severity.value, language) for severity, n in list(levels)[:allowed] if n)
            remarks.append(word("counted_known", language, count=number(len(known), language), worst=worst))
        missing = {"silent": silent, "unknown": sum(host.unknown for host in self.hosts)}
        remarks.extend(f"{plural(count, kind, language)}." for kind, count in missing.items() if count)
        if gaps:
            remarks.append(word("fleet_gaps", language, hosts=plural(gaps, "host", language)))
        whole = not (gaps or silent or self.unfinished)
        if self.judged and whole:
            short = {"unjudged": self.kinds["error"] + self.kinds["not_checked"], "partly": self._partly}
            complete = word("asked_is_judged" if self._narrowed else "is_complete", language)
            remarks.extend([f"{plural(n, kind, language)}." for kind, n in short.items() if n] or [complete])
        level = "bad" if above or not self.judged else "good" if whole else "partial"
        return Verdict(level, headline, tuple(remarks))


def describe_answer(host: HostRow, language: str) -> str:
    """Return how old a host's answer is, in words; of a silent one that it gave none, and its last one if known.

    Args:
        host: The row; its age is in seconds.
        language: ``en`` or ``fr``.
    """
    ago = "" if host.age is None else word("ago", language, age=age(host.age, language))
    if host.unasked:
        return word("unasked_host", language)
    if not host.silence:
        return ago or "–"
    return word("last_answer", language, ago=ago) if ago else word("no_answer", language)


def describe_row(host: HostRow, language: str) -> str:
    """Return what is known of a host that gave no answer: ``1 critical, 2 high``; ``–`` where no store remembers.

    Args:
        host: The row.
        language: ``en`` or ``fr``.
    """
    if host.unknown:
        return word("never_answered", language)
    told = [plural(n, level.value, language) for level, n in zip(Severity, host.known, strict=False) if n]
    return ", ".join(told) or (word("nothing_was_open", language) if host.known else "–")


def choose_first(checks: Iterable[CheckRow]) -> list[FirstFix]:
    """Return where to start with a fleet: the fixes that lower its risk most for the least disruption."""
    return choose_fixes(
        FirstFix(row.check, row.title, row.severity, row.disruption, row.kinds["fail"])
        for row in checks
        if row.kinds["fail"]
    )


def sort_checks(checks: Iterable[CheckRow]) -> list[CheckRow]:
    """Return the checks, first what fails on most hosts."""
    return sorted(checks, key=lambda row: row.rank)

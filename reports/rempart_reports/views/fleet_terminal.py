"""What the terminal says of a fleet: hosts worst first, each finding once with the hosts that have it, what changed."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TextIO

from rempart_core.messages.labels import Labels
from rempart_core.messages.message import as_is, listed
from rempart_core.messages.say import say
from rempart_core.model.check import ORGANISATION, Severity
from rempart_core.model.deviation import list_deviations
from rempart_core.model.gate import counts, exit_status, is_gap
from rempart_core.model.history import LastResult
from rempart_core.model.result import Result, Run, State
from rempart_core.text import NOTHING, Text, clean_line
from rempart_reports.views.drift_lines import name_hosts, tell_drift
from rempart_reports.views.host import count_severities
from rempart_reports.views.last_answer import answer_of, describe_age, is_silent
from rempart_reports.views.start_with import FirstFix, choose_fixes
from rempart_reports.writing.evidence import mark_of, show_block
from rempart_reports.writing.terminal_layout import Folded, cut_line
from rempart_reports.writing.translation import age as write_age
from rempart_reports.writing.translation import percent, plural, severity_name, word

if TYPE_CHECKING:  # nothing that an audit without a store needs
    from rempart_reports.views.drift import Drift
    from rempart_reports.views.last_known import Recall

_COLUMNS = 80  # of a line
_SHORT = 16  # characters of a name that always has room beside what its host came to
_NAMED = 5  # hosts that are named beside a finding
_DEVIATIONS = 10  # things that make runs say less than the checks, each told once
_LINES = 50  # hosts of one sort that have a line of their own
_CUT, _FAILED, _SILENT, _GAPS, _GOOD = range(5)  # sorts of hosts: first what a reader has to know first
_MORE = ("more_cut", "more_failed", "more_silent", "more_gaps", "more_good")  # of each sort


def _see(result: Result, language: str) -> str:
    """Return the first thing that fails, in one clean line."""
    rows = result.evidence.rows if result.evidence else []
    row = next((row for row in rows if mark_of(row) == "fail"), None)
    return clean_line(" ".join(show_block(row, language, result.wording, whole=False))) if row else ""


class _Line(NamedTuple):
    """One host.

    Attributes:
        sort: ``_FAILED`` and so on.
        rank: Worst first among those of its sort: open findings by severity, as negative numbers.
        name: Clean.
        text: What it came to.
        host: Its name as the inventory has it.
        answered: When it answered, UTC; ``""`` where it did not.
    """

    sort: int
    rank: tuple[int, ...]
    name: str
    text: str
    host: str
    answered: str

    def tell_age(self, answered: Mapping[str, str], language: str) -> str:
        """Return how old its answer is, where it is not of now; of a silent one its last, where that is known."""
        told = describe_age(self.answered or answered.get(self.host, ""), time.time(), language)
        return told if self.answered or not told else Labels("fleet_terminal", language)("answered", ago=told)


class Tally(NamedTuple):
    """One finding over the fleet.

    Attributes:
        severity: The worst of any host.
        title: The check's.
        hosts: The first hosts that have it, each behind its place in the inventory.
        number: How many have it.
        seen: The first thing that fails on the first of them, in one clean line; ``""`` where nothing was seen.
        disruption: What its fix disrupts.
    """

    severity: Severity
    title: Text
    hosts: tuple[tuple[int, str], ...]
    number: int
    seen: str = ""
    disruption: str = ""


class Summary:
    """Counts runs as they come.

    Attributes:
        status: The exit status of all runs so far; 3 outranks 1.
        failed: Hosts with findings.
        silent: Hosts that did not answer.
    """

    def __init__(self, threshold: Severity, language: str) -> None:
        """Count nothing yet.

        Args:
            threshold: The severity from which an open finding decides the exit code.
            language: ``en`` or ``fr``.
        """
        self._threshold = threshold
        self._language = language
        self._label = Labels("fleet_terminal", language)
        self._lines: dict[int, _Line] = {}
        self._organisations: set[int] = set()
        self._judged = self._applicable = 0
        self._remarks: list[str] = []
        self._deviations: dict[str, int] = {}
        self._findings: dict[str, Tally] = {}
        self._open: dict[Severity, int] = {}
        self.status = 0
        self.failed = self.silent = self.gaps = self.good = self.cut = 0

    def add(
        self,
        number: int,
        run: Run,
        remark: Text = NOTHING,
        *,
        whole: bool = True,
    ) -> None:
        """Count the run of a host.

        Args:
            number: Its place in the inventory.
            run: The run.
            remark: What is said of the host besides.
            whole: Whether all that came of it was believed; else the audit is incomplete, whatever the run says.
        """
        status = exit_status(run, self._threshold) if whole else 3
        self.status = max(self.status, status)
        opened = [result for result in run.results if result.state is State.FAIL and result.open]
        line = self._line(run, status, opened)
        if remark.en:
            line = line._replace(text=f"{line.text} ({clean_line(remark.get(self._language))})")
        self._lines[number] = line
        if run.target.platform == ORGANISATION:
            self._organisations.add(number)
        for one in list_deviations(run):
            told = clean_line(one.text.get(self._language))
            if told in self._deviations or len(self._deviations) < _DEVIATIONS:
                self._deviations[told] = self._deviations.get(told, 0) + 1
        for result in run.results:
            self._applicable += result.state is not State.NOT_APPLICABLE
            self._judged += result.state is State.PASS or result.state is State.FAIL
        here = number, run.target.name
        for result in opened:
            self._open[result.severity] = self._open.get(result.severity, 0) + 1
            severity, _, hosts, found, seen, _ = tally = self._findings.get(result.check) or Tally(
                result.severity, result.title, (), 0, "", result.remediation.disruption
            )
            if severity is not result.severity:
                severity = min(severity, result.severity, key=lambda one: one.rank)
            if len(hosts) < _NAMED or here < hosts[-1]:
                hosts = tuple(sorted((*hosts, here))[:_NAMED])
            if hosts[0] == here:  # whichever host answers first, the same is told
                seen = _see(result, self._language)
            self._findings[result.check] = Tally(severity, tally.title, hosts, found + 1, seen, tally.disruption)

    def _line(self, run: Run, status: int, opened: list[Result]) -> _Line:
        name, results = clean_line(run.target.name), run.results
        if run.unfinished.en:
            self.cut += 1
            return _Line(_CUT, (), name, self._label("cut_host"), run.target.name, "")
        if is_silent(run):
            self.silent += 1
            reason = clean_line(results[0].reason.get(self._language))
            return _Line(_SILENT, (), name, reason, run.target.name, "")
        errors = sum(result.state is State.ERROR for result in results)
        unseen = sum(result.state is State.NOT_CHECKED for result in results)
        if any(counts(result, self._threshold) for result in opened):
            self.failed += 1
            sort = _FAILED
        elif status:
            self.gaps += 1
            sort = _GAPS
        else:
            self.good += 1
            sort = _GOOD
        parts = [count_severities(opened, self._language) or self._label("good")]
        if errors + unseen:
            parts.append(self._label("unjudged", count=errors + unseen))
        ended = next((result.reason for result in results if result.failure == "silent"), None)
        if ended:  # it answered some checks and then no more
            parts.append(clean_line(ended.get(self._language)))
        rank = tuple(-sum(result.severity is severity for result in opened) for severity in Severity)
        text = say(listed([as_is(part) for part in parts]), self._language)
        return _Line(sort, rank, name, text, run.target.name, answer_of(run))

    def leave_out(self, hosts: Collection[str], age: int, words: Iterable[LastResult], today: str) -> None:
        """Count hosts that were not asked since they had answered lately, by what the store knows of them.

        Args:
            hosts: Their names.
            age: Seconds within which they answered.
            words: What their last answers come to.
            today: The date, for waivers.
        """
        judged, failed, gaps = set[str](), set[str](), set[str]()
        for one in words:
            if one.state in {State.PASS, State.FAIL}:
                judged.add(one.host)
            if is_gap(one, self._threshold):
                gaps.add(one.host)
            elif one.state is State.FAIL and one.waived_until < today and counts(one, self._threshold):
                failed.add(one.host)
        gaps |= set(hosts) - judged
        self.status = max(self.status, 3 if gaps else int(bool(failed)))
        told_age = write_age(age, self._language)
        self._remarks.append(self._label("left", number=len(hosts), age=told_age, failed=len(failed), gaps=len(gaps)))

    def go_on(self, done: int, total: int, began: str) -> None:
        """Say that hosts were done by an audit that was interrupted.

        Args:
            done: How many hosts were done.
            total: How many there are.
            began: When the audit began, as it is said.
        """
        self._remarks.append(self._label("resumed", done=done, total=total, began=began))

    def print(
        self,
        stream: TextIO,
        cut: Text = NOTHING,
        oldest: Mapping[str, str] = {},
        drift: "Drift | None" = None,
        answered: Mapping[str, str] = {},
        known: "Recall | None" = None,
        reports: Sequence[str] = (),
    ) -> None:
        """Print the whole, in at most 80 columns.

        Args:
            stream: Where it goes.
            cut: Why the audit ended before all hosts were asked; ``NOTHING`` where it did not.
            oldest: Since when each check is open on the host where it is so for longest, UTC; of a store.
            drift: What changed since the run before; None where no store remembers one.
            answered: When hosts answered last, by name, UTC, for silent ones; of a store.
            known: Gives the last known findings of hosts that gave no answer; None where no store remembers.
            reports: Where the reports lie.
        """
        language, label = self._language, self._label
        out = Folded(stream, _COLUMNS)
        if cut.en:
            why = clean_line(cut.get(language))
            out.write(label("cut", why=why, count=self.cut, total=len(self._lines)) + "\n")
        if self._lines:
            out.write(f"{label('hosts')}\n")
        out.writelines(self._list_hosts(answered, known))
        if self._findings:
            out.write(f"\n{label('findings')}\n")
        for check, tally in sorted(
            self._findings.items(), key=lambda item: (item[1].severity.rank, -item[1].number, item[0])
        ):
            title = clean_line(tally.title.get(self._language))
            severity = severity_name(tally.severity, self._language).ljust(8)
            out.write(cut_line(f"  {severity}  {clean_line(check)}  {title}", _COLUMNS) + "\n")
            since = f" · {label('since', day=oldest[check][:10])}" if check in oldest else ""
            out.write(self._name_hosts(tally, since) + "\n")
            if tally.seen:
                seen = label("seen", host=clean_line(tally.hosts[0][1]), seen=tally.seen)
                out.write(f"      {cut_line(seen, _COLUMNS - 6)}\n")
        if drift is not None:
            out.writelines(tell_drift(drift, language))
        out.write(f"\n{self._sum()}\n")
        told_open = ", ".join(plural(self._open[one], one.value, language) for one in Severity if one in self._open)
        if told_open:
            out.write(f"{plural(sum(self._open.values()), 'finding', language)} ({told_open})\n")
        if known is not None:
            out.writelines(self._sum_known(known))
        if self._applicable:
            share = percent(self._judged, self._applicable, self._language)
            out.write(label("coverage", share=share) + "\n")
        out.writelines(remark + "\n" for remark in self._remarks)
        hosts = self._deviations.items()
        out.writelines(f"{told} ({plural(found, 'host', self._language)})\n" for told, found in hosts)
        out.writelines(self._tell_start())
        if reports:
            out.write(f"{label('reports', places=', '.join(map(clean_line, reports)))}\n")

    def _sum(self) -> str:
        """Return how many hosts came to what."""
        total = str(self._machines)
        if self._organisations:
            total = word("and_organisation", self._language, hosts=total)
        told = {"good": self.good, "failed": self.failed, "gaps": self.gaps, "silent": self.silent}
        if self.cut:
            return self._label("sum_cut", total=total, **told, cut=self.cut)
        return self._label("sum", total=total, **told)

    @property
    def _machines(self) -> int:
        return len(self._lines) - len(self._organisations)

    def _is_own(self, tally: Tally) -> bool:
        """Tell whether a finding is one of the organisation, which is no host."""
        return self._organisations.issuperset(number for number, _ in tally.hosts)

    def _name_hosts(self, tally: Tally, since: str) -> str:
        """Return the line that names hosts of a finding: as many as have room in it, at least one."""
        for count in range(len(tally.hosts), 0, -1):
            names = name_hosts([name for _, name in tally.hosts[:count]], tally.number, self._language)
            if self._is_own(tally):
                told = self._label("on_organisation", names=names)
            else:
                told = self._label("on", count=tally.number, total=self._machines, names=names)
            line = f"      {told}{since}"
            if len(line) <= _COLUMNS:
                break
        return line

    def _tell_start(self) -> Iterator[str]:
        """Give where to start, and what comes next."""
        fixes = choose_fixes(
            FirstFix(check, tally.title, tally.severity, tally.disruption, tally.number)
            for check, tally in self._findings.items()
        )
        if fixes:
            yield f"{self._label('start')}\n"
            for one in fixes:
                line = f"  {clean_line(one.check)}  {clean_line(one.title.get(self._language))}"
                hosts = plural(one.hosts, "host", self._language)
                on = f" ({self._label('the_organisation') if self._is_own(self._findings[one.check]) else hosts})"
                yield cut_line(line, _COLUMNS - len(on)) + on + "\n"
            yield f"{self._label('next')}\n"

    def _list_hosts(self, answered: Mapping[str, str], known: "Recall | None") -> Iterator[str]:
        """Give the lines of hosts: worst first, silent ones, those judged in part, those with nothing open."""
        order = sorted(self._lines, key=lambda number: (*self._lines[number][:2], number))
        sorts = [[self._lines[number] for number in order if self._lines[number].sort == sort] for sort in range(5)]
        shown = [line for lines in sorts for line in lines[:_LINES]]
        room = _COLUMNS - 4 - max((len(line.text) for line in shown if line.sort not in (_SILENT, _CUT)), default=0)
        width = max((len(line.name) for line in shown if len(line.name) <= max(room, _SHORT)), default=0)
        for sort, lines in enumerate(sorts):
            for line in lines[:_LINES]:
                told = line.tell_age(answered, self._language)
                if known is not None and line.sort in (_SILENT, _CUT):
                    told = self._recall(line, known, told)
                yield f"  {line.name.ljust(width)}  {line.text}{f' ({told})' if told else ''}\n"
            if len(lines) > _LINES:
                yield f"  {self._label(_MORE[sort], count=len(lines) - _LINES)}\n"

    def _recall(self, line: _Line, known: "Recall", told: str) -> str:
        """Return what is known of a host that gave no answer: when it gave its last one, and what that came to."""
        from rempart_reports.views.last_known import describe_known

        found = known(clean_line(line.host))
        last = describe_known(found, self._language)
        if found is not None:
            last = self._label("known_host", findings=last)
        return f"{told}, {last}" if told else last

    def _sum_known(self, known: "Recall") -> Iterator[str]:
        """Give the lines of what hosts that gave no answer count for."""
        found = [known(clean_line(line.host)) for line in self._lines.values() if line.sort in (_SILENT, _CUT)]
        findings = [one for some in found for one in some or ()]
        counts = [(severity, sum(one.severity is severity for one in findings)) for severity in Severity]
        told = ", ".join(plural(number, severity.value, self._language) for severity, number in counts if number)
        if told:
            hosts = sum(bool(some) for some in found)
            yield self._label("known", findings=told, hosts=hosts) + "\n"
        if unknown := sum(some is None for some in found):
            yield f"{plural(unknown, 'unknown', self._language)}.\n"

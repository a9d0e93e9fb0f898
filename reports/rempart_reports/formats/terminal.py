"""The report on a terminal, and in a pipe: what is open first, with its evidence.

The plain run imports this module, so it imports next to nothing.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from rempart_core.messages.message import Value
from rempart_core.model.check import Severity
from rempart_core.model.result import Evidence, Result, Run
from rempart_core.typography import typeset
from rempart_reports.formats import contract
from rempart_reports.formats.contract import Place
from rempart_reports.views.fix import first_step, list_fix
from rempart_reports.views.host import (
    Groups,
    count_kinds,
    describe_interruption,
    describe_waiver,
    group_by_reason,
    judge,
    remarks_of,
    sort_out,
)
from rempart_reports.views.options import Options
from rempart_reports.views.run_end import tell_end
from rempart_reports.writing.evidence import mark_of, show, show_block, show_parameter
from rempart_reports.writing.terminal_layout import Page, cut_line, cut_words
from rempart_reports.writing.translation import colon, moment, name, number, severity_name, word

if TYPE_CHECKING:  # nothing that a run without a store needs
    from rempart_reports.views.past import Past

ROWS = 3  # of evidence that are shown of one statement; --verbose shows all that was kept
COLUMNS = 80  # of a line in a pipe, which looks like a terminal


class Report(contract.Report):
    """See contract.Report."""

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment."""
        import io

        out = io.StringIO()
        print_run(run, out, self.options)
        return [("\n" if place.number else "") + out.getvalue()]


def print_run(run: Run, out: TextIO, options: Options) -> None:
    """Print what was found on one target: findings worst first, errors, what was accepted, the sum, what comes next.

    Args:
        run: What was found.
        out: Where it goes. What its encoding can't hold is replaced.
        options: Language, threshold, colour, width (0: a pipe, as 80 columns), verbosity.
    """
    page = _Report(out, run, options)
    groups = sort_out(run.results)
    page.print_head()
    page.print_changes()
    page.print_findings(groups)
    page.print_errors(groups.errors)
    page.print_accepted("waivers", "waived", groups.waived)
    page.print_accepted("knowns", "known", groups.known)
    if options.verbose:
        page.print_by_reason("gaps", "not_checked", groups.not_checked)
        page.print_by_reason("inapplicable", "not_applicable", groups.not_applicable)
        page.print_left_out()
        page.print_passes(groups.passed)
    page.print_end(groups)


class _Report:
    """One run on its way to a stream."""

    def __init__(self, out: TextIO, run: Run, options: Options) -> None:
        self.width = options.width or COLUMNS
        self.page = Page(out, 0 if options.verbose and not options.width else self.width, options.color)
        self.run = run
        self.options = options
        self.language = options.language
        self.past: Past | None = None
        self.names = max(len(severity_name(severity, self.language)) for severity in Severity)
        self.ids = max((len(result.check) for result in run.results), default=0)
        self.narrow = self.width < 60
        self.indent = 4

    def word(self, key: str, **values: Value) -> str:
        return word(key, self.language, **values)

    def show(self, text: str) -> str:
        return show(text, self.language)

    def print_head(self) -> None:
        run, language, page = self.run, self.language, self.page
        dot = f" {page.symbol('separator')} "
        system = run.target.system or self.word("unrecognised")
        when = moment(run.started, language)
        if run.unfinished.en:
            page.write(self.show(describe_interruption(run, language)), "partial")
        page.write(dot.join(self.show(part) for part in (run.target.name, system, when)), "bold")
        role = f"{self.show(name(run.role, language)).lower()} ({self.word('given' if run.role_given else 'detected')})"
        user = self.word("as_user", user=self.show(run.engine.user))
        if not run.engine.privileged:
            user += f", {self.word('unprivileged')}"
        facts = [
            role,
            self.word("profile_of", profile=self.show(run.profile)),
            self.word("engine_of", engine=self.show(f"{run.engine.name} {run.engine.version}".strip())),
            user,
        ]
        page.write(dot.join(facts), "dim")
        if run.container is not None:
            self._print_container()
        for remark in remarks_of(run, language):
            page.write(self.show(remark), "partial")

    def _print_container(self) -> None:
        from rempart_reports.views.container import tell_container

        if found := tell_container(self.run, self.language):
            self.page.write(self.show(found.about) + colon(self.language).rstrip(), "dim")
            self.page.write_whole(self.show(found.digest), indent=2)  # it is copied
            if found.note:
                self.page.write(found.note, "partial", indent=2)

    def print_changes(self) -> None:
        """Print what a change did; the audit that follows one has it."""
        if all(result.change is None for result in self.run.results):
            return
        from rempart_reports.views.change_outcome import tell_run

        self._print_heading(self.word("deeds"))
        for line in tell_run(self.run, self.language):
            self.page.write(line, indent=2 if line.startswith("-") else 0)

    def print_findings(self, groups: Groups) -> None:
        if groups.findings:
            self.page.blank()
        for result in groups.findings:
            self._print_finding(result)

    def print_errors(self, errors: list[Result]) -> None:
        if errors:
            self._print_heading(self.word("errors"))
        for result in errors:
            self._print_title(result, "error", "partial")
            self._print_detail(self.show(result.reason.get(self.language)))
            for evidence in (result.evidence, result.witness):
                # of sources that disagree both are shown, the passing one too
                self._print_rows(evidence, result, failing=result.witness is None)

    def print_accepted(self, heading: str, kind: str, results: list[Result]) -> None:
        if results:
            self._print_heading(self.word(heading))
        for result in results:
            self._print_title(result, kind, "dim")
            if result.waiver:
                waiver = result.waiver
                owner = self.word("by", owner=self.show(waiver.owner))
                self._print_detail(f"{self.show(describe_waiver(waiver, self.language))} ({owner})")
            else:
                self._print_detail(self.show(result.reason.get(self.language)))

    def print_by_reason(self, heading: str, kind: str, results: list[Result]) -> None:
        if results:
            self._print_heading(self.word(heading))
        for reason, those in group_by_reason(results, self.language):
            ids = ", ".join(self.show(result.check) for result in those)
            lead = ((f"  {self.page.symbol(kind)} ", "dim"),)
            self.page.write(f"{self.show(reason)}{colon(self.language)}{ids}", indent=4, lead=lead)
            if self.options.verbose:
                for result in those:
                    title = self.show(typeset(result.title.get(self.language), self.language))
                    self.page.write(f"{self.show(result.check).ljust(self.ids)}  {title}", "dim", indent=6)

    def print_left_out(self) -> None:
        if self.run.excluded:
            self._print_heading(self.word("left_out"))
        for check, reason in self.run.excluded:
            self.page.write(f"{self.show(check).ljust(self.ids)}  {self.show(reason.get(self.language))}", indent=4)

    def print_passes(self, passed: list[Result]) -> None:
        if passed:
            self._print_heading(self.word("passes"), "good")
        for result in passed:
            self._print_title(result, "pass", "good")
            self._print_rows(result.evidence, result, failing=False)
            self._print_expired(result)

    def print_end(self, groups: Groups) -> None:
        """Print the counts once, what was not judged and why, where to start, what comes next."""
        page, run = self.page, self.run
        verdict = judge(run, self.options.threshold, self.language, whole=not self.options.unfinished)
        page.blank()
        if not run.results:
            page.write(self.word("no_results"), verdict.level)
        else:
            page.write(f" {page.symbol('separator')} ".join(count_kinds(run, self.language)), verdict.level)
            for line in tell_end(run, groups, verdict, self.options):
                page.write(self.show(line.strip(" ")), indent=2 if line.startswith(" ") else 0)
        if self.options.head:
            page.write_whole(f"{self.word('head')}{colon(self.language)}{self.options.head}")  # it is copied

    def _print_heading(self, text: str, style: str = "bold") -> None:
        self.page.blank()
        self.page.write(text.upper(), style)

    def _print_title(self, result: Result, kind: str, style: str) -> None:
        severity = severity_name(result.severity, self.language).ljust(self.names)
        title = self.show(typeset(result.title.get(self.language), self.language))
        lead = (
            (f"{self.page.symbol(kind)} ", style),
            (f"{severity}  ", style),
            (f"{self.show(result.check).ljust(self.ids)}  ", "bold"),
        )
        taken = sum(len(piece) for piece, _ in lead)
        if not self.options.verbose and not self.narrow:
            title = cut_line(title, self.width - taken)
        self.page.write(title, indent=4 if self.narrow else taken, lead=lead)

    def _print_line(self, text: str, style: str = "") -> None:
        """Print a line of a finding, cut at the width: all of it is in the reports, and with --verbose here."""
        whole = self.options.verbose or self.narrow
        self._print_detail(text if whole else cut_line(text, self.width - self.indent), style)

    def _print_detail(self, text: str, style: str = "") -> None:
        self.page.write(text, style, indent=self.indent)

    def _print_finding(self, result: Result) -> None:
        self._print_title(result, "fail", result.severity.value)
        if not result.evidence or not result.evidence.failing:
            self._print_detail(self.show(result.reason.get(self.language)))
        for evidence in (result.evidence, result.witness):
            self._print_rows(evidence, result, failing=True)
        if result.incomplete:
            self._print_detail(self.word("incomplete"), "partial")
        self._print_past(result)
        self._print_expired(result)
        if result.parameters and self.options.verbose:
            values = ", ".join(
                f"{self.show(key)} = {show_parameter(value, self.language)}" for key, value in result.parameters.items()
            )
            self._print_detail(f"{self.word('parameters')}{colon(self.language)}{values}", "dim")
        self._print_fix(result)

    def _print_fix(self, result: Result) -> None:
        """Print the first step on one line, and how to see all; with --verbose all."""
        label = f"{self.word('fix_short')}{colon(self.language)}"
        first, steps = first_step(result.remediation, self.language)
        if not steps:
            return
        if not self.options.verbose:
            more = self.word("steps_of", count=steps, command=f"rempart checks show {self.show(result.check)}")
            whole = result.remediation.steps and steps == 1 and len(label + first) <= self.width - self.indent
            room = self.width - self.indent - len(label) - (0 if whole else len(more) + 2)
            told = self.show(first.replace("`", ""))
            self._print_detail(label + (told if whole else f"{cut_words(told, max(room, 12))}  {more}"), "dim")
            return
        self._print_detail(label.rstrip(), "dim")
        for part in list_fix(result.remediation, self.language):
            if part.kind == "command":
                for line in part.text.splitlines():  # not wrapped, so that it can be pasted
                    self.page.write_whole(self.show(line), indent=self.indent + 4)
            else:
                self.page.write(self.show(part.text.replace("`", "")), indent=self.indent + 2)

    def _print_past(self, result: Result) -> None:
        if self.options.opened is None and self.options.drift is None:
            return
        from rempart_reports.views.past import describe_past, look_up

        if self.past is None:
            self.past = look_up(self.run, self.options)
        for line in describe_past(result, self.past, self.options):
            self._print_detail(line)

    def _print_expired(self, result: Result) -> None:
        for waiver in result.expired_waivers:
            self._print_detail(self.show(describe_waiver(waiver, self.language)), "partial")

    def _print_rows(self, evidence: Evidence | None, result: Result, *, failing: bool) -> None:
        """Print the rows of one statement: of a failure those that did not pass, of a pass those that did."""
        if evidence is None:
            return
        rows = [row for row in evidence.rows if not failing or mark_of(row) != "pass"]
        prefix = f"{self.word('witness')}{colon(self.language)}" if evidence.statement == "cross_check" else ""
        shown = rows if self.options.verbose else rows[:ROWS]
        there = evidence.failing + evidence.undecided if failing else evidence.total
        expected = ""
        for row in shown:
            mark = mark_of(row)
            symbol = "" if failing and mark == "fail" else f"{self.page.symbol(mark)} "
            lines = show_block(row, self.language, result.wording, expected, whole=self.options.verbose)
            expected = "" if self.options.verbose else row.get("expected", "")
            for place, line in enumerate(lines[: None if self.options.verbose else ROWS]):
                self._print_line(f"{'  ' if place else symbol + prefix}{line}", "" if mark == "fail" else "partial")
        if there > len(shown):
            key = "more_rows" if self.options.verbose else "more_here"
            self._print_detail(self.word(key, count=number(there - len(shown), self.language)), "dim")

"""Markdown for the summary of a CI job: a short head, the findings worst first, and what was not seen.

GitHub takes no summary of more than 1 MiB for a step, so the report is cut before and says how much is missing.
Source: GitHub Docs, "Workflow commands", adding a job summary.
"""

from collections.abc import Callable, Iterable, Sequence

from rempart_core.messages.message import Value
from rempart_core.model.check import Severity
from rempart_core.model.result import Result, Run, TargetIdentity
from rempart_core.typography import typeset
from rempart_reports.formats import contract
from rempart_reports.formats.contract import Place
from rempart_reports.views.change_outcome import describe_counts, list_change_notes
from rempart_reports.views.container import tell_container
from rempart_reports.views.fix import FixPart, list_fix
from rempart_reports.views.fleet import Fleet
from rempart_reports.views.host import Groups, describe_waiver, group_by_reason, judge, name_area, remarks_of, sort_out
from rempart_reports.views.last_answer import tell_answer
from rempart_reports.views.last_known import tell_known
from rempart_reports.views.options import Options
from rempart_reports.views.past import describe_past, look_up
from rempart_reports.writing.evidence import mark_of, show_row
from rempart_reports.writing.markdown_text import write_block, write_code, write_prose
from rempart_reports.writing.translation import colon, day, moment, name, number, plural, severity_name, word

LIMIT = 1_000_000  # bytes, a little below 1 MiB
ROWS = 5  # of evidence for each finding
_RESERVE = 2_000  # bytes for the word on what was cut


class Report(contract.Report):
    """See contract.Report. One run is told result by result; a fleet is summed up, from outlines of its runs."""

    def __init__(self, options: Options, alone: TargetIdentity | None = None) -> None:
        """See contract.Report."""
        super().__init__(options, alone)
        self._fleet = Fleet(options)

    def fragment(self, run: Run, place: Place) -> Sequence[str]:
        """See contract.Report.fragment."""
        del place
        if self.alone is None:
            return []
        sheet = Sheet()
        _Report(sheet, run, self.options).write()
        return [sheet.text(self.options.language)]

    @property
    def outlined(self) -> bool:
        """See contract.Report.outlined."""
        return True

    def note(self, run: Run) -> None:
        """See contract.Report.note."""
        if self.alone is None:
            self._fleet.add(run)

    def tail(self, runs: int) -> str:
        """See contract.Report.tail."""
        if self.alone is not None or not (runs or self.options.fleet):
            return ""
        from rempart_reports.formats.markdown_fleet import write_fleet

        sheet = Sheet()
        write_fleet(self._fleet, sheet, self.options)
        return sheet.text(self.options.language)


class Sheet:
    """What is written, until it is full.

    Attributes:
        lost: How many results did not fit.
    """

    def __init__(self) -> None:
        self._written: list[str] = []
        self._room = LIMIT - _RESERVE
        self._full = False
        self.lost = 0

    def add(self, text: str, results: int = 0) -> None:
        """Write ``text``, which tells of that many results; once something did not fit, nothing more is written.

        Args:
            text: Whole lines.
            results: How many results are lost with it where it does not fit.
        """
        size = len(text.encode())
        if self._full or size > self._room:
            self._full = True
            self.lost += results
            return
        self._room -= size
        self._written.append(text)

    def text(self, language: str) -> str:
        """Return what was written, and how much did not fit."""
        lost = plural(self.lost, "result", language)
        more = [f"\n**{word('not_shown', language, lost=lost)}**\n"] if self.lost else []
        return "".join(self._written + more)


class _Report:
    """One run on its way to a sheet."""

    def __init__(self, sheet: Sheet, run: Run, options: Options) -> None:
        self.sheet = sheet
        self.run = run
        self.options = options
        self.past = look_up(run, options)
        self.language = options.language

    def write(self) -> None:
        groups = sort_out(self.run.results)
        self.write_head(groups)
        self.write_deeds()
        self.write_table("findings", ("severity", "check", "observed"), groups.findings, self.row_of_finding)
        self.write_fixes(groups.findings)
        self.write_table("errors", ("severity", "check", "reason"), groups.errors, self.row_of_error)
        self.write_table("waivers", ("severity", "check", "waiver"), groups.waived, self.row_of_waived)
        self.write_table("knowns", ("severity", "check", "observed"), groups.known, self.row_of_finding)
        self.write_reasons("gaps", groups.not_checked)
        self.write_reasons("inapplicable", groups.not_applicable)
        self.write_left_out()
        self.write_passes(groups.passed)

    def word(self, key: str, **values: Value) -> str:
        return word(key, self.language, **values)

    def code(self, text: str) -> str:
        return write_code(text, self.language)

    def prose(self, text: str) -> str:
        return write_prose(text, self.language)

    def content(self, text: str) -> str:
        return write_prose(typeset(text, self.language), self.language)

    def write_head(self, groups: Groups) -> None:
        run, language = self.run, self.language
        verdict = judge(run, self.options.threshold, language, whole=not self.options.unfinished)
        role = f"{self.prose(name(run.role, language))} ({self.word('given' if run.role_given else 'detected')})"
        engine = self.word("engine_of", engine=self.code(f"{run.engine.name} {run.engine.version}".strip()))
        facts = [
            self.prose(run.target.system) if run.target.system else self.word("unrecognised"),
            role,
            self.word("profile_of", profile=self.code(run.profile)),
            engine,
            self.word("as_user", user=self.code(run.engine.user)),
            self.prose(moment(run.started, language)),
        ]
        facts += [told] if (told := tell_answer(run, self.options)) else []
        if not run.engine.privileged:
            facts.insert(5, self.word("unprivileged"))
        if self.options.head:
            facts.append(f"{self.word('head').lower()} {self.code(self.options.head)}")
        some = run.results or run.unfinished.en
        headline = " ".join([verdict.headline, *verdict.remarks]) if some else self.word("no_results")
        self.sheet.add(f"# {self.word('report')}{colon(language)}{self.code(run.target.name)}\n\n")
        self.sheet.add(f"**{headline}**\n\n{' · '.join(facts)}\n\n")
        if found := tell_container(run, language):
            note = f" ({found.note})" if found.note else ""
            self.sheet.add(f"{self.prose(found.about)} {self.code(found.digest)}{note}\n\n")
        for line in tell_known(run, self.options):
            self.sheet.add(f"> {self.prose(line)}\n\n")
        for remark in remarks_of(run, language):
            self.sheet.add(f"> {self.prose(remark)}\n\n")
        counts = [
            *((severity_name(s, language), sum(r.severity is s for r in groups.findings)) for s in Severity),
            (self.word("error"), len(groups.errors)),
            (self.word("waived"), len(groups.waived)),
            *([(self.word("known"), len(groups.known))] if run.baseline or groups.known else []),
            (self.word("not_checked"), len(groups.not_checked)),
            (self.word("not_applicable"), len(groups.not_applicable)),
            (self.word("pass"), len(groups.passed)),
        ]
        self.sheet.add(_row(label for label, _ in counts) + _row("---:" for _ in counts))
        self.sheet.add(_row(number(count, language) for _, count in counts) + "\n")

    def write_deeds(self) -> None:
        """Write what changes did: counts, then each finding that they were about, before and after."""
        for deed in list_change_notes(self.run.results, self.language):
            about = f"{self.word('deed', change=self.code(deed.change))}{colon(self.language)}"
            self.sheet.add(f"## {self.word('deeds')}\n\n{about}{describe_counts(deed, self.language)}\n\n")
            columns = ("outcome", "check", "before", "after")
            self.sheet.add(_row(self.word(column) for column in columns) + _row("---" for _ in columns))
            for note in deed.notes:
                said = f"{note.word}<br>{self.code(note.reason)}" if note.reason else note.word
                title = f"**{self.prose(note.result.check)}** {self.content(note.result.title.get(self.language))}"
                seen = (self.code(text) if text else "–" for text in (note.before, note.after))
                self.sheet.add(_row((said, title, *seen)))
            self.sheet.add("\n")

    def write_table(
        self, heading: str, columns: tuple[str, ...], results: list[Result], row_of: Callable[[Result], str]
    ) -> None:
        if not results:
            return
        head = _row(self.word(column) for column in columns) + _row("---" for _ in columns)
        self.sheet.add(f"## {self.word(heading)}\n\n{head}")
        for result in results:
            severity = severity_name(result.severity, self.language)
            title = f"**{self.prose(result.check)}** {self.content(result.title.get(self.language))}"
            self.sheet.add(_row((severity, title, row_of(result))), results=1)
        self.sheet.add("\n")

    def row_of_finding(self, result: Result) -> str:
        parts = []
        for evidence in (result.evidence, result.witness):
            if evidence is None:
                continue
            rows = [row for row in evidence.rows if mark_of(row) != "pass"][:ROWS]
            parts += [self.code(show_row(row, self.language, result.wording)) for row in rows]
            more = evidence.failing + evidence.undecided - len(rows)
            if more > 0:
                parts.append(self.word("more_rows", count=number(more, self.language)))
        parts = parts or [self.prose(result.reason.get(self.language))]
        if result.incomplete:
            parts.append(self.word("incomplete"))
        parts += [self.prose(line) for line in describe_past(result, self.past, self.options)]
        parts += [self.prose(describe_waiver(waiver, self.language)) for waiver in result.expired_waivers]
        return "<br>".join(parts)

    def write_fixes(self, findings: list[Result]) -> None:
        """Write how each finding is fixed: a table can't hold a command that is pasted."""
        told = [(result, list_fix(result.remediation, self.language)) for result in findings]
        if any(parts for _, parts in told):
            self.sheet.add(f"## {self.word('fixes')}\n\n")
        for result, parts in told:
            if parts:
                title = self.content(result.title.get(self.language))
                lines = [f"**{self.prose(result.check)}** {title}\n\n", *map(self.write_step, parts)]
                self.sheet.add("".join(lines))

    def write_step(self, part: FixPart) -> str:
        if part.kind == "command":
            return write_block(part.text, self.language)
        text = self.prose(part.text)
        return f"*{text}*\n\n" if part.kind == "system" else f"{text}\n\n"

    def row_of_error(self, result: Result) -> str:
        return self.code(result.reason.get(self.language))

    def row_of_waived(self, result: Result) -> str:
        waiver = result.waiver
        if waiver is None:  # a waived result carries its waiver
            return ""
        owner = self.word("by", owner=self.prose(waiver.owner))
        until = self.word("until", day=self.prose(day(waiver.end, self.language)))
        return f"{until}{colon(self.language)}{self.prose(waiver.reason)} ({owner})"

    def write_reasons(self, heading: str, results: list[Result]) -> None:
        if results:
            self.sheet.add(f"## {self.word(heading)}\n\n")
        for reason, those in group_by_reason(results, self.language):
            ids = ", ".join(self.prose(result.check) for result in those)
            self.sheet.add(f"- {self.prose(reason)}{colon(self.language)}{ids}\n", results=len(those))
        if results:
            self.sheet.add("\n")

    def write_left_out(self) -> None:
        if self.run.excluded:
            self.sheet.add(f"## {self.word('left_out')}\n\n")
        for check, reason in self.run.excluded:
            self.sheet.add(f"- {self.prose(check)}{colon(self.language)}{self.prose(reason.get(self.language))}\n")
        if self.run.excluded:
            self.sheet.add("\n")

    def write_passes(self, passed: list[Result]) -> None:
        if not passed:
            return
        areas: dict[str, list[str]] = {}
        for result in passed:
            areas.setdefault(result.area, []).append(self.prose(result.check))
        self.sheet.add(f"## {self.word('passes')} ({number(len(passed), self.language)})\n\n")
        for area, ids in sorted(areas.items()):
            label = self.prose(name_area(area, self.language))
            self.sheet.add(f"- {label}{colon(self.language)}{', '.join(ids)}\n", results=len(ids))


def _row(cells: Iterable[str]) -> str:
    """Return one row of a table."""
    return f"| {' | '.join(cells)} |\n"

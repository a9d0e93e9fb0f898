"""A plan as a page: what it comes to, its hosts, then each check once with what would change."""

from collections.abc import Iterator, Sequence

from rempart_controller.remediation.ansible.task_name import name_task
from rempart_controller.remediation.pages.plan import HEADS, NOTED, count_host, sum_up
from rempart_controller.remediation.pages.plan_groups import group_fixes, group_left, group_unjudged, read_diff
from rempart_controller.remediation.records.plan import FixPlan, PlannedFix, Step
from rempart_core.messages.labels import Labels
from rempart_core.model.check import Severity
from rempart_reports.views.document import Block, Bullets, Code, Document, Entry, Facts, Paragraph, Section, Table
from rempart_reports.writing.host_list import name_some
from rempart_reports.writing.translation import colon, moment, severity_name


def document_of(plan: FixPlan, language: str) -> Document:
    """Return a plan as a document, in a language.

    Args:
        plan: The plan.
        language: ``en`` or ``fr``.
    """
    return _Builder(plan, language).build()


class _Builder:
    def __init__(self, plan: FixPlan, language: str) -> None:
        self._plan = plan
        self._language = language
        self._place = int(language == "fr")
        self._label = Labels("plan_page", language)

    def build(self) -> Document:
        plan, language = self._plan, self._language
        silent = [host for host in plan.hosts if any(host.silent)]
        told = [host for host in plan.hosts if not any(host.silent)]
        fixes = list(self._fixes())
        table = Table(tuple(self._label(head) for head in HEADS), tuple(tuple(count_host(one)) for one in told), 2)
        quiet = tuple((host.name, host.silent[self._place]) for host in silent)
        sections = [
            Section(self._label("fixes"), tuple(fixes), len(fixes)),
            Section(self._label("hosts"), (table,) if told else (), len(told)),
            Section(self._label("silent_hosts"), (Facts(quiet),) if quiet else (), len(quiet)),
        ]
        for kind, mark in (("manual", "fail"), ("waived", "waived"), ("left", "not_checked")):
            left = list(self._left(kind, mark))
            sections.append(Section(self._label(kind), tuple(left), len(left)))
        unjudged = list(self._unjudged())
        sections += [
            Section(self._label("unjudged"), tuple(unjudged)),
            Section(self._label("facts"), (Facts(tuple(self._facts())),)),
        ]
        applicable = any(host.applicable for host in plan.hosts)
        return Document(
            kind=self._label("kind"),
            title=plan.id,
            lead=self._label("lead", time=moment(plan.created, language), author=plan.author),
            level="bad" if silent else "partial" if fixes else "good",
            headline=sum_up(plan, language),
            remarks=(self._label("apply"),) if applicable else () if fixes else (self._label("none"),),
            sections=tuple(sections),
        )

    def _named(self, names: Sequence[str]) -> list[Block]:
        """Return on which hosts it is; nothing where the plan has but one."""
        if len(self._plan.hosts) == 1:
            return []
        return [Paragraph(self._label("on", hosts=name_some(names, self._language)), "quiet")]

    def _fixes(self) -> Iterator[Entry]:
        for alike in group_fixes(self._plan):
            fix = alike[0][0][1]
            blocks: list[Block] = []
            for group in alike:
                blocks += self._group([name for name, _ in group], [fix for _, fix in group])
            yield self._entry(fix.check, fix.title, fix.severity, "fail", blocks)

    def _entry(self, check: str, title: Sequence[str], severity: str, mark: str, blocks: Sequence[Block]) -> Entry:
        tag = severity_name(Severity(severity), self._language)
        return Entry(check, title[self._place], mark, severity, tag, tuple(blocks))  # type: ignore[arg-type]

    def _group(self, names: Sequence[str], fixes: Sequence[PlannedFix]) -> list[Block]:
        """Return what hosts are told of on which a fix would do the same."""
        fix = fixes[0]
        blocks = self._named(names)
        items = list(dict.fromkeys(item for one in fixes for item in one.items))
        if fix.blocked[0]:
            blocks.append(Paragraph(self._label("blocked", why=fix.blocked[self._place])))
        else:
            notes = [self._label(fix.outlook), *(self._label(one) for one in NOTED if one == fix.disruption)]
            blocks.append(Paragraph(" · ".join(notes)))
        if items:
            blocks.append(
                Bullets((self._label("found", items=name_some(items, self._language, count=False)),), data=True)
            )
        if fix.blocked[0]:
            return blocks
        if fix.partly[self._place]:
            blocks.append(Paragraph(self._label("partly", what=fix.partly[self._place])))
        for step in fix.steps:
            blocks += self._step(step)
        return blocks

    def _step(self, step: Step) -> Iterator[Block]:
        name, lines = read_diff(step.diff, self._language)
        task = name_task(step.task.partition("| ")[2] or step.task).get(self._language)
        yield Paragraph(f"{task}{colon(self._language)}{name}" if name else task, "quiet")
        if step.outcome == "failed" and step.message:
            said, _, _ = step.why.get(self._language).partition("\n")
            yield Paragraph(f"{self._label('failed')}{colon(self._language)}{said}")
        if lines:
            yield Code("\n".join(lines))

    def _left(self, kind: str, mark: str) -> Iterator[Entry]:
        for some in group_left(self._plan, kind, self._place):
            one = some[0][1]
            blocks = self._named([name for name, _ in some])
            if kind != "left":
                blocks += [Paragraph(line) for line in one.reason[self._place].strip().splitlines() if line.strip()]
            yield self._entry(one.check, one.title, one.severity, mark, blocks)

    def _unjudged(self) -> Iterator[Block]:
        for hosts, checks in group_unjudged(self._plan):
            yield from self._named(hosts)
            yield Paragraph(", ".join(checks))

    def _facts(self) -> Iterator[tuple[str, str]]:
        plan = self._plan
        yield self._label("inventories"), ", ".join(plan.inventories)
        yield self._label("content"), plan.content
        if plan.accept_lost:
            yield self._label("lost"), ", ".join(plan.accept_lost)
        yield from ((self._label("window", host=host.name), host.window) for host in plan.hosts if host.window)

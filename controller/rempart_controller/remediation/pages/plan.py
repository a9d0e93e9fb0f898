"""What the terminal shows of a plan: a table of the hosts, then each check once, with all hosts that it is alike on."""

import textwrap
from collections.abc import Iterator, Sequence

from rempart_controller.remediation.ansible.task_name import name_task
from rempart_controller.remediation.pages.plan_groups import group_fixes, group_left, group_unjudged, read_diff
from rempart_controller.remediation.records.plan import FixPlan, PlannedFix, PlannedHost, Step
from rempart_core.messages.labels import Labels
from rempart_core.model.check import Severity
from rempart_core.text import clean_line
from rempart_reports.writing.host_list import lay_out, name_some
from rempart_reports.writing.translation import colon, plural, severity_name

HEADS = ("host", "system", "fixes", "not_applied", "manual", "waived", "left", "unjudged")
"""The columns of the table of hosts, by their labels."""
_DIFF_LINES = 12
_WIDTH = 110  # of a paragraph
NOTED = ("lockout", "reboot", "service", "session")


def show_plan(plan: FixPlan, language: str) -> Iterator[str]:
    """Yield the lines that a plan is shown in.

    Args:
        plan: The plan.
        language: ``en`` or ``fr``.
    """
    return _Page(plan, language).lines()


class _Page:
    def __init__(self, plan: FixPlan, language: str) -> None:
        self._plan = plan
        self._language = language
        self._place = int(language == "fr")
        self._label = Labels("plan_page", language)

    def lines(self) -> Iterator[str]:
        """Yield all of it."""
        yield from self._table()
        yield from self._fixes()
        for kind in ("manual", "waived", "left"):
            yield from self._left(kind)
        yield from self._unjudged()
        yield from self._sum()

    def _table(self) -> Iterator[str]:
        """Yield a line a host."""
        rows = [[self._label(head).upper() for head in HEADS]]
        rows += [[clean_line(cell) for cell in count_host(host)] for host in self._plan.hosts if not any(host.silent)]
        if len(rows) > 1:
            yield from lay_out(rows, 2)
            yield ""
        silent = [host for host in self._plan.hosts if any(host.silent)]
        for host in silent:
            reason = clean_line(host.silent[self._place])
            yield f"{clean_line(host.name)}  {self._label('silent').upper()}{colon(self._language)}{reason}"
        if silent:
            yield ""

    def _fixes(self) -> Iterator[str]:
        checks = list(group_fixes(self._plan))
        if checks:
            yield self._label("fixes").upper()
        for alike in checks:
            fix = alike[0][0][1]
            yield self._head(fix.severity, fix.check, fix.title)
            for group in alike:
                yield from self._group([name for name, _ in group], [fix for _, fix in group])
        if checks:
            yield ""

    def _group(self, names: Sequence[str], fixes: Sequence[PlannedFix]) -> Iterator[str]:
        """Yield what hosts are told of on which a fix would do the same."""
        fix, on = fixes[0], self._on(names)
        items = list(dict.fromkeys(item for one in fixes for item in one.items))
        if fix.blocked[0]:
            yield f"      {on}{self._label('blocked', why=clean_line(fix.blocked[self._place]))}"
        else:
            notes = [self._label(fix.outlook), *(self._label(one) for one in NOTED if one == fix.disruption)]
            yield f"      {on}{' · '.join(notes)}"
        if items:
            yield f"      {self._label('found', items=name_some(items, self._language, count=False))}"
        if fix.blocked[0]:
            return
        if fix.partly[self._place]:
            yield f"      {self._label('partly', what=clean_line(fix.partly[self._place]))}"
        for step in fix.steps:
            yield from self._step(step)

    def _step(self, step: Step) -> Iterator[str]:
        name, lines = read_diff(step.diff, self._language)
        task = clean_line(name_task(step.task.partition("| ")[2] or step.task).get(self._language))
        yield f"      - {task}{f'{colon(self._language)}{name}' if name else ''}"
        if step.outcome == "failed" and step.message:
            said = clean_line(step.why.get(self._language).partition("\n")[0])
            yield f"          {self._label('failed')}{colon(self._language)}{said}"
        shown = lines if len(lines) <= _DIFF_LINES + 1 else lines[:_DIFF_LINES]
        yield from (f"          {clean_line(line)}" for line in shown)
        if len(lines) > len(shown):
            yield f"          … {self._label('more', count=len(lines) - len(shown))}"

    def _left(self, kind: str) -> Iterator[str]:
        found = list(group_left(self._plan, kind, self._place))
        if found:
            yield self._label(kind).upper()
        for some in found:
            one = some[0][1]
            yield self._head(one.severity, one.check, one.title)
            if on := self._on([name for name, _ in some]):
                yield f"      {on.removesuffix(colon(self._language))}"
            if kind != "left":
                lines = [clean_line(line) for line in one.reason[self._place].strip().splitlines()]
                yield from (
                    f"      {part}"
                    for line in lines
                    for part in textwrap.wrap(line, _WIDTH, break_on_hyphens=False, break_long_words=False)
                )
        if found:
            yield ""

    def _unjudged(self) -> Iterator[str]:
        alike = group_unjudged(self._plan)
        if alike:
            yield self._label("unjudged").upper()
        for hosts, checks in alike:
            yield f"  {self._on(hosts)}{', '.join(checks)}"
        if alike:
            yield ""

    def _sum(self) -> Iterator[str]:
        if not any(True for _ in self._plan.fixes()):
            yield self._label("none")
        yield sum_up(self._plan, self._language)

    def _head(self, severity: str, check: str, title: Sequence[str]) -> str:
        named = severity_name(Severity(severity), self._language)
        return f"  {named.ljust(8)}  {check}  {clean_line(title[self._place])}"

    def _on(self, names: Sequence[str]) -> str:
        """Return which hosts a line is about; nothing where the plan has but one."""
        if len(self._plan.hosts) == 1:
            return ""
        return f"{name_some(names, self._language)}{colon(self._language)}"


def sum_up(plan: FixPlan, language: str) -> str:
    """Return in a line what a plan comes to.

    Args:
        plan: The plan.
        language: ``en`` or ``fr``.
    """
    fixes = list(plan.fixes())
    applied = [host.name for host, fix in fixes if not fix.blocked[0]]
    left = [one.kind for host in plan.hosts for one in host.left]
    return Labels("plan_page", language)(
        "sum",
        id=plan.id,
        fixes=str(len(applied)),
        hosts=plural(len(set(applied)), "host", language),
        blocked=str(len(fixes) - len(applied)),
        manual=str(left.count("manual")),
        waived=str(left.count("waived")),
    )


def count_host(host: PlannedHost) -> list[str]:
    """Return the cells of a host's line in the table, as ``HEADS`` names them; not clean."""
    kinds = [one.kind for one in host.left]
    counts = [len(host.applicable), len(host.fixes) - len(host.applicable)]
    counts += [*(kinds.count(kind) for kind in ("manual", "waived", "left")), len(host.unjudged)]
    return [host.name, host.system, *(str(count) for count in counts)]

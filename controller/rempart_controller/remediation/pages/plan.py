"""What the terminal shows of a plan: a table of the hosts, then each check once, with all hosts that it is alike on."""

import textwrap
from collections.abc import Iterator, Sequence

from rempart_controller.remediation.pages.plan_groups import group_fixes, group_left, group_unjudged, read_diff
from rempart_controller.remediation.records.plan import FixPlan, PlannedFix, PlannedHost, Step
from rempart_core.text import Text, clean_line
from rempart_reports.writing.host_list import lay_out, name_some
from rempart_reports.writing.translation import colon, plural

HEADS = (
    Text("HOST", "MACHINE"),
    Text("SYSTEM", "SYSTÈME"),
    Text("TO FIX", "À CORRIGER"),
    Text("NOT APPLIED", "NON APPLIQUÉ"),
    Text("BY HAND", "À LA MAIN"),
    Text("WAIVED", "DÉROGATIONS"),
    Text("LEFT OUT", "ÉCARTÉ"),
    Text("NOT JUDGED", "NON JUGÉ"),
)
WORDS = {
    "fixes": Text("TO FIX", "À CORRIGER"),
    "manual": Text("BY HAND", "À LA MAIN"),
    "waived": Text("WAIVED", "DÉROGATIONS"),
    "left": Text("LEFT OUT", "ÉCARTÉ"),
    "silent": Text("SILENT", "SANS RÉPONSE"),
    "unjudged": Text("NOT JUDGED", "NON JUGÉ"),
    "change": Text("changes", "change"),
    "unknown": Text("cannot be predicted", "ne se sait pas d’avance"),
    "nothing": Text("nothing would change", "rien ne changerait"),
    "lockout": Text("can cut off access: under a timer", "peut couper l’accès : sous minuterie"),
    "reboot": Text("needs a reboot", "redémarrage nécessaire"),
    "service": Text("restarts a service", "redémarre un service"),
    "session": Text("touches sessions", "touche les sessions"),
    "found": Text("found: {}", "trouvé : {}"),
    "blocked": Text("not applied: {}", "non appliqué : {}"),
    "partly": Text("a rollback cannot restore: {}", "l’annulation ne rétablit pas : {}"),
    "failed": Text("check mode failed here", "échec en mode d’essai"),
    "more": Text("{} more", "{} de plus"),
    "none": Text("Nothing to fix.", "Rien à corriger."),
    "sum": Text(
        "Plan {id}: {fixes} to fix on {hosts}, {blocked} not applied, {manual} by hand, {waived} waived.",
        "Plan {id} : {fixes} à corriger sur {hosts}, non appliqué : {blocked}, {manual} à la main, "
        "{waived} sous dérogation.",
    ),
}
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

    def lines(self) -> Iterator[str]:
        """Yield all of it."""
        yield from self._table()
        yield from self._fixes()
        for kind in ("manual", "waived", "left"):
            yield from self._left(kind)
        yield from self._unjudged()
        yield from self._sum()

    def _word(self, name: str) -> str:
        return WORDS[name].get(self._language)

    def _table(self) -> Iterator[str]:
        """Yield a line a host."""
        rows = [[head.get(self._language) for head in HEADS]]
        rows += [[clean_line(cell) for cell in count_host(host)] for host in self._plan.hosts if not any(host.silent)]
        if len(rows) > 1:
            yield from lay_out(rows, 2)
            yield ""
        silent = [host for host in self._plan.hosts if any(host.silent)]
        for host in silent:
            reason = clean_line(host.silent[self._place])
            yield f"{clean_line(host.name)}  {self._word('silent')}{colon(self._language)}{reason}"
        if silent:
            yield ""

    def _fixes(self) -> Iterator[str]:
        checks = list(group_fixes(self._plan))
        if checks:
            yield self._word("fixes")
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
            yield f"      {on}{self._word('blocked').format(clean_line(fix.blocked[self._place]))}"
        else:
            notes = [self._word(fix.outlook), *(self._word(one) for one in NOTED if one == fix.disruption)]
            yield f"      {on}{' · '.join(notes)}"
        if items:
            yield f"      {self._word('found').format(name_some(items, self._language, count=False))}"
        if fix.blocked[0]:
            return
        if fix.partly[self._place]:
            yield f"      {self._word('partly').format(clean_line(fix.partly[self._place]))}"
        for step in fix.steps:
            yield from self._step(step)

    def _step(self, step: Step) -> Iterator[str]:
        name, lines = read_diff(step.diff)
        task = clean_line(step.task.partition("| ")[2] or step.task)
        yield f"      - {task}{f'{colon(self._language)}{name}' if name else ''}"
        if step.outcome == "failed" and step.message:
            said = clean_line(step.message.partition("\n")[0])
            yield f"          {self._word('failed')}{colon(self._language)}{said}"
        shown = lines if len(lines) <= _DIFF_LINES + 1 else lines[:_DIFF_LINES]
        yield from (f"          {clean_line(line)}" for line in shown)
        if len(lines) > len(shown):
            yield f"          … {self._word('more').format(len(lines) - len(shown))}"

    def _left(self, kind: str) -> Iterator[str]:
        found = list(group_left(self._plan, kind, self._place))
        if found:
            yield self._word(kind)
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
            yield self._word("unjudged")
        for hosts, checks in alike:
            yield f"  {self._on(hosts)}{', '.join(checks)}"
        if alike:
            yield ""

    def _sum(self) -> Iterator[str]:
        if not any(True for _ in self._plan.fixes()):
            yield self._word("none")
        yield sum_up(self._plan, self._language)

    def _head(self, severity: str, check: str, title: Sequence[str]) -> str:
        return f"  {severity.ljust(8)}  {check}  {clean_line(title[self._place])}"

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
    return (
        WORDS["sum"]
        .get(language)
        .format(
            id=plan.id,
            fixes=len(applied),
            hosts=plural(len(set(applied)), "host", language),
            blocked=len(fixes) - len(applied),
            manual=left.count("manual"),
            waived=left.count("waived"),
        )
    )


def count_host(host: PlannedHost) -> list[str]:
    """Return the cells of a host's line in the table, as ``HEADS`` names them; not clean."""
    kinds = [one.kind for one in host.left]
    counts = [len(host.applicable), len(host.fixes) - len(host.applicable)]
    counts += [*(kinds.count(kind) for kind in ("manual", "waived", "left")), len(host.unjudged)]
    return [host.name, host.system, *(str(count) for count in counts)]

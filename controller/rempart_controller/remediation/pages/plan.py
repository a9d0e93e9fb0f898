"""What the terminal shows of a plan: a table of the hosts, then each check once, with all hosts that it is alike on."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from rempart_controller.remediation.records.plan import LeftOut, MendingPlan, PlannedFix, PlannedHost, Step
from rempart_core.model.check import Severity
from rempart_core.text import Text, clean_line
from rempart_reports.writing.host_list import lay_out, name_some
from rempart_reports.writing.translation import colon

_HEADS = (
    Text("HOST", "MACHINE"),
    Text("SYSTEM", "SYSTÈME"),
    Text("TO FIX", "À CORRIGER"),
    Text("NOT APPLIED", "NON APPLIQUÉ"),
    Text("BY HAND", "À LA MAIN"),
    Text("WAIVED", "DÉROGATIONS"),
    Text("LEFT OUT", "ÉCARTÉ"),
    Text("NOT JUDGED", "NON JUGÉ"),
)
_WORDS = {
    "fixes": Text("TO FIX", "À CORRIGER"),
    "manual": Text("BY HAND", "À LA MAIN"),
    "waived": Text("WAIVED", "DÉROGATIONS"),
    "left": Text("LEFT OUT", "ÉCARTÉ"),
    "silent": Text("SILENT", "SANS RÉPONSE"),
    "unjudged": Text("NOT JUDGED", "NON JUGÉ"),
    "change": Text("changes", "change"),
    "unknown": Text("cannot be predicted", "ne se sait pas d’avance"),
    "nothing": Text("nothing would change", "rien ne changerait"),
    "lockout": Text("can cut the way in: under a timer", "peut couper l’accès : sous minuterie"),
    "reboot": Text("needs a reboot", "redémarrage nécessaire"),
    "service": Text("restarts a service", "redémarre un service"),
    "session": Text("touches sessions", "touche les sessions"),
    "found": Text("found: {}", "trouvé : {}"),
    "blocked": Text("not applied: {}", "non appliqué : {}"),
    "partly": Text("an undo can't bring back: {}", "l’annulation ne rétablit pas : {}"),
    "failed": Text("check mode failed here", "échec en mode d’essai"),
    "more": Text("{} more", "{} de plus"),
    "none": Text("Nothing to fix.", "Rien à corriger."),
    "sum": Text(
        "Plan {id}: {fixes} to fix on {hosts} hosts ({blocked} not applied), {manual} by hand, {waived} waived.",
        "Plan {id} : {fixes} à corriger sur {hosts} machine(s) ({blocked} non appliqué(s)), {manual} à la main, "
        "{waived} sous dérogation.",
    ),
}
_DIFF_LINES = 12
_WIDTH = 110  # of a paragraph
_NOTED = ("lockout", "reboot", "service", "session")


def show_plan(plan: MendingPlan, language: str) -> Iterator[str]:
    """Yield the lines that a plan is shown in."""
    return _Page(plan, language).lines()


class _Page:
    def __init__(self, plan: MendingPlan, language: str) -> None:
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
        return _WORDS[name].get(self._language)

    def _table(self) -> Iterator[str]:
        """Yield a line a host."""
        rows = [[head.get(self._language) for head in _HEADS]]
        rows += [_count(host) for host in self._plan.hosts if not any(host.silent)]
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
        checks: dict[str, list[tuple[str, PlannedFix]]] = {}
        for host, fix in self._plan.fixes():
            checks.setdefault(fix.check, []).append((host.name, fix))
        if checks:
            yield self._word("fixes")
        for check, planned in sorted(checks.items(), key=lambda one: _order(one[1][0][1].severity, one[0])):
            yield self._head(planned[0][1].severity, check, planned[0][1].title)
            alike: dict[object, list[tuple[str, PlannedFix]]] = {}
            for name, fix in planned:
                alike.setdefault((fix.outlook, fix.blocked, fix.partly, fix.steps), []).append((name, fix))
            for group in alike.values():
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
            notes = [self._word(fix.outlook), *(self._word(one) for one in _NOTED if one == fix.disruption)]
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
        name, lines = _read_diff(step.diff)
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
        found: dict[tuple[str, str], list[tuple[str, LeftOut]]] = {}
        for host in self._plan.hosts:
            for one in host.left:
                if one.kind == kind:
                    found.setdefault((one.check, one.reason[self._place]), []).append((host.name, one))
        if found:
            yield self._word(kind)
        for (check, reason), some in sorted(found.items(), key=lambda one: _order(one[1][0][1].severity, one[0][0])):
            yield self._head(some[0][1].severity, check, some[0][1].title)
            if on := self._on([name for name, _ in some]):
                yield f"      {on.removesuffix(colon(self._language))}"
            if kind != "left":
                lines = [clean_line(line) for line in reason.strip().splitlines()]
                yield from (
                    f"      {part}"
                    for line in lines
                    for part in textwrap.wrap(line, _WIDTH, break_on_hyphens=False, break_long_words=False)
                )
        if found:
            yield ""

    def _unjudged(self) -> Iterator[str]:
        found: dict[str, list[str]] = {}
        for host in self._plan.hosts:
            for check in host.unjudged:
                found.setdefault(check, []).append(host.name)
        alike: dict[tuple[str, ...], list[str]] = {}
        for check, names in found.items():
            alike.setdefault(tuple(names), []).append(check)
        if alike:
            yield self._word("unjudged")
        for hosts, checks in alike.items():
            yield f"  {self._on(hosts)}{', '.join(sorted(checks))}"
        if alike:
            yield ""

    def _sum(self) -> Iterator[str]:
        fixes = list(self._plan.fixes())
        if not fixes:
            yield self._word("none")
        left = [one.kind for host in self._plan.hosts for one in host.left]
        yield self._word("sum").format(
            id=self._plan.id,
            fixes=len(fixes),
            hosts=len({host.name for host, _ in fixes}),
            blocked=sum(bool(fix.blocked[0]) for _, fix in fixes),
            manual=left.count("manual"),
            waived=left.count("waived"),
        )

    def _head(self, severity: str, check: str, title: Sequence[str]) -> str:
        return f"  {severity.ljust(8)}  {check}  {clean_line(title[self._place])}"

    def _on(self, names: Sequence[str]) -> str:
        """Return which hosts a line is about; nothing where the plan has but one."""
        if len(self._plan.hosts) == 1:
            return ""
        return f"{name_some(names, self._language)}{colon(self._language)}"


def _order(severity: str, check: str) -> tuple[int, str]:
    return Severity(severity).rank, check


def _count(host: PlannedHost) -> list[str]:
    kinds = [one.kind for one in host.left]
    counts = [len(host.applicable), len(host.fixes) - len(host.applicable)]
    counts += [*(kinds.count(kind) for kind in ("manual", "waived", "left")), len(host.unjudged)]
    return [clean_line(host.name), clean_line(host.system), *(str(count) for count in counts)]


def _read_diff(diff: Iterable[str]) -> tuple[str, list[str]]:
    """Return the file that a difference is of, ``""`` where it names none, and its lines without marks of place."""
    lines = [line for line in diff if line.strip()]
    name = ""
    if len(lines) > 1 and lines[0].startswith("--- ") and lines[1].startswith("+++ "):
        name, lines = clean_line(lines[1][4:].strip()), lines[2:]
    return name, [line for line in lines if not line.startswith(("@@ ", "--- ", "+++ "))]

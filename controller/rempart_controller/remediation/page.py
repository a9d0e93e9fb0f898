"""What the terminal says of a plan and of what it came to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rempart_controller.remediation.outcome import HostOutcome
from rempart_controller.remediation.planfile import MendingPlan, PlannedFix, PlannedHost
from rempart_core.outcome import WORDS as OUTCOMES
from rempart_core.outcome import Outcome
from rempart_core.result import Run
from rempart_core.text import Text, clean_line
from rempart_reports.translation import colon

_WORDS = {
    "fixes": Text("TO MEND", "À CORRIGER"),
    "manual": Text("BY HAND", "À LA MAIN"),
    "waived": Text("WAIVED", "DÉROGATIONS"),
    "left": Text("LEFT OUT", "ÉCARTÉ"),
    "silent": Text("SILENT", "MUETTES"),
    "unjudged": Text("could not be judged: {}", "non jugé : {}"),
    "change": Text("changes", "change"),
    "unknown": Text("can't be told beforehand", "ne se sait pas d’avance"),
    "nothing": Text("nothing would change", "rien ne changerait"),
    "lockout": Text("can cut the way in: under a timer", "peut couper l’accès : sous minuterie"),
    "reboot": Text("needs a reboot", "redémarrage nécessaire"),
    "service": Text("restarts a service", "redémarre un service"),
    "session": Text("touches sessions", "touche les sessions"),
    "blocked": Text("not applied: {}", "non appliqué : {}"),
    "partly": Text("an undo can't bring back: {}", "l’annulation ne rétablit pas : {}"),
    "none": Text("Nothing to mend.", "Rien à corriger."),
    "sum": Text(
        "Plan {id}: {fixes} to mend on {hosts} hosts ({blocked} not applied), {manual} by hand, {waived} waived.",
        "Plan {id} : {fixes} à corriger sur {hosts} machine(s) ({blocked} non appliqué(s)), {manual} à la main, "
        "{waived} sous dérogation.",
    ),
    "regressed": Text("made worse", "aggravé"),
    "unseen": Text("can't be judged any more", "ne se juge plus"),
    "kept": Text("kept", "conservé"),
    "reverted": Text("undone", "annulé"),
    "lost": Text("LOST", "PERDUE"),
    "restored": Text("restored", "rétabli"),
    "untouched": Text("not touched", "intacte"),
    "open": Text("left open", "laissée ouverte"),
    "result": Text(
        "Change {id}: {sum}. Undo: rempart rollback {id}", "Changement {id} : {sum}. Annuler : rempart rollback {id}"
    ),
}
_DIFF_LINES = 12


def show_plan(plan: MendingPlan, language: str) -> Iterator[str]:
    """Yield the lines that a plan is shown in."""
    word = _words(language)
    for host in plan.hosts:
        if any(host.silent):
            silent = host.silent[int(language == "fr")]
            yield f"{clean_line(host.name)}  {word('silent')}{colon(language)}{clean_line(silent)}"
            continue
        if not host.fixes and not host.left and not host.unjudged:
            continue
        yield f"{clean_line(host.name)}  {clean_line(host.system)}".rstrip()
        yield from _show_host(host, language)
        yield ""
    fixes = list(plan.fixes())
    if not fixes:
        yield word("none")
    left = [one.kind for host in plan.hosts for one in host.left]
    yield word("sum").format(
        id=plan.id,
        fixes=len(fixes),
        hosts=len({host.name for host, _ in fixes}),
        blocked=sum(bool(fix.blocked[0]) for _, fix in fixes),
        manual=left.count("manual"),
        waived=left.count("waived"),
    )


def _show_host(host: PlannedHost, language: str) -> Iterator[str]:
    word = _words(language)
    place = 1 if language == "fr" else 0
    for fix in host.fixes:
        notes = [word(fix.outlook)]
        if fix.disruption in {"lockout", "reboot", "service", "session"}:
            notes.append(word(fix.disruption))
        yield f"  {fix.severity.ljust(8)}  {fix.check}  {clean_line(fix.title[place])}"
        yield f"      {' · '.join(notes)}"
        if fix.blocked[place]:
            yield f"      {word('blocked').format(clean_line(fix.blocked[place]))}"
        if fix.partly[place]:
            yield f"      {word('partly').format(clean_line(fix.partly[place]))}"
        yield from _show_steps(fix)
    for kind in ("manual", "waived", "left"):
        some = [one for one in host.left if one.kind == kind]
        if some:
            yield f"  {word(kind)}"
        for one in some:
            yield f"    {one.severity.ljust(8)}  {one.check}  {clean_line(one.title[place])}"
            if kind != "left":
                yield from (f"        {clean_line(line)}" for line in one.reason[place].strip().splitlines())
    if host.unjudged:
        yield f"  {word('unjudged').format(', '.join(host.unjudged))}"


def _show_steps(fix: PlannedFix) -> Iterator[str]:
    for step in fix.steps:
        yield f"      - {clean_line(step.task.partition('| ')[2] or step.task)}"
        shown = [line for line in step.diff if line.strip()][:_DIFF_LINES]
        yield from (f"          {clean_line(line)}" for line in shown)
        if len(step.diff) > len(shown) + 1:
            yield f"          … {len(step.diff) - len(shown)}"


def show_outcomes(change: str, outcomes: Iterable[HostOutcome], language: str) -> Iterator[str]:
    """Yield the lines that the outcome of a change is shown in."""
    word = _words(language)
    counts: dict[Outcome, int] = {}
    for host in outcomes:
        yield f"{clean_line(host.name)}  {word(host.state if host.state != 'worse' else 'open')}"
        for check, fix in sorted(host.fixes.items()):
            counts[fix.outcome] = counts.get(fix.outcome, 0) + 1
            came = OUTCOMES[fix.outcome].get(language).ljust(14)
            yield f"  {came}  {check}  {clean_line(fix.reason.get(language))}".rstrip()
            if fix.before or fix.after:
                yield f"      {_shorten(fix.before)} → {_shorten(fix.after)}"
        for check, seen in sorted(host.regressed.items()):
            yield f"  {word('regressed').ljust(14)}  {check}  {_shorten(seen)}"
        if host.unseen:
            yield f"  {word('unseen')}: {', '.join(host.unseen)}"
        yield from (f"  {clean_line(note.get(language))}" for note in host.notes)
    parts = [f"{number} {OUTCOMES[outcome].get(language)}" for outcome, number in counts.items()]
    yield ""
    yield word("result").format(id=change, sum=", ".join(parts) or word("none").rstrip("."))


def show_undone(runs: Mapping[str, Run], undone: Mapping[str, Sequence[str]], language: str) -> Iterator[str]:
    """Yield the lines that an undo is shown in: how much was restored on each host, and what is seen now.

    Args:
        runs: What was found after it, by host.
        undone: What was restored, by host.
        language: ``en`` or ``fr``.
    """
    for name, run in runs.items():
        if name not in undone:
            continue
        yield f"{clean_line(name)}  {_WORDS['restored'].get(language)}: {len(undone[name])}"
        for result in run.results:
            yield f"  {result.state.value.ljust(14)}  {result.check}  {clean_line(result.title.get(language))}"


def _shorten(seen: Sequence[str]) -> str:
    text = clean_line("; ".join(seen)) or "–"
    return text if len(text) <= 100 else text[:99] + "…"


def _words(language: str) -> Callable[[str], str]:
    return lambda name: _WORDS[name].get(language)

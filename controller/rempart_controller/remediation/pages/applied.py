"""What the terminal says of what a plan came to, and of an undo."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_controller.remediation.undo.undo import Undone
from rempart_core.model.fix_outcome import WORDS as OUTCOMES
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import Run
from rempart_core.text import Text, clean_line
from rempart_reports.writing.host_list import lay_out, name_some
from rempart_reports.writing.translation import colon

_WORDS = {
    "none": Text("Nothing to fix.", "Rien à corriger."),
    "host": Text("HOST", "MACHINE"),
    "state": Text("STATE", "ÉTAT"),
    "regressed": Text("made worse", "aggravé"),
    "unseen": Text("can't be judged any more", "ne se juge plus"),
    "kept": Text("kept", "conservé"),
    "reverted": Text("undone", "annulé"),
    "lost": Text("LOST", "PERDUE"),
    "restored": Text("restored", "rétabli"),
    "again": Text(
        "{} stays, and was applied again: it shares {}", "{} reste, et a été corrigé de nouveau : il partage {}"
    ),
    "again_alone": Text("{} stays, and was applied again", "{} reste, et a été corrigé de nouveau"),
    "untouched": Text("not touched", "intacte"),
    "open": Text("left open", "laissée ouverte"),
    "result": Text(
        "Change {id}: {sum}. Undo: rempart rollback {id}", "Changement {id} : {sum}. Annuler : rempart rollback {id}"
    ),
    "nowhere": Text("Change {id}: {sum}.", "Changement {id} : {sum}."),
}
# What a reader has to look at first.
_ORDER = (
    Outcome.LOST,
    Outcome.REGRESSED,
    Outcome.ROLLED_BACK,
    Outcome.STILL_FAILING,
    Outcome.NOT_APPLIED,
    Outcome.FIXED,
)
_SHARED = 3  # things that are named of what is shared


def show_outcomes(change: str, outcomes: Iterable[HostOutcome], language: str) -> Iterator[str]:
    """Yield the lines that the outcome of a change is shown in: a table of the hosts, then what is alike once."""
    word = _words(language)
    hosts = list(outcomes)
    came = [one for one in _ORDER if any(fix.outcome is one for host in hosts for fix in host.fixes.values())]
    rows = [[word("host"), word("state"), *(OUTCOMES[one].get(language).upper() for one in came)]]
    for host in hosts:
        counts = [sum(fix.outcome is one for fix in host.fixes.values()) for one in came]
        state = word(host.state if host.state != "worse" else "open")
        rows.append([clean_line(host.name), state, *(str(count) for count in counts)])
    yield from lay_out(rows, 2)
    yield ""
    for host in hosts:
        yield from _show_events(host, language)
    for outcome in came:
        yield from _show_outcome(outcome, hosts, language)
    counted = [(one, sum(fix.outcome is one for host in hosts for fix in host.fixes.values())) for one in came]
    parts = [f"{number} {OUTCOMES[outcome].get(language)}" for outcome, number in counted]
    nowhere = all(host.state == "untouched" for host in hosts)  # nothing that could be undone
    yield word("nowhere" if nowhere else "result").format(id=change, sum=", ".join(parts) or word("none").rstrip("."))


def _show_events(host: HostOutcome, language: str) -> Iterator[str]:
    """Yield what happened to a host besides its fixes."""
    word = _words(language)
    lines = [
        f"{word('regressed')}{colon(language)}{check}  {_shorten(seen)}"
        for check, seen in sorted(host.regressed.items())
    ]
    lines += [f"{word('unseen')}{colon(language)}{', '.join(host.unseen)}"] if host.unseen else []
    lines += [clean_line(note.get(language)) for note in host.notes]
    if lines:
        yield clean_line(host.name)
        yield from (f"  {line}" for line in lines)
        yield ""


def _show_outcome(outcome: Outcome, hosts: Sequence[HostOutcome], language: str) -> Iterator[str]:
    """Yield the fixes that came to the same, each once with the hosts where it did the same."""
    alike: dict[tuple[str, str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for host in hosts:
        for check, fix in host.fixes.items():
            if fix.outcome is outcome:
                alike.setdefault((check, fix.reason.get(language), fix.before, fix.after), []).append(host.name)
    yield OUTCOMES[outcome].get(language).upper()
    for (check, reason, before, after), names in sorted(alike.items()):
        on = name_some(names, language) if len(hosts) > 1 else ""
        yield f"  {check}  {on}{colon(language) if on and reason else ''}{clean_line(reason)}".rstrip()
        if before or after:
            yield f"      {_shorten(before)} → {_shorten(after)}"
    yield ""


def show_undone(runs: Mapping[str, Run], done: Mapping[str, Undone], language: str) -> Iterator[str]:
    """Yield the lines that an undo is shown in: how much was restored on each host, and what is seen now.

    Args:
        runs: What was found after it, by host.
        done: What it came to, by host.
        language: ``en`` or ``fr``.
    """
    word = _words(language)
    for name, host in done.items():
        if not host.checks and not host.whole:
            continue
        yield f"{clean_line(name)}  {word('restored')}: {len(host.restored)}"
        yield from (f"  {clean_line(one.get(language))}" for one in host.left)
        for check, shared in sorted(host.again.items()):
            things = ", ".join(clean_line(one) for one in shared[:_SHARED]) + (" …" if len(shared) > _SHARED else "")
            yield f"  {word('again').format(check, things) if shared else word('again_alone').format(check)}"
        for result in runs[name].results if name in runs else ():
            yield f"  {result.state.value.ljust(14)}  {result.check}  {clean_line(result.title.get(language))}"


def _shorten(seen: Sequence[str]) -> str:
    text = clean_line("; ".join(seen)) or "–"
    return text if len(text) <= 100 else text[:99] + "…"


def _words(language: str) -> Callable[[str], str]:
    return lambda name: _WORDS[name].get(language)

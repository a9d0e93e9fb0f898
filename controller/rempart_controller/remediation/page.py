"""What the terminal says of what a plan came to, and of an undo."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rempart_controller.remediation.outcome import HostOutcome
from rempart_controller.remediation.undoing import Undone
from rempart_core.outcome import WORDS as OUTCOMES
from rempart_core.outcome import Outcome
from rempart_core.result import Run
from rempart_core.text import Text, clean_line

_WORDS = {
    "none": Text("Nothing to mend.", "Rien à corriger."),
    "regressed": Text("made worse", "aggravé"),
    "unseen": Text("can't be judged any more", "ne se juge plus"),
    "kept": Text("kept", "conservé"),
    "reverted": Text("undone", "annulé"),
    "lost": Text("LOST", "PERDUE"),
    "restored": Text("restored", "rétabli"),
    "again": Text(
        "{} stays, and was mended again: it shares {}", "{} reste, et a été corrigé de nouveau : il partage {}"
    ),
    "again_alone": Text("{} stays, and was mended again", "{} reste, et a été corrigé de nouveau"),
    "also": Text(
        "{} was undone too, for it could not be mended again: {}",
        "{} a été annulé aussi, faute de pouvoir être corrigé de nouveau : {}",
    ),
    "untouched": Text("not touched", "intacte"),
    "open": Text("left open", "laissée ouverte"),
    "result": Text(
        "Change {id}: {sum}. Undo: rempart rollback {id}", "Changement {id} : {sum}. Annuler : rempart rollback {id}"
    ),
}
_SHARED = 3  # things that are named of what is shared


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
        for check, why in sorted(host.also.items()):
            yield f"  {word('also').format(check, clean_line(why.get(language)))}"
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

"""The difference between two runs, for a reader: what got worse first."""

from collections.abc import Sequence
from typing import TextIO

from rempart_core.model.difference import Difference, Move
from rempart_core.model.result import Result, State
from rempart_core.text import Text, clean_line, defang

_HEADINGS = {
    "worse": Text("Worse", "Pire"),
    "unseen": Text("Can't be seen any more", "Ne se voit plus"),
    "appeared": Text("New checks", "Nouvelles vérifications"),
    "changed": Text("Changed", "Changé"),
    "waivers": Text("Waivers", "Dérogations"),
    "better": Text("Better", "Mieux"),
    "disappeared": Text("No longer asked", "Vérifications retirées"),
}
_STATES = {
    State.PASS: Text("pass", "conforme"),
    State.FAIL: Text("fail", "non conforme"),
    State.ERROR: Text("error", "erreur"),
    State.NOT_APPLICABLE: Text("not applicable", "sans objet"),
    State.NOT_CHECKED: Text("not checked", "non vérifié"),
}
_SHOWN = 5


def print_difference(difference: Difference, out: TextIO, language: str) -> None:
    """Print what differs, worst first, and a one-line sum.

    Args:
        difference: Of two runs.
        out: Where it is printed.
        language: ``en`` or ``fr``.
    """
    for note in difference.notes:
        print(f"! {_safe(note.get(language))}", file=out)
    for name, heading in _HEADINGS.items():
        moves: Sequence[Move] = getattr(difference, name)
        if not moves:
            continue
        print(f"\n{heading.get(language)} ({len(moves)})", file=out)
        for move in moves:
            _print_move(move, out, language, waivers=name == "waivers")
    counts = {name: len(getattr(difference, name)) for name in _HEADINGS}
    said = ", ".join(f"{count} {_HEADINGS[name].get(language).lower()}" for name, count in counts.items() if count)
    same = Text(f"{difference.same} the same", f"{difference.same} sans changement").get(language)
    print(f"\n{said + ', ' if said else ''}{same}", file=out)


def _print_move(move: Move, out: TextIO, language: str, *, waivers: bool) -> None:
    result = move.new or move.old
    if result is None:
        return
    title = _safe(result.title.get(language))
    print(f"  {move.check}  {_state(move.old, language)} → {_state(move.new, language)}  {title}", file=out)
    if waivers:
        for when, one in (("-", move.old), ("+", move.new)):
            if one and one.waiver:
                print(f"      {when} {_safe(one.waiver.end)}: {_safe(one.waiver.reason)}", file=out)
        return
    for sign, items in (("+", move.appeared), ("-", move.gone)):
        for item in items[:_SHOWN]:
            print(f"      {sign} {_safe(item)}", file=out)
        if len(items) > _SHOWN:
            print(f"      {sign} … {len(items) - _SHOWN}", file=out)
    if move.new and move.new.state is not State.PASS and not move.appeared:
        print(f"      {_safe(move.new.reason.get(language))}", file=out)


def _state(result: Result | None, language: str) -> str:
    return _STATES[result.state].get(language) if result else "∅"


def _safe(text: str) -> str:
    return defang(clean_line(text))

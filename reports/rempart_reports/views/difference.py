"""The difference between two runs, for a reader: what got worse first."""

from collections.abc import Sequence
from typing import TextIO

from rempart_core.messages.labels import Labels
from rempart_core.model.difference import Difference, Move
from rempart_core.model.result import Result, State
from rempart_core.text import clean_line, defang
from rempart_reports.writing.translation import state_name

_PARTS = {
    "worse": "sum_worse",
    "unseen": "sum_unseen",
    "appeared": "sum_appeared",
    "changed": "sum_changed",
    "waivers": "sum_waivers",
    "better": "sum_better",
    "disappeared": "sum_disappeared",
}  # what a reader has to know first stands first; how the last line counts it
_SHOWN = 5


def print_difference(difference: Difference, out: TextIO, language: str) -> None:
    """Print what differs, worst first, and a one-line sum.

    Args:
        difference: Of two runs.
        out: Where it is printed.
        language: ``en`` or ``fr``.
    """
    label = Labels("difference_page", language)
    for note in difference.notes:
        print(f"! {_safe(note.get(language))}", file=out)
    for name in _PARTS:
        moves: Sequence[Move] = getattr(difference, name)
        if not moves:
            continue
        print(f"\n{label(name, count=len(moves))}", file=out)
        for move in moves:
            _print_move(move, out, language, waivers=name == "waivers")
    counts = {told: len(getattr(difference, name)) for name, told in _PARTS.items()}
    said = [label(told, count=count) for told, count in counts.items() if count]
    print(f"\n{', '.join([*said, label('same', count=difference.same)])}", file=out)


def _print_move(move: Move, out: TextIO, language: str, *, waivers: bool) -> None:
    result = move.new or move.old
    if result is None:
        return
    title = _safe(result.title.get(language))
    print(f"  {move.check}  {_state(move.old, language)} → {_state(move.new, language)}  {title}", file=out)
    if waivers:
        label = Labels("difference_page", language)
        for when, one in (("-", move.old), ("+", move.new)):
            if one and one.waiver:
                told = label("waiver_of", end=_safe(one.waiver.end), reason=_safe(one.waiver.reason))
                print(f"      {when} {told}", file=out)
        return
    for sign, items in (("+", move.appeared), ("-", move.gone)):
        for item in items[:_SHOWN]:
            print(f"      {sign} {_safe(item)}", file=out)
        if len(items) > _SHOWN:
            print(f"      {sign} … {len(items) - _SHOWN}", file=out)
    if move.new and move.new.state is not State.PASS and not move.appeared:
        print(f"      {_safe(move.new.reason.get(language))}", file=out)


def _state(result: Result | None, language: str) -> str:
    return state_name(result.state, language) if result else "∅"


def _safe(text: str) -> str:
    return defang(clean_line(text))

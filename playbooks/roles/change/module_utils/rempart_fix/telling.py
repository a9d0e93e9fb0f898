"""What a change came to, as JSON holds it."""

from typing import Any, Dict, List, Sequence

from .effects import Effect
from .fix import Report
from .paths import printable
from .undo import Row

_SHOWN = 1000  # differences of one fix that are shown; the rest is counted


def tell(reports: Sequence[Report], *, armed: bool) -> Dict[str, Any]:
    """Return what fixes came to, and whether a timer guards them."""
    fixes = tell_fixes(reports)
    return {"fixes": fixes, "changed": any(one["changed"] for one in fixes), "armed": armed}


def tell_fixes(reports: Sequence[Report]) -> List[Dict[str, Any]]:
    """Return what each fix came to."""
    fixes = []
    for one in reports:
        diff = [
            {"header": printable(show.target), "before": show.before, "after": show.after}
            for show in one.shown[:_SHOWN]
        ]
        if len(one.shown) > _SHOWN:
            diff.append({"header": "…", "before": "", "after": f"+ {len(one.shown) - _SHOWN}\n"})
        fixes.append(
            {
                "check": one.check,
                "changed": bool(one.acts) and not one.failed[0],
                "failed": bool(one.failed[0]),
                "why": [_plain(text) for text in one.failed],
                "acts": [dict(act, target=printable(act["target"])) for act in one.acts],
                "diff": diff,
                "effects": [tell_effect(effect) for effect in one.effects],
                "back": [tell_row(row) for row in one.back],
                "reads": one.reads,
                "compared": list(one.compared),
            }
        )
    return fixes


def tell_effect(one: Effect) -> Dict[str, Any]:
    """Return what became of an effect."""
    return dict(one._asdict(), why=list(one.why))


def tell_row(one: Row) -> Dict[str, Any]:
    """Return what became of an act at an undo."""
    why, by_hand = [_plain(text) for text in one.why], _plain(one.by_hand)
    return dict(one._asdict(), why=why, target=printable(one.target), by_hand=by_hand)


def clean(answer: Any) -> Any:
    """Return an answer in which each text can be written anywhere: names of files may have any bytes."""
    if isinstance(answer, dict):
        return {clean(name): clean(value) for name, value in answer.items()}
    if isinstance(answer, (list, tuple)):
        return [clean(one) for one in answer]
    return _plain(answer) if isinstance(answer, str) and not answer.isascii() else answer


def _plain(text: str) -> str:
    """Return a text that may quote a name, as it can be written anywhere."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

"""What a change came to, as JSON holds it."""

from typing import Any, Dict, List, Sequence

from .effects import Effect
from .fix import Report
from .undo import Row


def tell(reports: Sequence[Report], *, armed: bool) -> Dict[str, Any]:
    """Return what fixes came to, and whether a timer guards them."""
    fixes = tell_fixes(reports)
    return {"fixes": fixes, "changed": any(one["changed"] for one in fixes), "armed": armed}


def tell_fixes(reports: Sequence[Report]) -> List[Dict[str, Any]]:
    """Return what each fix came to."""
    fixes = []
    for one in reports:
        diff = [{"header": show.target, "before": show.before, "after": show.after} for show in one.shown]
        fixes.append(
            {
                "check": one.check,
                "changed": bool(one.acts) and not one.failed[0],
                "failed": bool(one.failed[0]),
                "why": list(one.failed),
                "acts": one.acts,
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
    return dict(one._asdict(), why=list(one.why))

"""What was found on a host before it is changed: by it the outcome is judged, also by whoever resumes the change."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from rempart_core.model.fix_outcome import show
from rempart_core.model.result import Run, State

_ASKED = ("profile", "role", "parameters")


@dataclass(frozen=True, slots=True)
class Before:
    """What was found on a host before.

    Attributes:
        states: The state of each check.
        seen: What was seen by those that a plan is about.
        asked: How it was asked: ``profile``, ``role``, ``parameters``.
    """

    states: Mapping[str, State]
    seen: Mapping[str, tuple[str, ...]]
    asked: Mapping[str, Any] = field(default_factory=dict)


def note_before(planned: Collection[str], run: Run, asked: Mapping[str, Any] | None = None) -> Before:
    """Return what of a run is needed later.

    Args:
        planned: The checks of the fixes that were planned.
        run: What was found.
        asked: How it was asked; see ``Before``.
    """
    seen = {one.check: show(one) for one in run.results if one.check in planned}
    return Before({one.check: one.state for one in run.results}, seen, asked or {})


def pack(before: Before) -> dict[str, Any]:
    """Return it as an endpoint keeps it in the record of the change."""
    states: dict[str, list[str]] = {}
    for check, state in before.states.items():
        states.setdefault(state.value, []).append(check)
    return {
        "asked": dict(before.asked),
        "states": states,
        "seen": {one: list(some) for one, some in before.seen.items()},
    }


def unpack(said: Any) -> Before | None:
    """Return what an endpoint has kept; None where that is nothing, or nothing that we have written."""
    if not isinstance(said, dict) or not said.get("states"):
        return None
    try:
        states = {str(check): State(state) for state, checks in said["states"].items() for check in checks}
        seen = {str(check): tuple(map(str, some)) for check, some in said["seen"].items()}
        asked = {name: said["asked"][name] for name in _ASKED}
        sound = all(isinstance(asked[name], str) for name in ("profile", "role"))
        asked["parameters"] = tuple(str(one) for one in asked["parameters"])
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return Before(states, seen, asked) if sound else None

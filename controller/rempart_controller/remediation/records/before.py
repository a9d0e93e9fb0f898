"""What was found on a host before it is changed: by it the outcome is judged, also by whoever resumes the change."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rempart_core.json_value import Json
from rempart_core.model.fix_outcome import read_seen, show
from rempart_core.model.result import Run, State
from rempart_core.text import Text


class Asked(NamedTuple):
    """How a host was asked.

    Attributes:
        profile: The profile; ``""`` for the host's own.
        role: The role; ``""`` for the host's own.
        parameters: Values, as ``DSK-01.max_age_days=14``.
    """

    profile: str
    role: str
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Before:
    """What was found on a host before.

    Attributes:
        states: The state of each check.
        seen: What was seen by those that a plan is about.
        asked: How it was asked; None where that is not known.
    """

    states: Mapping[str, State]
    seen: Mapping[str, tuple[Text, ...]]
    asked: Asked | None = None


def note_before(planned: Collection[str], run: Run, asked: Asked | None = None) -> Before:
    """Return what of a run is needed later.

    Args:
        planned: The checks of the fixes that were planned.
        run: What was found.
        asked: How it was asked; None where nobody will ask again.
    """
    seen = {one.check: show(one) for one in run.results if one.check in planned}
    return Before({one.check: one.state for one in run.results}, seen, asked)


def pack(before: Before) -> dict[str, Json]:
    """Return it as an endpoint keeps it in the record of the change."""
    states: dict[str, list[str]] = {}
    for check, state in before.states.items():
        states.setdefault(state.value, []).append(check)
    return {
        "asked": {**asked._asdict(), "parameters": list(asked.parameters)} if (asked := before.asked) else {},
        "states": states,
        "seen": {one: [list(text) for text in some] for one, some in before.seen.items()},
    }


def unpack(said: Json) -> Before | None:
    """Return what an endpoint has kept; None where that is nothing, or nothing that we have written."""
    if not isinstance(said, dict) or not said.get("states"):
        return None
    try:
        states = {str(check): State(state) for state, checks in said["states"].items() for check in checks}
        seen = {str(check): read_seen(some) for check, some in said["seen"].items()}
        profile, role, parameters = (said["asked"][name] for name in Asked._fields)
        sound = isinstance(profile, str) and isinstance(role, str)
        asked = Asked(profile, role, tuple(str(one) for one in parameters))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return Before(states, seen, asked) if sound else None

"""Where nobody can tell what others did from what ours did; and what of it may stand all the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from rempart_testing.twins.compare import is_among, package_of

WHOLE = ""
"""In the place of a field: all of a thing, and whether it is there."""


class Excuses:
    """Things in which a host may differ from its twin; there too it may stand only as others saw it once.

    So what is of ours alone is found also where others had said the same as a fix: the twin never had that value, or
    that line.
    """

    def __init__(self) -> None:
        self._fields: dict[str, set[str]] = {}
        self._seen: list[tuple[Collection[str], Mapping[str, Any]]] = []
        self._left: list[tuple[Collection[str], Mapping[str, Any]]] = []

    def see(self, objects: Collection[str], state: Mapping[str, Any], *, of_host: bool = False) -> None:
        """Note how things stood on the twin, or on the host when others had done there what they could not here."""
        (self._left if of_host else self._seen).append((objects, state))

    def add(self, name: str, fields: Collection[str] = (WHOLE,)) -> None:
        """Excuse a thing, or some of its fields."""
        self._fields.setdefault(name, set()).update(fields)

    def hold(self, name: str, here: Any, there: Any) -> bool:
        """Tell whether a thing may stand on the host as it does, and not as it does on the twin."""
        here, there = (_complete(name, state) for state in (here, there))
        fields = {field for one, some in self._fields.items() if is_among(name, [one]) for field in some}
        if f"package {package_of(name)}" in self._fields:
            fields.add(WHOLE)
        unlike = differing(here, there)
        if not fields or (WHOLE not in fields and not unlike <= fields):
            return False
        seen, left = ([_state_of(name, state) for objects, state in looks if is_among(name, objects)]
                      for looks in (self._seen, self._left))  # fmt: skip
        return not seen or all(_was(field, _get(here, field), seen, left) for field in unlike)


def _was(field: str, value: Any, seen: list[Any], left: list[Any]) -> bool:
    """Tell whether a field ever had a value; of contents each line."""
    if field == "content":
        lines = {line for one in seen for line in (_get(one, field) or "").splitlines()}
        return all(line in lines or line.startswith("# theirs-") for line in (value or "").splitlines())
    if field == WHOLE and isinstance(value, Mapping):
        return any(isinstance(one, Mapping) for one in [*seen, *left]) and all(
            _was(name, value[name], seen, left) for name in value
        )
    return value in [_get(one, field) for one in [*seen, *left]]


def differing(one: Any, other: Any) -> set[str]:
    """Return the fields that are not the same."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {field for field in {*one, *other} if one.get(field) != other.get(field)}
    return {WHOLE} if one != other else set()


def _get(state: Any, field: str) -> Any:
    if field == WHOLE:
        return state
    return state.get(field) if isinstance(state, Mapping) else None


def _complete(name: str, state: Any) -> Any:
    """Return a state as a look at one thing tells it: a look at all leaves out a unit that does not run."""
    if name.startswith("file of "):
        return {"enabled": state or ""}
    if not name.startswith("unit "):
        return state
    return {"active": (state or {"active": "inactive"})["active"]}  # whether it is enabled is told of its file


def _state_of(name: str, state: Mapping[str, Any]) -> Any:
    return state.get(name.replace("file of ", "unit ", 1))

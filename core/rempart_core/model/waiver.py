"""The waiver: a dated, justified decision to live with a finding.

A waiver is no state: the fact stays ``fail`` and carries the waiver.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rempart_core.model.result import AppliedWaiver, Result, State


class Waiver(NamedTuple):
    """One waiver of a waiver file.

    Attributes:
        check: The id of the check.
        reason: Why the finding is lived with.
        owner: Who decided.
        end: The last moment at which it holds, seconds since the epoch (the end of that day in its zone).
        end_text: The end as it was written, with its zone: ``2026-12-31 Europe/Paris``.
        start: The first moment, seconds since the epoch; 0 where none is given.
        target: Pattern (glob) of target names.
        group: Pattern (glob) of group names.
        items: Globs of the items that are accepted; empty accepts all.
        file: Where it was read.
        line: The line it begins on.
        ticket: Where the decision is filed, in words or an address; ``""`` where that is not said.
    """

    check: str
    reason: str
    owner: str
    end: float
    end_text: str
    start: float = 0.0
    target: str = "*"
    group: str = "*"
    items: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    ticket: str = ""


def apply(
    result: Result, target_name: str, group: str | Sequence[str], waivers: Sequence[Waiver], now: float
) -> Result:
    """Return the result with the waiver that holds for it, and with those that have expired.

    Only a finding is waived. Where waivers name items, every failing item has to be accepted by one of them, and has to
    be known: a finding whose evidence was cut, or that stands beside rows that could not be decided, stays open. An
    expired waiver is reported and has no effect; one that has not begun has none either, and is not reported.

    Args:
        result: As it was judged.
        target_name: Name of the target.
        group: Its group, or all its groups.
        waivers: Of the waiver file.
        now: Seconds since the epoch.
    """
    if result.state is not State.FAIL:
        return result
    groups = (group,) if isinstance(group, str) else group
    mine = [
        waiver
        for waiver in waivers
        if waiver.check == result.check and waiver.start <= now and concerns(waiver, target_name, groups)
    ]
    expired = tuple(applied(waiver)._replace(expired=True) for waiver in mine if waiver.end < now)
    return result._replace(waiver=_choose(result, [w for w in mine if w.end >= now]), expired_waivers=expired)


def concerns(waiver: Waiver, target_name: str, groups: Sequence[str]) -> bool:
    """Tell whether a waiver is written for a target.

    Args:
        waiver: The waiver.
        target_name: Name of the target.
        groups: All its groups.
    """
    named = _matches(waiver.target.lower(), target_name.lower())
    return named and any(_matches(waiver.group, name) for name in groups)


def _choose(result: Result, waivers: list[Waiver]) -> AppliedWaiver | None:
    """Return the waiver in force: one that accepts all, else one that accepts every item, else several together."""
    whole = [waiver for waiver in waivers if not waiver.items]
    if whole:
        return applied(max(whole, key=lambda waiver: waiver.end))
    items = failing_items(result)
    if items is None or result.incomplete:
        return None
    useful = [waiver for waiver in waivers if any(_accepts(waiver, item) for item in items)]
    if not all(any(_accepts(waiver, item) for waiver in useful) for item in items):
        return None
    single = [waiver for waiver in useful if all(_accepts(waiver, item) for item in items)]
    if single:
        return applied(max(single, key=lambda waiver: waiver.end))
    first = min(useful, key=lambda waiver: waiver.end)  # the day on which the finding is open again
    return applied(first)._replace(
        reason="; ".join(dict.fromkeys(waiver.reason for waiver in useful)),
        owner=", ".join(dict.fromkeys(waiver.owner for waiver in useful)),
        items=tuple(dict.fromkeys(item for waiver in useful for item in waiver.items)),
        target=", ".join(dict.fromkeys(_pattern(waiver) for waiver in useful)),
        ticket=", ".join(dict.fromkeys(waiver.ticket for waiver in useful if waiver.ticket)),
    )


def failing_items(result: Result) -> frozenset[str] | None:
    """Return the items that failed, those of the second witness too; None where not all are known or decided."""
    items: set[str] = set()
    for evidence in [one for one in (result.evidence, result.witness) if one is not None]:
        failing = [row.get("item", "") for row in evidence.rows if row.get("ok") == "0"]
        if len(failing) != evidence.failing or evidence.undecided or "" in failing:
            return None
        items.update(failing)
    return frozenset(items) if items else None


def _accepts(waiver: Waiver, item: str) -> bool:
    return any(_matches(glob, item) for glob in waiver.items)


def _matches(glob: str, text: str) -> bool:
    from fnmatch import fnmatchcase  # a run without waivers never pays for it

    return glob == "*" or fnmatchcase(text, glob)


def applied(waiver: Waiver) -> AppliedWaiver:
    """Return a waiver as it stands in a result."""
    pattern, ticket = _pattern(waiver), waiver.ticket
    return AppliedWaiver(waiver.reason, waiver.owner, waiver.end_text, waiver.items, target=pattern, ticket=ticket)


def _pattern(waiver: Waiver) -> str:
    """Name the targets that the waiver was written for."""
    if waiver.group == "*":
        return waiver.target
    return waiver.group if waiver.target == "*" else f"{waiver.target} in {waiver.group}"

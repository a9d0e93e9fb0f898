"""The state intervals of one endpoint, and how they move when it is seen again. No database here.

A state holds from the moment at which it was seen until the next moment at which something else was seen. Three kinds
of visits: a *whole* one, after which the endpoint's states are exactly those seen; one of *some* checks only, which
leaves the others alone; and a *silent* one, which teaches nothing: the states stay, and are shown as not checked for
as long as the endpoint is silent.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rempart_store.schema.fingerprint import ERROR, FAIL, NOT_CHECKED
from rempart_store.schema.table import COUNTS, OPEN

_UNDECIDED = (ERROR, NOT_CHECKED)


class Seen(NamedTuple):
    """What one check came to at one moment.

    Attributes:
        state: Index into ``table.STATES``.
        severity: Index into ``table.SEVERITIES``.
        waived: Whether a waiver holds.
        mark: Tells whether it says the same as another; see :mod:`rempart_store.schema.fingerprint`.
        detail: Number of the detail.
    """

    state: int
    severity: int
    waived: bool
    mark: int
    detail: int


class Interval(NamedTuple):
    """What one check came to, as in :class:`Seen`, from when, and since when it has not been right."""

    since: int
    state: int
    severity: int
    waived: bool
    mark: int
    detail: int
    failing_since: int | None


class Step(NamedTuple):
    """What one visit does: intervals that end at its time, and intervals that begin at it, by check."""

    ended: dict[int, Interval]
    begun: dict[int, Interval]


class Visit(NamedTuple):
    """One visit: when, what was seen by check, and of which kind it was."""

    time: int
    seen: Mapping[int, Seen]
    whole: bool
    silent: bool


def step(now: dict[int, Interval], visit: Visit) -> Step:
    """Move the open intervals ``now`` by one visit, later than all of them, and return what that did.

    Args:
        now: The open intervals, by number of the check; changed.
        visit: What was seen.
    """
    if visit.silent and now:
        return Step({}, {})
    ended: dict[int, Interval] = {}
    begun: dict[int, Interval] = {}
    for check, seen in visit.seen.items():
        old = now.get(check)
        if old is not None:
            if old.mark == seen.mark:
                continue
            ended[check] = old
        now[check] = begun[check] = Interval(visit.time, *seen, _failing_since(old, seen, visit.time))
    if visit.whole and not visit.silent:
        for check in [check for check in now if check not in visit.seen]:
            ended[check] = now.pop(check)
    return Step(ended, begun)


def _failing_since(old: Interval | None, seen: Seen, time: int) -> int | None:
    """Return since when a check is not right: what could not be looked at in between did not fix it."""
    before = old.failing_since if old is not None and old.state in (FAIL, *_UNDECIDED) else None
    if seen.state == FAIL:
        return time if before is None else before
    return before if seen.state in _UNDECIDED else None


def count(standing: Iterable[Seen | Interval], *, silent: bool) -> dict[str, int]:
    """Return the columns of a visit that count its states; of a silent endpoint nothing is known.

    Args:
        standing: What each check came to.
        silent: Whether the endpoint did not answer.
    """
    counts = dict.fromkeys((*COUNTS, *OPEN), 0)
    for one in standing:
        if silent:
            counts[COUNTS[NOT_CHECKED]] += 1
            continue
        counts[COUNTS[one.state]] += 1
        if one.state == FAIL:
            counts[COUNTS[-1] if one.waived else OPEN[one.severity]] += 1
    return counts

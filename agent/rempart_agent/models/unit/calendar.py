"""When a calendar expression comes next: systemd.time(7), src/shared/calendarspec.c of systemd.

All times are in microseconds since the epoch. A wall clock that does not exist (put forward) is skipped to where it
goes on, as systemd does; one that comes twice (put back) raises :class:`~rempart_agent.models.unit.zone.Twice`.
"""

from typing import Callable, List, Optional, Tuple

from rempart_agent.models.unit.expression import Component, Spec
from rempart_agent.models.unit.zone import Date, Zone, civil, days, month_length

MILLION = 1000000
MAX_YEAR = 2199
_TRIES = 1000


class _Never(Exception):
    """The expression does not come any more."""


def next_elapse(spec: Spec, after: int, zone: Zone) -> Optional[int]:
    """Return the first moment after ``after`` at which an expression comes, or None where it comes no more.

    Args:
        spec: The expression.
        after: Microseconds since the epoch.
        zone: The zone in which it is read.

    Raises:
        Twice: it meets a wall clock that comes twice.
    """
    moment = after + 1
    seconds, microsecond = divmod(moment, MILLION)
    start = civil(seconds + zone.offset(seconds))
    zone.moment(start)
    try:
        found, part = _find(spec, start, microsecond, zone)
    except _Never:
        return None
    return zone.moment(found) * MILLION + part


def _find(spec: Spec, start: Date, microsecond: int, zone: Zone) -> Tuple[Date, int]:
    c, us = start, microsecond
    for _ in range(_TRIES):
        c = _normal(c)
        year = _match(spec.year, c.year)
        if year is None:
            raise _Never
        if year != c.year:
            c, us = Date(year, 1, 1, 0, 0, 0), 0
        if c.year > MAX_YEAR or zone.skips(c):
            raise _Never
        at = _match(spec.month, c.month)
        if at is None:
            c, us = Date(c.year + 1, 1, 1, 0, 0, 0), 0
            continue
        if at != c.month:
            c, us = Date(c.year, at, 1, 0, 0, 0), 0
        outside = _outside(c, zone)
        if outside:
            c = outside
            continue
        at = _match(spec.day, c.day, _from_end(c) if spec.end_of_month else None)
        if at is None:
            c, us = Date(c.year, c.month + 1, 1, 0, 0, 0), 0
            continue
        if at != c.day:
            c, us = Date(c.year, c.month, at, 0, 0, 0), 0
        outside = _outside(c, zone)
        if outside:
            c = outside
            continue
        if not spec.weekdays >> _weekday(c) & 1:
            c, us = Date(c.year, c.month, c.day + 1, 0, 0, 0), 0
            continue
        at = _match(spec.hour, c.hour)
        if at is None:
            c, us = Date(c.year, c.month, c.day + 1, 0, 0, 0), 0
            continue
        if at != c.hour:
            c, us = c._replace(hour=at, minute=0, second=0), 0
        outside = _outside(c, zone)
        if outside:
            c = outside
            continue
        at = _match(spec.minute, c.minute)
        if at is None:
            c, us = c._replace(hour=c.hour + 1, minute=0, second=0), 0
            continue
        if at != c.minute:
            c, us = c._replace(minute=at, second=0), 0
        outside = _outside(c, zone)
        if outside:
            c = outside
            continue
        at = _match(spec.microsecond, c.second * MILLION + us)
        if at is None:
            c, us = c._replace(minute=c.minute + 1, second=0), 0
            continue
        c, us = c._replace(second=at // MILLION), at % MILLION
        outside = _outside(c, zone)
        if not outside:
            return c, us
        c = outside
    raise _Never


def _match(chain: Tuple[Component, ...], value: int, turn: Optional[Callable[[int], int]] = None) -> Optional[int]:
    """Return the first value from ``value`` on that a chain allows, or None."""
    if not chain:
        return value
    found: List[int] = []
    for start, stop, repeat in chain:
        if turn:
            start, stop = turn(start), turn(stop)
            if stop > 0:
                start, stop = stop, start
        if start >= value:
            found.append(start)
        elif repeat > 0:
            candidate = start + -(-(value - start) // repeat) * repeat
            if stop < 0 or candidate <= stop:
                found.append(candidate)
    return min(found) if found else None


def _from_end(c: Date) -> Callable[[int], int]:
    """Return what turns the nth last day of a month into a day of it, or into -1."""

    def turn(day: int) -> int:
        found = month_length(c.year, c.month) + 1 - day
        return found if 1 <= found <= month_length(c.year, c.month) else -1

    return turn


def _outside(c: Date, zone: Zone) -> Optional[Date]:
    """Return where the search goes on after a wall clock that does not exist; None for one that does."""
    whole = _normal(c)
    whole = zone.skips(whole) or whole
    if whole == c:
        return None
    if whole.year != c.year:
        reset = whole._replace(month=1, day=1)
    elif whole.month != c.month:
        reset = whole._replace(day=1)
    elif whole.day != c.day:
        reset = whole._replace(hour=0)
    elif whole.hour != c.hour:
        reset = whole._replace(minute=0)
    else:
        reset = whole._replace(second=0)
    return zone.carried(reset, whole)  # which can lead back: systemd then gives up, and the timer never comes


def _normal(c: Date) -> Date:
    if c.month <= 12 and c.day <= 28 and c.hour < 24 and c.minute < 60 and c.second < 60:
        return c
    year, month = c.year + (c.month - 1) // 12, (c.month - 1) % 12 + 1
    seconds = (days(year, month, 1) + c.day - 1) * 86400 + c.hour * 3600 + c.minute * 60 + c.second
    return civil(seconds)


def _weekday(c: Date) -> int:
    """Return the day of the week, Monday 0."""
    return (days(c.year, c.month, c.day) + 3) % 7

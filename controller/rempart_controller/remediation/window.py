"""The maintenance window of a host: ``rempart_window``, as ``Mon-Fri 20:00-06:00 Europe/Paris``."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rempart_core.error import UsageError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(
    r"(?:(?P<first>[A-Za-z]{3})(?:-(?P<last>[A-Za-z]{3}))?\s+)?(?P<begin>\d{1,2}:\d{2})-(?P<end>\d{1,2}:\d{2})(?:\s+(?P<zone>\S+))?"
)


class Window(NamedTuple):
    """When a host may be changed.

    Attributes:
        days: Days on which it opens, 0 for Monday.
        begin: Minutes after midnight at which it opens.
        end: At which it closes; not after ``begin`` where that is on the next day.
        zone: The time zone.
    """

    days: frozenset[int]
    begin: int
    end: int
    zone: ZoneInfo

    def is_open(self, moment: datetime) -> bool:
        """Tell whether it is open at a moment, which has a time zone."""
        local = moment.astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        if self.begin < self.end:
            return local.weekday() in self.days and self.begin <= minute < self.end
        if minute >= self.begin:
            return local.weekday() in self.days
        return minute < self.end and (local - timedelta(days=1)).weekday() in self.days


def read_windows(text: str) -> list[Window]:
    """Return the windows of a text: one or more, separated by commas; of an empty one none, which means any time.

    Raises:
        UsageError: It is none.
    """
    return [_read(part.strip(), text) for part in text.split(",")] if text.strip() else []


def _read(part: str, text: str) -> Window:
    found = _FORM.fullmatch(part)
    advice = f"rempart_window {text!r}: write days, times and a zone, as 'Mon-Fri 20:00-06:00 Europe/Paris'"
    if found is None:
        raise UsageError(advice)
    days = [_day(found[name], advice) if found[name] else None for name in ("first", "last")]
    first, last = days[0] if days[0] is not None else 0, days[1]
    if days[0] is None:
        last = 6
    elif last is None:
        last = first
    count = (last - first) % 7 + 1
    try:
        zone = ZoneInfo(found["zone"] or "UTC")
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UsageError(f"rempart_window {text!r}: there is no time zone {found['zone']!r}") from error
    opened = frozenset((first + step) % 7 for step in range(count))
    return Window(opened, _minute(found["begin"], advice), _minute(found["end"], advice), zone)


def _day(word: str, advice: str) -> int:
    if word.lower() not in _DAYS:
        raise UsageError(advice)
    return _DAYS.index(word.lower())


def _minute(text: str, advice: str) -> int:
    hours, minutes = map(int, text.split(":"))
    if not (hours < 24 and minutes < 60) and (hours, minutes) != (24, 0):
        raise UsageError(advice)
    return hours * 60 + minutes

"""The maintenance window of a host: ``rempart_window``, as ``Mon,Wed-Fri 20:00-06:00 Europe/Paris``."""

import re
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.suggestion import quoted

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = r"[A-Za-z]{3}(?:\s*-\s*[A-Za-z]{3})?"
_FORM = re.compile(
    rf"(?:(?P<days>{_SPAN}(?:\s*,\s*{_SPAN})*)\s+)?(?P<begin>\d{{1,2}}:\d{{2}})\s*-\s*(?P<end>\d{{1,2}}:\d{{2}})"
    r"(?:\s+(?P<zone>[^\s,]+))?(?:\s*,\s*(?=\S)|\Z)"
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
    advice = Message("change.window", text=quoted(text))
    windows: list[Window] = []
    rest = text.strip()
    while rest:
        found = _FORM.match(rest)
        if found is None:
            raise UsageError(advice)
        windows.append(_read(found, text, advice))
        rest = rest[found.end() :]
    return windows


def window_of(value: object) -> str:
    """Return the text of a variable ``rempart_window``, which may be a list of texts."""
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value or "")


def _read(found: re.Match[str], text: str, advice: Message) -> Window:
    opened: set[int] = set()
    for part in re.split(r"\s*,\s*", found["days"] or "Mon-Sun"):
        first, _, last = (word.strip() for word in part.partition("-"))
        begin = _day(first, advice)
        count = (_day(last or first, advice) - begin) % 7 + 1
        opened |= {(begin + step) % 7 for step in range(count)}
    try:
        zone = ZoneInfo(found["zone"] or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(Message("change.no_zone", text=quoted(text), zone=quoted(found["zone"]))) from error
    return Window(frozenset(opened), _minute(found["begin"], advice), _minute(found["end"], advice), zone)


def _day(word: str, advice: Message) -> int:
    if word.lower() not in _DAYS:
        raise UsageError(advice)
    return _DAYS.index(word.lower())


def _minute(text: str, advice: Message) -> int:
    hours, minutes = map(int, text.split(":"))
    if not (hours < 24 and minutes < 60) and (hours, minutes) != (24, 0):
        raise UsageError(advice)
    return hours * 60 + minutes

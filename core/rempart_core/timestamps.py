"""Times as people write them: a date, a time, so many days or hours ago, an age. All are UTC."""

import re
import time as clock

from rempart_core.error import UsageError
from rempart_core.messages.message import Message

_AGO = re.compile(r"(\d{1,6})([hd])")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?Z?)?")
_DAY = 86_400


def read_time(text: str, *, end: bool = False) -> int:
    """Return the moment that a user named, in seconds since 1970.

    Args:
        text: ``2026-11-25``, ``2026-11-25T13:00``, ``7d``, ``24h``.
        end: Whether a date means its last second; else it means its first.

    Raises:
        UsageError: It is none of these.
    """
    import calendar  # 2 ms, which only these moments need

    ago = _AGO.fullmatch(text)
    if ago:
        return int(clock.time()) - int(ago[1]) * (_DAY if ago[2] == "d" else 3600)
    found = _DATE.fullmatch(text)
    if not found:
        raise UsageError(Message("time.wrong", text=text))
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    last = calendar.monthrange(year, month)[1] if year and 1 <= month <= 12 else 0
    if not 1 <= day <= last or hour > 23 or minute > 59 or second > 59:
        raise UsageError(Message("time.no_date", text=text))
    start = calendar.timegm((year, month, day, hour, minute, second))
    return start + _DAY - 1 if end and found[4] is None else start


def read_span(text: str) -> int:
    """Return a number of days as ``400d`` or ``400``.

    Raises:
        ValueError: It is none.
    """
    found = re.fullmatch(r"([1-9]\d{0,4})d?", text)
    if not found:
        raise ValueError(f"{text!r}: give a number of days, as 400d")
    return int(found[1])


def read_age(text: str) -> int:
    """Return the seconds of an age as ``90m``, ``20h`` or ``7d``.

    Raises:
        ValueError: It is none.
    """
    found = re.fullmatch(r"([1-9]\d{0,5})([mhd])", text)
    if not found:
        raise ValueError(f"{text!r}: give an age as 90m, 20h or 7d")
    return int(found[1]) * {"m": 60, "h": 3600, "d": _DAY}[found[2]]


def write_moment(time: int) -> str:
    """Return a time as ``2026-11-25T13:00:00Z``."""
    return clock.strftime("%Y-%m-%dT%H:%M:%SZ", clock.gmtime(time))


def utc() -> str:
    """Return the moment, as run documents write it."""
    return clock.strftime("%Y-%m-%dT%H:%M:%SZ", clock.gmtime())


def read_limit(text: str) -> float:
    """Return the seconds of hours or days as ``48h`` or ``3d``.

    Raises:
        ValueError: It is none.
    """
    found = re.fullmatch(r"([1-9]\d{0,4})([hd])", text)
    if not found:
        raise ValueError(f"{text!r}: give hours or days, as 48h or 3d")
    return int(found[1]) * {"h": 3600.0, "d": 86_400.0}[found[2]]

"""Reads a moment as RFC 3339 writes it: seconds since 1970, and the nanoseconds beyond."""

import re
from typing import Optional, Tuple

_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,18}))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII
)


def parse(text: str) -> Optional[Tuple[int, int]]:
    """Return the seconds and nanoseconds of a moment; None where the text is none."""
    import calendar
    import datetime as dt

    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction, sign, hours, minutes = found.groups()[6:]
    try:
        moment = dt.datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - the offset follows
    except ValueError:
        return None
    seconds = calendar.timegm(moment.timetuple()) + max(second - 59, 0)
    if sign:
        ahead = int(hours) * 3600 + int(minutes) * 60
        seconds += -ahead if sign == "+" else ahead
    return seconds, int((fraction or "").ljust(9, "0")[:9])

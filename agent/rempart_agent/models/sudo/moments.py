"""The times and spans in the options of a rule, as sudo reads them (parse_gentime, parse_timeout)."""

import calendar
import re
from typing import NamedTuple, Optional

_TIME = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})?([0-9]{2})?(?:[.,][0-9])?(.*)", re.DOTALL)
_ZONE = re.compile(r"([+-])([0-9]{2})([0-9]{2})?")
_NUMBER = re.compile(r"[ \t]*\+?([0-9]+)")
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_MOST = 2**31 - 1


class Moment(NamedTuple):
    """A point in time: seconds since the epoch, and whether the machine's zone, which is not known, moves it.

    ``seconds`` is None for a year that no calendar has.
    """

    seconds: Optional[int]
    local: bool


def moment(text: str) -> Optional[Moment]:
    """Return the time that NOTBEFORE or NOTAFTER names; None where sudo refuses it.

    Months and days beyond a year's go on into the next, as in timegm(3). Part of an hour or minute is left out.
    """
    found = _TIME.fullmatch(text)
    if not found:
        return None
    zone = found.group(7)
    offset = _ZONE.fullmatch(zone)
    if zone not in ("", "Z") and not offset:
        return None
    year, month, day, hour, minute, second = [int(part or 0) for part in found.groups()[:6]]
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not 1 <= year <= 9999:
        return Moment(None, not zone)
    seconds = calendar.timegm((year, month, 1, hour, minute, second, 0, 0, 0)) + (day - 1) * 86400
    if offset:
        apart = int(offset.group(2)) * 3600 + int(offset.group(3) or 0) * 60
        seconds += -apart if offset.group(1) == "+" else apart
    return Moment(seconds, not zone)


def is_span(text: str) -> bool:
    """Tell whether sudo takes a text as a TIMEOUT: numbers of days, hours, minutes and seconds, in that order."""
    at, first, total = 0, 0, 0
    order = "dhms"
    while True:
        found = _NUMBER.match(text, at)
        if not found:
            return False
        at = found.end()
        unit = text[at : at + 1].lower()
        if unit:
            if unit not in order[first:]:
                return False
            first = order.index(unit)
            at += 1
        total += int(found.group(1)) * _UNITS[unit or "s"]
        if total > _MOST:
            return False
        if at >= len(text):
            return True

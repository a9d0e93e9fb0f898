"""A time zone: tzfile(5), with the rule at its end (TZ of POSIX.1), and dates without the datetime module's bounds."""

import re
import struct
from bisect import bisect_right
from typing import List, NamedTuple, Optional, Sequence, Tuple

from rempart_agent.said import SaidError

_LAST_YEAR = 2200
_DAY = 86400


class Twice(SaidError, ValueError):
    """A wall clock that comes twice, since the clock is put back."""


class Date(NamedTuple):
    """A wall clock."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int


def days(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01 of a date of the Gregorian calendar.

    Args:
        year: The year.
        month: From 1.
        day: From 1.
    """
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def civil(seconds: int) -> Date:
    """Return the wall clock of seconds since 1970-01-01 00:00."""
    day, rest = divmod(seconds, _DAY)
    era, of_era = divmod(day + 719468, 146097)
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    moon = (5 * of_year + 2) // 153
    month = moon + (3 if moon < 10 else -9)
    date = of_year - (153 * moon + 2) // 5 + 1
    return Date(year + era * 400 + (month <= 2), month, date, rest // 3600, rest // 60 % 60, rest % 60)


def month_length(year: int, month: int) -> int:
    """Return the days of a month.

    Args:
        year: The year.
        month: From 1.
    """
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


class Zone:
    """A time zone.

    Attributes:
        names: The abbreviations that it uses.
    """

    def __init__(
        self, times: Sequence[int] = (), periods: Sequence[Tuple[int, int]] = ((0, 0),), names: Sequence[str] = ()
    ) -> None:
        """Make a zone.

        Args:
            times: When the clock was changed.
            periods: The seconds that the clock is ahead, and 1 for summer time: before ``times[0]``, from it on …
            names: The abbreviations.
        """
        self._times, self._periods = list(times), list(periods)
        self.names = frozenset(names)

    def offset(self, moment: int) -> int:
        """Return the seconds that the wall clock is ahead of UTC."""
        return self._periods[bisect_right(self._times, moment)][0]

    def carried(self, date: Date, origin: Date) -> Date:
        """Return what mktime(3) makes of a wall clock that is said to be in summer time, or not, as ``origin`` is.

        Args:
            date: The wall clock.
            origin: The wall clock whose summer time, or lack of it, is said of ``date``.
        """
        wall, before, found = self._moments(origin)
        offset, saving = self._periods[bisect_right(self._times, found[0] if found else wall - before)]
        moment = self._moments(date)[0] - offset
        own, own_saving = self._periods[bisect_right(self._times, moment)]
        return date if own_saving == saving else civil(moment + own)

    def _moments(self, date: Sequence[int]) -> Tuple[int, int, List[int]]:
        wall = days(date[0], date[1], date[2]) * _DAY + date[3] * 3600 + date[4] * 60 + date[5]
        before = self.offset(wall - _DAY)
        around = {before, self.offset(wall + _DAY)}
        return wall, before, sorted(wall - o for o in around if self.offset(wall - o) == o)

    def moment(self, date: Sequence[int]) -> int:
        """Return the moment of a wall clock; raises Twice where there are two."""
        wall, before, found = self._moments(date)
        if len(found) > 1:
            raise Twice("the clock is put back, so that this hour comes twice")
        return found[0] if found else wall - before

    def skips(self, date: Sequence[int]) -> Optional[Date]:
        """Return the wall clock to which one that does not exist is put forward; None for one that exists."""
        wall, before, found = self._moments(date)
        if found:
            return None
        moment = wall - before
        return civil(moment + self.offset(moment))


def parse(data: bytes) -> Zone:
    """Read a zone file; raises ValueError for what is none."""
    try:
        return _parse(data)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError("not a zone file: " + str(error)) from None


def _parse(data: bytes) -> Zone:
    size, at = 4, 0
    if data[:4] != b"TZif":
        raise ValueError("not a zone file")
    if data[4:5] >= b"2":
        at, size = _length(data, 0, 4), 8
        if data[at : at + 4] != b"TZif":
            raise ValueError("not a zone file")
    utc, standard, leaps, times, types, letters = struct.unpack_from(">6l", data, at + 20)
    if min(utc, standard, leaps, times, types, letters) < 0 or max(times, types, letters) > 65536:
        raise ValueError("not a zone file")
    begin = at + 44
    moments = struct.unpack_from(">{}{}".format(times, "q" if size == 8 else "l"), data, begin)
    index = data[begin + times * size : begin + times * (size + 1)]
    table = begin + times * (size + 1)
    kinds = [struct.unpack_from(">lbB", data, table + 6 * n) for n in range(types)]
    text = data[table + 6 * types : table + 6 * types + letters]
    names = [text[start:].partition(b"\0")[0].decode("ascii") for _, _, start in kinds]
    first = next((n for n, kind in enumerate(kinds) if not kind[1]), 0)
    periods = [kinds[n][:2] for n in (first, *index)]
    rule = data[at + _length(data, at, size) - at :] if size == 8 else b""
    footer = rule[1:].partition(b"\n")[0].decode("ascii")
    if footer:
        last = civil(moments[-1]).year if moments else 1970
        more = [change for change in _rule(footer, last) if not moments or change[0] > moments[-1]]
        moments, periods = (
            (*moments, *(change[0] for change in more)),
            [*periods, *((o, o_saves) for _, o, o_saves in more)],
        )
    return Zone(moments, periods, names)


def _length(data: bytes, at: int, size: int) -> int:
    sizes: Tuple[int, ...] = struct.unpack_from(">6l", data, at + 20)
    utc, standard, leaps, times, types, letters = sizes
    return at + 44 + times * (size + 1) + types * 6 + letters + leaps * (size + 4) + standard + utc


_NAME = r"(?:[A-Za-z]{3,}|<[^>]*>)"
_TIME = r"[+-]?\d+(?::\d+){0,2}"
_RULE = re.compile(r"{0}({1})(?:{0}({1})?,([^,/]+)(?:/({1}))?,([^,/]+)(?:/({1}))?)?$".format(_NAME, _TIME), re.ASCII)


def _rule(text: str, first: int) -> List[Tuple[int, int, int]]:
    """Return the changes that a rule makes from a year on: the moment, the offset from then on, 1 for summer time."""
    found = _RULE.match(text)
    if not found:
        raise ValueError("a rule that is not understood: " + text)
    standard = -_seconds(found.group(1))
    if not found.group(3):
        return [(days(first, 1, 1) * _DAY, standard, 0)]
    saving = -_seconds(found.group(2)) if found.group(2) else standard + 3600
    begin, end = (found.group(3), found.group(4) or "2"), (found.group(5), found.group(6) or "2")
    changes = []
    for year in range(first, _LAST_YEAR + 1):
        changes.append((_day(begin[0], year) * _DAY + _seconds(begin[1]) - standard, saving, 1))
        changes.append((_day(end[0], year) * _DAY + _seconds(end[1]) - saving, standard, 0))
    return sorted(changes)


def _seconds(text: str) -> int:
    parts = [int(part) for part in text.lstrip("+-").split(":")] + [0, 0]
    return (-1 if text[0] == "-" else 1) * (parts[0] * 3600 + parts[1] * 60 + parts[2])


def _day(text: str, year: int) -> int:
    """Return the day of a rule in a year, as days since 1970-01-01."""
    if text[0] == "M":
        month, week, weekday = (int(part) for part in text[1:].split("."))
        start = days(year, month, 1)
        day: int = start + (weekday - (start + 4)) % 7 + (week - 1) * 7
        return day if day < start + month_length(year, month) else day - 7
    number = int(text.lstrip("J"))
    if text[0] == "J":
        return days(year, 1, 1) + number - 1 + (number > 59 and month_length(year, 2) == 29)
    return days(year, 1, 1) + number

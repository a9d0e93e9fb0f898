"""Calendar expressions: systemd.time(7), as src/shared/calendarspec.c of systemd reads them."""

import re
from typing import Callable, Dict, List, NamedTuple, Tuple, Union

from rempart_agent.said import SaidError

MILLION = 1000000
_INT_MAX = 2147483647
_CHAIN_MAX = 241
_EVERY_DAY = 127
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Component(NamedTuple):
    """One range: from ``start`` to ``stop`` (-1: none) by ``repeat`` (0: no steps)."""

    start: int
    stop: int
    repeat: int


Chain = Tuple[Component, ...]


class Spec(NamedTuple):
    """A calendar expression; an empty chain stands for any value.

    Attributes:
        weekdays: A bit for each day that counts, Monday's is 1.
        end_of_month: Whether days count from the end of the month.
        zone: The name of the zone that it gives, or ``""``.
    """

    weekdays: int
    year: Chain
    month: Chain
    day: Chain
    hour: Chain
    minute: Chain
    microsecond: Chain
    end_of_month: bool
    zone: str


class Invalid(SaidError, ValueError):
    """Not a calendar expression."""


def _one(*values: int) -> Chain:
    return tuple(Component(value, -1, 0) for value in values)


_ZERO, _FIRST = _one(0), _one(1)
_NAMED: Dict[str, Tuple[int, Chain, Chain, Chain, Chain]] = {  # weekdays, month, day, hour, minute
    "minutely": (_EVERY_DAY, (), (), (), ()),
    "hourly": (_EVERY_DAY, (), (), (), _ZERO),
    "daily": (_EVERY_DAY, (), (), _ZERO, _ZERO),
    "monthly": (_EVERY_DAY, (), _FIRST, _ZERO, _ZERO),
    "weekly": (1, (), (), _ZERO, _ZERO),
    "quarterly": (_EVERY_DAY, _one(1, 4, 7, 10), _FIRST, _ZERO, _ZERO),
}
_NAMED["yearly"] = _NAMED["annually"] = _NAMED["anually"] = (_EVERY_DAY, _FIRST, _FIRST, _ZERO, _ZERO)
for _name in ("biannually", "bi-annually", "semiannually", "semi-annually"):
    _NAMED[_name] = (_EVERY_DAY, _one(1, 7), _FIRST, _ZERO, _ZERO)


def parse(text: str, is_zone: Callable[[str], bool]) -> Spec:
    """Read an expression.

    Args:
        text: ``Mon..Fri *-*-* 06,18:00 Europe/Paris``.
        is_zone: Tells whether a word is the name of a zone.

    Raises:
        Invalid: systemd would refuse it.
    """
    zone = ""
    if text[-4:].lower() == " utc":
        zone, text = "UTC", text[:-4]
    else:
        before, space, last = text.rpartition(" ")
        if space and is_zone(last):
            zone, text = last, before
    if not text:
        raise Invalid("empty")
    named = _NAMED.get(_lower(text))
    if named:
        return Spec(named[0], (), *named[1:], _ZERO, False, zone)
    reader = _Reader(text)
    weekdays = reader.weekdays()
    date = reader.date()
    if isinstance(date, int):
        return _moment(date)
    time = reader.time()
    if reader.rest:
        raise Invalid("left over: {rest}", rest=reader.rest)
    year = tuple(Component(_year(c.start), _year(c.stop), c.repeat) for c in date[0])
    month, day, hour, minute, second = (_normalized(chain) for chain in (*date[1:], *time))
    backwards = reader.end_of_month and bool(date[2])
    found = Spec(weekdays or _EVERY_DAY, _normalized(year), month, day, hour, minute, second, backwards, zone)
    _hold(found)
    return found


def _lower(text: str) -> str:
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in text)


def _year(value: int) -> int:
    if 0 <= value < 70:
        return value + 2000
    return value + 1900 if 70 <= value < 100 else value


def _normalized(chain: Chain) -> Chain:
    found: List[Component] = []
    for start, stop, repeat in chain:
        if stop > start and repeat > 0:
            stop -= (stop - start) % repeat
        if (stop > start and repeat > 0 and start + repeat > stop) or start == stop:
            stop, repeat = -1, 0
        found.append(Component(start, stop, repeat))
    return tuple(sorted(set(found)))


def _hold(spec: Spec) -> None:
    ends = [(spec.year, 1970, 2199), (spec.month, 1, 12), (spec.day, 1, 31), (spec.hour, 0, 23), (spec.minute, 0, 59)]
    for chain, low, high in [*ends, (spec.microsecond, 0, 60 * MILLION - 1)]:
        backwards = chain is spec.day and spec.end_of_month
        top = high
        for start, stop, repeat in chain:
            top -= 3 if backwards else 0  # again for each, in systemd too
            good = low <= start <= top and repeat <= top - low
            if stop >= 0:
                good = good and low <= stop <= top and start + repeat <= stop
            elif backwards:
                good = good and start - repeat >= low
            else:
                good = good and start + repeat <= top
            if not good:
                raise Invalid("out of range")


def _moment(seconds: int) -> Spec:
    from rempart_agent.models.unit.zone import civil

    if seconds > 253402300799:  # the last year of four digits, beyond which localtime_or_gmtime_usec gives up
        raise Invalid("too late")
    c = civil(seconds)
    date = _one(c.year), _one(c.month), _one(c.day)
    found = Spec(_EVERY_DAY, *date, _one(c.hour), _one(c.minute), _one(c.second * MILLION), False, "UTC")
    _hold(found)
    return found


class _Reader:
    """Reads an expression from left to right."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self.end_of_month = False

    def weekdays(self) -> int:
        bits, low, first, rest = 0, -1, True, self.rest
        while True:
            day = next((n for n, name in enumerate(_DAYS) if _lower(rest[:3]) == name[:3]), -1)
            if day < 0:
                if not first:
                    raise Invalid("no day of the week: {rest}", rest=rest)
                return 0
            length = len(_DAYS[day])
            skip = length if _lower(rest[:length]) == _DAYS[day] else 3
            if rest[skip : skip + 1] not in ("", "-", ".", ",", " "):
                raise Invalid("no day of the week: {rest}", rest=rest)
            bits |= 1 << day
            if low >= 0:
                if low > day:
                    raise Invalid("days that end before they begin")
                for between in range(low + 1, day):
                    bits |= 1 << between
            rest = rest[skip:]
            if not rest or rest[0] == " ":
                break
            if rest[0] in ".-":
                if low >= 0 or (rest[0] == "." and rest[1:2] != "."):
                    raise Invalid("no range of days: {rest}", rest=rest)
                low, rest = day, rest[2 if rest[0] == "." else 1 :]
            else:
                low, rest = -1, rest[1:]
            if not rest or rest[0] == " ":  # a trailing comma is allowed, an open range is not
                if low >= 0:
                    raise Invalid("an open range of days")
                break
            first = False
        self.rest = rest.lstrip(" ")
        return bits

    def date(self) -> Union[int, Tuple[Chain, Chain, Chain]]:
        """Return the date, or a moment in seconds (``@``)."""
        if not self.rest:
            return (), (), ()
        if self.rest[0] == "@":
            found = re.match(r"@\s*\+?(\d+)$", self.rest, re.ASCII)
            if not found:
                raise Invalid("no moment: {rest}", rest=self.rest)
            self.rest = ""
            return int(found.group(1))
        before = self.rest
        first = self._chain()
        if self.rest[:1] in ("", ":"):  # a time, not a date
            self.rest = before
            return (), (), ()
        self._separator()
        second = self._chain()
        if self.rest[:1] in ("", " "):
            self.rest = self.rest.lstrip(" ")
            return (), first, second
        if self.end_of_month:
            raise Invalid("~ before the month")
        self._separator()
        third = self._chain()
        if self.rest[:1] not in ("", " "):
            raise Invalid("no date: {rest}", rest=self.rest)
        self.rest = self.rest.lstrip(" ")
        return first, second, third

    def _separator(self) -> None:
        if self.rest[0] not in "-~":
            raise Invalid("no date: {rest}", rest=self.rest)
        self.end_of_month = self.rest[0] == "~"
        self.rest = self.rest[1:]

    def time(self) -> Tuple[Chain, Chain, Chain]:
        if not self.rest:
            return _ZERO, _ZERO, _ZERO
        hour = self._chain()
        self._colon()
        minute = self._chain()
        if not self.rest:
            return hour, minute, _ZERO
        self._colon()
        second = self._chain(seconds=True)
        if self.rest:
            raise Invalid("no time: {rest}", rest=self.rest)
        return hour, minute, second

    def _colon(self) -> None:
        if self.rest[:1] != ":":
            raise Invalid("no time: {rest}", rest=self.rest)
        self.rest = self.rest[1:]

    def _chain(self, seconds: bool = False) -> Chain:
        if self.rest[:1] == "*":
            self.rest = self.rest[1:]
            return (Component(0, -1, MILLION),) if seconds else ()
        found: List[Component] = []
        while True:
            if len(found) >= _CHAIN_MAX:
                raise Invalid("too many components")
            found.append(self._component(seconds))
            if self.rest[:1] != ",":
                return tuple(found)
            self.rest = self.rest[1:]

    def _component(self, seconds: bool) -> Component:
        unit = MILLION if seconds else 1
        start, stop, repeat = self._number(seconds), -1, 0
        if self.rest[:2] == "..":
            self.rest = self.rest[2:]
            stop, repeat = self._number(seconds), unit
        if self.rest[:1] == "/":
            self.rest = self.rest[1:]
            repeat = self._number(seconds)
            if repeat == 0:
                raise Invalid("a step of 0")
        elif start > _INT_MAX - repeat or (seconds and stop >= 0 and start + repeat > stop):
            raise Invalid("a range without room")
        if self.rest[:1] not in ("", " ", ",", "-", "~", ":"):
            raise Invalid("no number: {rest}", rest=self.rest)
        return Component(start, stop, repeat)

    def _number(self, seconds: bool) -> int:
        found = re.match(r"\d+", self.rest, re.ASCII)
        if not found:
            raise Invalid("no number: {rest}", rest=self.rest)
        value = int(found.group()) * (MILLION if seconds else 1)
        self.rest = self.rest[found.end() :]
        if seconds and self.rest[:1] == "." and self.rest[1:2] != ".":
            part = re.match(r"\.(\d+)", self.rest, re.ASCII)
            if not part:
                raise Invalid("no fraction: {rest}", rest=self.rest)
            digits = part.group(1)
            value += int(digits[:6].ljust(6, "0")) + (digits[6:7] >= "5")
            self.rest = self.rest[part.end() :]
        if value > _INT_MAX:
            raise Invalid("too large")
        return value

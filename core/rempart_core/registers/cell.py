"""One value of a register: what each kind of column takes, and what to write instead of what it does not take."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from rempart_core.messages.message import Message
from rempart_core.registers.contract import Column, Kind
from rempart_core.suggestion import quoted, suggestion_of
from rempart_core.text import clean

TEXT_LIMIT = 4_000
_DAY = 86_400
_AHEAD = 14 * 3600  # UTC+14: where a day begins first
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,99}", re.ASCII)
_PSEUDONYM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?", re.ASCII)
_NUMERIC_DATE = re.compile(r"(\d{1,4})[/.\- ](\d{1,2})[/.\- ](\d{1,4})", re.ASCII)
_COUNT = re.compile(r"\d{1,15}", re.ASCII)
_FLAGS = {"true": "1", "yes": "1", "oui": "1", "vrai": "1", "1": "1"} | dict.fromkeys(
    ("false", "no", "non", "faux", "0"), "0"
)
Value = str | Message
"""A value as tables have it, or what is wrong with it."""


def read_cell(column: Column, text: str) -> Value:
    """Return the value of a cell that is not empty, or what is wrong with it.

    Args:
        column: What may stand there.
        text: What stands there, without the blanks around it.
    """
    return _READERS[column.kind](column, text)


def age_of(day: str, now: int) -> int:
    """Return the age of a day as ``2026-11-20`` in days, 0 where it has not begun everywhere yet.

    Args:
        day: The day.
        now: The moment, in seconds since 1970.
    """
    return max(0, -days_until(day, now))


def days_until(day: str, now: int) -> int:
    """Return in how many days a day comes; negative where it is past.

    Args:
        day: The day.
        now: The moment, in seconds since 1970.
    """
    return date.fromisoformat(day).toordinal() - (date(1970, 1, 1).toordinal() + now // _DAY)


def write_day(moment: float) -> str:
    """Return the day of a moment as this machine's clock on the wall shows it, as ``2026-11-20``.

    Args:
        moment: In seconds since 1970.
    """
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d")


def is_future(text: str, now: int) -> bool:
    """Tell whether a day or a time has not come yet, anywhere on earth.

    Args:
        text: A day, or a time as :func:`read_cell` returns it.
        now: The moment, in seconds since 1970.
    """
    if len(text) > 10:
        return epoch_of(text) > now + 60  # clocks differ
    return days_until(text, now + _AHEAD) > 0


def epoch_of(time: str) -> int:
    """Return the seconds since 1970 of a time as :func:`read_cell` returns it."""
    return int(datetime.fromisoformat(time).timestamp())


def _read_text(column: Column, text: str) -> Value:
    if len(text) > TEXT_LIMIT:
        return Message("registers.long", count=TEXT_LIMIT)
    if text.isprintable():
        return text
    line = " ".join(text.split())
    odd = next((own for own, seen in zip(line, clean(line), strict=True) if own != seen), "")
    return Message("content.invisible", code=f"{ord(odd):04X}") if odd else line


def _read_id(column: Column, text: str) -> Value:
    return text if _ID.fullmatch(text) else Message("registers.no_id", text=quoted(text))


def _read_person(column: Column, text: str) -> Value:
    return text if _PSEUDONYM.fullmatch(text) else Message("registers.no_pseudonym", text=quoted(text))


def _read_date(column: Column, text: str) -> Value:
    if _DATE.fullmatch(text):
        return text if _exists(text) else Message("registers.impossible", text=quoted(text))
    possible = _guess(text)
    if len(possible) > 1:
        return Message("registers.ambiguous", text=quoted(text), first=possible[0], second=possible[1])
    if possible:
        return Message("registers.date_as", text=quoted(text), date=possible[0])
    return Message("registers.no_date", text=quoted(text))


def _guess(text: str) -> list[str]:
    """Return the days that a date in another form may mean, each once."""
    if _DATE.match(text) and text[10:11] in "T " and _exists(text[:10]):
        return [text[:10]]
    found = _NUMERIC_DATE.fullmatch(text)
    if not found:
        return []
    first, middle, last = found.groups()
    if len(first) == 4:
        orders = [(first, middle, last)]
    elif len(last) == 4:
        orders = [(last, middle, first), (last, first, middle)]
    else:
        return []
    days = [f"{year}-{month:0>2}-{day:0>2}" for year, month, day in orders]
    return [day for day in dict.fromkeys(days) if _DATE.fullmatch(day) and _exists(day)]


def _exists(day: str) -> bool:
    try:
        return 1970 <= date.fromisoformat(day).year < 9999
    except ValueError:
        return False


def _read_time(column: Column, text: str) -> Value:
    found = _TIME.fullmatch(text)
    if not found:
        return Message("registers.no_time", text=quoted(text))
    if not _exists(found[1]):
        return Message("registers.impossible", text=quoted(text))
    if not found[3]:
        return Message("registers.no_offset", text=quoted(text), example=f"{found[1]}T{found[2]}+01:00")
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return Message("registers.impossible", text=quoted(text))
    if moment < datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=1):
        return Message("registers.impossible", text=quoted(text))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_count(column: Column, text: str) -> Value:
    return str(int(text)) if _COUNT.fullmatch(text) else Message("registers.no_count", text=quoted(text))


def _read_flag(column: Column, text: str) -> Value:
    return _FLAGS.get(text.lower()) or Message("registers.no_flag", text=quoted(text))


def _read_choice(column: Column, text: str) -> Value:
    if text in column.choices:
        return text
    return Message("registers.no_choice", text=quoted(text), hint=suggestion_of(text, column.choices))


_READERS: dict[Kind, Callable[[Column, str], Value]] = {
    Kind.TEXT: _read_text,
    Kind.TEAM: _read_text,
    Kind.ID: _read_id,
    Kind.PERSON: _read_person,
    Kind.DATE: _read_date,
    Kind.DUE: _read_date,
    Kind.TIME: _read_time,
    Kind.DUE_TIME: _read_time,
    Kind.COUNT: _read_count,
    Kind.FLAG: _read_flag,
    Kind.CHOICE: _read_choice,
}

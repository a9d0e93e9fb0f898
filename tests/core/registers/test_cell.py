"""What each kind of column takes, and what to write instead of what it does not take."""

from __future__ import annotations

import calendar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.messages.message import Message
from rempart_core.messages.say import say
from rempart_core.registers.cell import age_of, days_until, epoch_of, is_future, read_cell
from rempart_core.registers.contract import Column, Kind

NOON = calendar.timegm((2026, 11, 27, 12, 0, 0))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.DATE, "2026-02-28", "2026-02-28"),
        (Kind.TIME, "2026-11-20T10:00+01:00", "2026-11-20T09:00:00Z"),
        (Kind.TIME, "2026-11-20 23:30:15-05:00", "2026-11-21T04:30:15Z"),
        (Kind.COUNT, "0042", "42"),
        (Kind.FLAG, "Oui", "1"),
        (Kind.FLAG, "FALSE", "0"),
        (Kind.TEXT, "deux lignes\n  ici", "deux lignes ici"),
        (Kind.TEXT, "=1+1", "=1+1"),
        (Kind.PERSON, "p-017", "p-017"),
    ],
)
def test_values_as_tables_have_them(kind: Kind, text: str, value: str) -> None:
    assert read_cell(Column("x", kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        (Kind.DATE, "03/04/2026", "can mean 2026-04-03 or 2026-03-04"),
        (Kind.DATE, "25/12/2026", "is no date: write 2026-12-25"),
        (Kind.DATE, "04/04/2026", "is no date: write 2026-04-04"),
        (Kind.DATE, "2026-01-12 00:00:00", "is no date: write 2026-01-12"),
        (Kind.DATE, "2026/1/5", "is no date: write 2026-01-05"),
        (Kind.DATE, "2026-02-30", "does not exist in the calendar"),
        (Kind.DATE, "0001-01-01", "does not exist in the calendar"),
        (Kind.DATE, "45000", "write YYYY-MM-DD"),
        (Kind.DATE, "٢٠٢٦-01-01", "write YYYY-MM-DD"),
        (Kind.TIME, "2026-11-20T10:00", "has no offset from UTC: write it as 2026-11-20T10:00+01:00"),
        (Kind.TIME, "2026-11-20", "is no time"),
        (Kind.TIME, "2026-11-20T25:00Z", "does not exist in the calendar"),
        (Kind.TIME, "2026-11-20T10:00+99:00", "does not exist in the calendar"),
        (Kind.COUNT, "-1", "is no whole number"),
        (Kind.COUNT, "1.5", "is no whole number"),
        (Kind.FLAG, "maybe", "is neither yes nor no"),
        (Kind.PERSON, "ann@example.org", "is no pseudonym"),
        (Kind.PERSON, "Ann Martin", "is no pseudonym"),
        (Kind.ID, "a b", "is no identifier"),
        (Kind.TEXT, "a\u202eb", "U+202E"),
        (Kind.TEXT, "a" * 5000, "longer than 4,000 characters"),
    ],
)
def test_what_to_write_instead(kind: Kind, text: str, told: str) -> None:
    value = read_cell(Column("x", kind), text)
    assert isinstance(value, Message)
    assert told in say(value)


def test_choices_suggest() -> None:
    value = read_cell(Column("x", Kind.CHOICE, choices=("initial", "recurrent")), "recurent")
    assert isinstance(value, Message)
    assert 'did you mean "recurrent"' in say(value)


@given(kind=st.sampled_from([*Kind]), text=st.text(min_size=1, max_size=40))
def test_any_text_is_a_value_or_a_message(kind: Kind, text: str) -> None:
    value = read_cell(Column("x", kind, choices=("a",)), text)
    assert isinstance(value, str) or say(value, "fr")


@given(text=st.datetimes().map(lambda at: at.isoformat(timespec="seconds") + "Z"))
def test_what_is_taken_as_a_time_can_be_counted(text: str) -> None:
    value = read_cell(Column("x", Kind.TIME), text)
    assert isinstance(value, Message) or epoch_of(value) > 0


def test_days_are_counted_from_the_day_of_utc() -> None:
    assert (age_of("2026-11-27", NOON), age_of("2026-11-20", NOON), age_of("2026-12-01", NOON)) == (0, 7, 0)
    assert (days_until("2026-12-01", NOON), days_until("2026-11-01", NOON)) == (4, -26)


def test_a_day_is_future_where_it_has_begun_nowhere() -> None:
    assert not is_future("2026-11-28", NOON)  # it is two in the morning in Kiritimati, UTC+14
    assert is_future("2026-11-29", NOON)
    assert not is_future("2026-11-27T12:00:30Z", NOON)
    assert is_future("2026-11-27T12:05:00Z", NOON)

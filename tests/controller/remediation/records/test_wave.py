"""Sizes of waves, and windows in which hosts may be changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_controller.remediation.records.wave import read_waves, split
from rempart_controller.remediation.records.window import read_windows, window_of
from rempart_core.error import UsageError


@pytest.mark.parametrize(
    ("sizes", "number", "lengths"),
    [
        ("1,10%,100%", 40, [1, 3, 36]),
        ("1,10%,100%", 5, [1, 4]),
        ("1,10%,100%", 1, [1]),
        ("2,2", 10, [2, 8]),
        ("50%", 4, [4]),
        ("10%,100%", 45, [5, 40]),  # a share is rounded up
        ("50%,100%", 202, [101, 101]),
        ("3,3,1", 10, [3, 3, 4]),
        ("5,10%,100%", 10, [5, 5]),  # nobody is in two waves where a share is less than what is done
        ("101,1000000", 150, [101, 49]),
        ("1", 0, []),
    ],
)
def test_every_host_is_in_one_wave(sizes: str, number: int, lengths: list[int]) -> None:
    waves = split(list(range(number)), read_waves(sizes))
    assert [len(wave) for wave in waves] == lengths
    assert [host for wave in waves for host in wave] == list(range(number))


@pytest.mark.parametrize("text", ["", "0", "x", "1,,2", "101%", "-1", "10%%", "1000001"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--waves"):
        read_waves(text)


@pytest.mark.parametrize(
    ("window", "moment", "opened"),
    [
        ("20:00-06:00", "2026-11-25T21:00", True),
        ("20:00-06:00", "2026-11-25T05:59", True),
        ("20:00-06:00", "2026-11-25T06:00", False),
        ("Mon-Fri 20:00-06:00", "2026-11-28T03:00", True),  # a Saturday: the night of Friday
        ("Mon-Fri 20:00-06:00", "2026-11-28T21:00", False),
        ("Mon-Fri 20:00-06:00", "2026-11-30T03:00", False),  # a Monday: the night of Sunday
        ("Sat-Mon 08:00-10:00", "2026-11-29T09:00", True),
        ("Sun 08:00-10:00", "2026-11-29T10:00", False),
        ("08:00-10:00 Europe/Paris", "2026-11-25T07:30", True),
        ("23:00-23:59", "2026-11-25T23:58", True),
        ("23:00-23:59", "2026-11-25T23:59", False),
        ("Sat 08:00-10:00, Wed 12:00-13:00", "2026-11-25T12:30", True),
        ("Mon,Wed 20:00-22:00", "2026-11-25T21:00", True),  # a Wednesday
        ("Mon,Wed 20:00-22:00", "2026-11-24T21:00", False),
        ("Mon,Wed 20:00-22:00", "2026-11-30T20:00", True),
        ("Mon, Wed-Thu ,Sat 20:00-22:00 UTC,Sun 01:00-02:00", "2026-11-28T21:00", True),
        ("Mon, Wed-Thu ,Sat 20:00-22:00 UTC,Sun 01:00-02:00", "2026-11-29T01:30", True),
        ("Mon, Wed-Thu ,Sat 20:00-22:00 UTC,Sun 01:00-02:00", "2026-11-27T21:00", False),
    ],
)
def test_a_window_is_open_or_not(window: str, moment: str, opened: bool) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert any(one.is_open(at) for one in read_windows(window)) is opened


DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


@given(
    first=st.none() | st.integers(0, 6),
    last=st.none() | st.integers(0, 6),
    begin=st.integers(0, 1440),
    end=st.integers(0, 1440),
    beside=st.integers(0, 7 * 1440 - 1),
)
def test_a_window_opens_on_its_days_and_closes_at_its_end(
    first: int | None, last: int | None, begin: int, end: int, beside: int
) -> None:
    """Held against the minutes of a week, counted one by one."""
    days = list(range(7)) if first is None else [first]
    while first is not None and last is not None and days[-1] != last:
        days.append((days[-1] + 1) % 7)
    text = f"{begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
    if first is not None:
        text = DAYS[first] + (f"-{DAYS[last]}" if last is not None else "") + " " + text
    length = end - begin if begin < end else end - begin + 1440
    opened = {(day * 1440 + begin + minute) % (7 * 1440) for day in days for minute in range(length)}
    (window,) = read_windows(text)
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    edges = [day * 1440 + edge for day in range(7) for edge in (begin - 1, begin, end - 1, end)]
    for minute in (*edges, beside):
        assert window.is_open(monday + timedelta(minutes=minute)) is (minute % (7 * 1440) in opened), (text, minute)


def test_no_window_means_any_time() -> None:
    assert read_windows("") == read_windows(" ") == []


def test_windows_may_be_a_list() -> None:
    assert window_of(["Mon 20:00-22:00", "Wed 20:00-22:00"]) == "Mon 20:00-22:00, Wed 20:00-22:00"
    assert window_of("Mon 20:00-22:00") == "Mon 20:00-22:00"
    assert window_of(None) == ""


@pytest.mark.parametrize(
    "text",
    [
        "always",
        ",",
        "Mon 25:00-26:00",
        "Mon-Xyz 01:00-02:00",
        "01:00-02:00 Mars/Olympus",
        "24:01-02:00",
        "01:00-24:30",
        "01:60-02:00",
        "01:00-02:61",
        "24:60-01:00",
        "Mon,,Wed 01:00-02:00",
        "Mon 01:00-02:00,",
        "Mon 01:00-02:00 , ",
        "Mon 01:00-02:00 UTC daily",
    ],
)
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="rempart_window"):
        read_windows(text)

"""Times as people write them: what is taken, what it comes to, and that nothing else is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.error import UsageError
from rempart_core.timestamps import read_age, read_limit, read_span, read_time, utc, write_moment

NOON = 1_764_072_000  # 2025-11-25T12:00:00Z, by GNU date


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-11-25T12:00", NOON),
        ("2025-11-25 12:00", NOON),
        ("2025-11-25T12:00:05Z", NOON + 5),
        ("2025-11-25", NOON - 43_200),
        ("2024-02-29", 1_709_164_800),
    ],
)
def test_a_moment_is_utc(text: str, moment: int) -> None:
    assert read_time(text) == moment


def test_a_day_ends_with_its_last_second_and_a_time_is_itself() -> None:
    assert read_time("2025-11-25", end=True) == NOON + 43_199
    assert read_time("2025-11-25T12:00", end=True) == NOON


@pytest.mark.parametrize(("text", "seconds"), [("7d", 604_800), ("24h", 86_400), ("0d", 0)])
def test_so_long_ago(text: str, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rempart_core.timestamps.clock.time", lambda: NOON + 0.9)
    assert read_time(text) == NOON - seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2025-11-31",
        "2025-02-29",
        "2025-13-01",
        "0000-01-01",
        "2025-11-25T24:00",
        "2025-11-25T12:60",
        "2025-11-25T12:00:60",
        "7m",
        "-1d",
        "1234567d",
        "2025-11-25T12:00+01:00",
        "٢٠٢٥-١١-٢٥X",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_time(text)


@pytest.mark.parametrize(
    ("read", "text", "found"),
    [
        (read_span, "400d", 400),
        (read_span, "400", 400),
        (read_age, "90m", 5_400),
        (read_age, "20h", 72_000),
        (read_age, "7d", 604_800),
        (read_limit, "48h", 172_800.0),
        (read_limit, "3d", 259_200.0),
    ],
)
def test_spans(read: object, text: str, found: float) -> None:
    assert callable(read)
    assert read(text) == found


@pytest.mark.parametrize("read", [read_span, read_age, read_limit])
@pytest.mark.parametrize("text", ["", "0d", "-1d", "1.5h", "7 d", "d", "1w", "9999999d"])
def test_what_is_no_span_is_refused(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match="give"):
        read(text)


@given(st.integers(0, 4_102_444_799))
def test_a_moment_that_was_written_is_read_again(moment: int) -> None:
    assert read_time(write_moment(moment)) == moment


def test_this_moment_is_written_as_run_documents_have_it() -> None:
    before = int(time.time())
    assert before <= read_time(utc()) <= int(time.time())

"""Sizes of waves, and windows in which hosts may be changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rempart_controller.remediation.wave import read_waves, split
from rempart_controller.remediation.window import read_windows
from rempart_core.error import UsageError


@pytest.mark.parametrize(
    ("sizes", "number", "lengths"),
    [
        ("1,10%,100%", 40, [1, 3, 36]),
        ("1,10%,100%", 5, [1, 4]),
        ("1,10%,100%", 1, [1]),
        ("2,2", 10, [2, 8]),
        ("50%", 4, [4]),
        ("1", 0, []),
    ],
)
def test_every_host_is_in_one_wave(sizes: str, number: int, lengths: list[int]) -> None:
    waves = split(list(range(number)), read_waves(sizes))
    assert [len(wave) for wave in waves] == lengths
    assert [host for wave in waves for host in wave] == list(range(number))


@pytest.mark.parametrize("text", ["", "0", "x", "1,,2", "101%", "-1", "10%%"])
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
        ("Sat 08:00-10:00, Wed 12:00-13:00", "2026-11-25T12:30", True),
    ],
)
def test_a_window_is_open_or_not(window: str, moment: str, opened: bool) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert any(one.is_open(at) for one in read_windows(window)) is opened


@pytest.mark.parametrize("text", ["always", "Mon 25:00-26:00", "Mon-Xyz 01:00-02:00", "01:00-02:00 Mars/Olympus"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="rempart_window"):
        read_windows(text)

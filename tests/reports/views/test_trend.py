"""The picture of a trend: bars as high as what was open, none outside the picture."""

from __future__ import annotations

from rempart_reports.views.trend import HEIGHT, Night, draw_trend


def test_bars_are_as_high_as_what_was_open_and_stay_inside() -> None:
    nights = [
        Night("2026-11-01T02:00:00Z", (3, 0, 1, 0, 0), 2),
        Night("2026-11-02T02:00:00Z", (0,) * 5, 2),
        Night("2026-11-03T02:00:00Z", (1, 1, 0, 0, 0), 2),
    ]
    bars = draw_trend(nights)
    assert [(bar.severity, bar.x, bar.y, bar.height) for bar in bars] == [
        ("critical", 0, 25, 75), ("medium", 0, 0, 25), ("critical", 20, 75, 25), ("high", 20, 50, 25),
    ]  # fmt: skip
    assert all(bar.y >= 0 and bar.y + bar.height <= HEIGHT for bar in bars)


def test_nothing_open_draws_nothing() -> None:
    assert draw_trend([Night("2026-11-02T02:00:00Z", (0,) * 5, 2)]) == []
    assert draw_trend([]) == []

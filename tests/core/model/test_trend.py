from __future__ import annotations

from rempart_core.model.check import Severity
from rempart_core.model.trend import measure_repairs, rank_of


def test_the_times_of_repair_are_those_of_what_was_closed_and_the_oldest_is_one_that_is_open() -> None:
    closed = [(Severity.HIGH, days) for days in (1, 2, 3, 4, 5, 6, 7, 8, 9, 100)]
    critical, high, *_ = measure_repairs(closed, [(Severity.CRITICAL, 7), (Severity.CRITICAL, 9)])
    assert (high.closed, high.median, high.ninetieth, high.open, high.oldest) == (10, 5, 9, 0, None)
    assert (critical.closed, critical.median, critical.ninetieth, critical.open, critical.oldest) == (
        0,
        None,
        None,
        2,
        9,
    )


def test_a_rank_is_a_value_that_was_measured() -> None:
    assert rank_of([], 0.5) is None
    assert rank_of([4], 0.9) == 4
    assert rank_of([1, 2], 0.5) == 1

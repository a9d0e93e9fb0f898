"""Batches are packed so that osquery's watchdog lets the worker live."""

from __future__ import annotations

from rempart_server.cost import UNKNOWN, Costs


def test_what_nobody_measured_goes_ten_at_a_time() -> None:
    assert Costs().pack("linux", [str(number) for number in range(25)]) == [str(number) for number in range(10)]


def test_what_was_measured_on_some_machines_goes_ninety_at_a_time() -> None:
    costs = Costs()
    names = [str(number) for number in range(120)]
    for most in (10, 10, 90):
        for name in names:
            costs.note("linux", name, {"wall_time_ms": 5, "memory": 1000})
        assert costs.pack("linux", names) == names[:most]
    mixed = [*names[:45], *(f"new-{number}" for number in range(20))]
    assert costs.pack("linux", mixed) == mixed[:50]  # half a batch of those, half of these


def test_heavy_ones_go_alone_by_the_median_of_their_platform() -> None:
    costs = Costs()
    for wall in (3600, 20, 3700):
        costs.note("linux", "b", {"wall_time_ms": wall, "memory": 1000})
    costs.note("linux", "d", {"wall_time_ms": 5, "memory": 50 << 20})
    assert costs.pack("linux", ["a", "b", "c"]) == ["a"]
    assert costs.pack("linux", ["b", "c"]) == ["b"]
    assert costs.pack("linux", ["d", "c"]) == ["d"]
    assert costs.pack("windows", ["b", "c"]) == ["b", "c"]


def test_a_batch_takes_two_seconds_at_most() -> None:
    costs = Costs()
    for name in "abcd":
        costs.note("linux", name, {"wall_time_ms": 900, "memory": 0})
    assert costs.pack("linux", list("abcd")) == ["a", "b"]


def test_counts_that_are_none_say_nothing() -> None:
    costs = Costs()
    for stats in (None, [], {}, {"wall_time_ms": "9", "memory": 1}, {"wall_time_ms": -1, "memory": 1}):
        costs.note("linux", "a", stats)
    assert costs.of("linux", "a") == UNKNOWN

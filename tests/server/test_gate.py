"""Who may try to enrol: so many a second, and not for ever with wrong secrets."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from itertools import pairwise

import pytest

from rempart_server.gate import PATIENCE, WINDOW, WRONG, Gate


def test_the_limit_by_address_ends_and_is_each_address_s_own() -> None:
    gate = Gate(100)
    for _ in range(WRONG):
        assert gate.hears("192.0.2.1", "x", 1000.0)
        gate.note("192.0.2.1", "x", 1000.0, good=False)
    assert not gate.hears("192.0.2.1", "x", 1000.0 + WINDOW - 1)
    assert gate.hears("192.0.2.2", "x", 1000.0)
    assert gate.hears("192.0.2.1", "x", 1000.0 + WINDOW)
    for number in range(WRONG):
        gate.note(f"2001:db8::{number + 1}", "x", 1000.0, good=False)
    assert not gate.hears("2001:db8::ffff", "x", 1000.0)  # a machine has the whole network of 64 bits
    assert gate.hears("2001:db8:0:1::1", "x", 1000.0)
    assert gate.hears("fe80::1%eth0", "x", 1000.0)
    assert gate.hears("", "x", 1000.0)


def test_so_many_enrol_in_a_second_and_no_more() -> None:
    gate = Gate(100)
    waits = [gate.takes(1000.0) for _ in range(1000)]
    assert waits[:100] == [0.0] * 100
    let_in = [one for one in waits if one is not None]
    assert len(let_in) == round(100 * (PATIENCE + 1))
    assert all(later - one == pytest.approx(0.01, abs=0.001) for one, later in pairwise(let_in[100:]))
    assert max(let_in) <= PATIENCE
    assert gate.takes(1000.5) is not None  # half a second later some more are let in
    assert sum(gate.takes(2000.0) == 0 for _ in range(300)) == 100
    assert gate.takes(1000.0) == 0.0  # a clock that went back shuts nobody out


def test_a_herd_that_comes_in_waves_is_in_within_minutes() -> None:
    """tls_enroll.cpp: it tries again after 1, 4, 9 … seconds; 10,000 that poll within a minute have lost their keys."""
    gate = Gate(100)
    tries = [(number * 0.006, 1) for number in range(10_000)]
    heapify(tries)
    last = 0.0
    while tries:
        now, attempt = heappop(tries)
        waits = gate.takes(1000.0 + now)
        if waits is None:
            assert attempt < 12
            heappush(tries, (now + attempt * attempt, attempt + 1))
        else:
            last = max(last, now + waits)
    assert last < 240

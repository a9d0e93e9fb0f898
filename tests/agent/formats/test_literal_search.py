"""Both ways to search find the same places, whatever the bytes are."""

from __future__ import annotations

import importlib.util

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_agent.formats import literal_search
from rempart_agent.formats.literal_search import Literal

LITERALS = (
    *(Literal(text) for text in (b"ab", b"ab_", b"cab_a", b"a\0b", b"aa", b".b.", b"ca-", b"\xff\n", b"b.", b"ab_ab-")),
    *(Literal(text, exact=False) for text in (b"ab", b"b_a", b"c")),
)
installed = pytest.mark.skipif(importlib.util.find_spec("hyperscan") is None, reason="hyperscan is not installed")
bits = st.lists(st.sampled_from([b"a", b"b", b"c", b"A", b"B", b"_", b"-", b".", b"\0", b"\xff", b"\n"]), max_size=60)


@installed
@given(bits)
def test_hyperscan_and_the_loop_find_the_same(some: list[bytes]) -> None:
    data = b"".join(some)
    find = literal_search.hyperscan_finder(LITERALS)
    assert find is not None
    assert find(data) == literal_search.find_each(LITERALS, data)


@installed
@settings(deadline=None)
@given(bits, bits, st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_they_find_the_same_in_utf_16(before: list[bytes], some: list[bytes], coding: str) -> None:
    text = "xab_ba-" + b"".join(some).decode("latin-1") + "cab_ab-x.b."
    data = b"".join(before) + b"\xfe" + text.encode(coding)
    begin = len(b"".join(before)) + 1
    words = [one for one, _ in LITERALS if one.isascii() and b"\0" not in one]  # as all that are looked for
    find = literal_search.hyperscan_finder(tuple(Literal(b"".join(b"%c\0" % byte for byte in one)) for one in words))
    assert find is not None
    ours = literal_search.find_each_wide(tuple(map(Literal, words)), data)
    theirs = find(data)
    assert all(place in theirs[number] for number, places in ours.items() for place in places)
    whole = text.isascii() and "\0" not in text
    if whole:
        assert ours == {number: kept for number in theirs if (kept := [one for one in theirs[number] if one >= begin])}


def test_every_place_is_told_and_too_many_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(literal_search, "MOST", 3)
    finders = (literal_search.hyperscan_finder(LITERALS), None)
    for find in finders:
        data = b"aaaaaaaa AB ab"
        found = find(data) if find else literal_search.find_each(LITERALS, data)
        assert found[4] == [0, 1, 2, 3]
        assert (found[0], found[10]) == ([12], [9, 12])


def test_without_hyperscan_the_loop_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "hyperscan", None)
    assert literal_search.hyperscan_finder(LITERALS) is None
    literal_search.finder.cache_clear()
    try:
        assert literal_search.finder(LITERALS)(b"x_ab_") == {0: [2], 1: [2], 10: [2]}
    finally:
        literal_search.finder.cache_clear()

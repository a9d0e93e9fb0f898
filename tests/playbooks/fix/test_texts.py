"""Edits of lines and how they are taken out again, after others have put in lines anywhere."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from rempart_fix.texts import drop, find_edits, join, revert, split

lines = st.lists(st.sampled_from(["a\n", "b\n", "key = 1\n", "key = 9\n", "\n", "# x\n"]), max_size=12)
theirs = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 99)), max_size=4)


@given(lines, lines)
def test_edits_taken_out_of_what_we_left_give_what_was(before: list[str], after: list[str]) -> None:
    done = revert(after, after, find_edits(before, after))
    assert done.lines == before
    assert done.moved == []


@given(lines, lines)
def test_what_is_left_of_edits_is_what_was_not_taken_out(before: list[str], after: list[str]) -> None:
    edits = find_edits(before, after)
    assert drop(after, edits, []) == (before, [])
    assert drop(after, edits, edits) == (after, edits)
    for one in edits:
        lines_left, (rest,) = drop(after, edits, [one])
        assert revert(lines_left, lines_left, [rest]).lines == before


@given(lines, lines, theirs)
def test_lines_of_others_stay_and_ours_go(before: list[str], after: list[str], put: list[tuple[int, int]]) -> None:
    now = list(after)
    for at, number in put:
        now.insert(at, f"theirs {number}\n")
    done = revert(after, now, find_edits(before, after))
    kept = [line for line in done.lines if line.startswith("theirs")]
    assert kept == [line for line in now if line.startswith("theirs")]
    if not done.moved:
        assert sorted(line for line in done.lines if not line.startswith("theirs")) == sorted(before)


@given(lines, lines, theirs)
def test_force_takes_all_of_ours_out(before: list[str], after: list[str], put: list[tuple[int, int]]) -> None:
    now = list(after)
    for at, number in put:
        now.insert(at, f"theirs {number}\n")
    done = revert(after, now, find_edits(before, after), force=True)
    assert done.moved == []


@given(st.binary(max_size=60))
def test_what_is_no_text_survives(data: bytes) -> None:
    assert join(split(data)) == data

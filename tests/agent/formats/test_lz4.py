"""LZ4 frames: unpacked as the format says, refused where they are damaged or too large."""

from __future__ import annotations

import glob
import os
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import lz4
from rempart_agent.source.contract import Malformed, SourceError, Unfit

HELPER = "/usr/lib/apt/apt-helper"
FRAME = lz4.MAGIC + b"\x40\x40\xc0"
SEQUENCES = st.lists(st.tuples(st.binary(max_size=40), st.integers(1, 70), st.integers(4, 600)), max_size=8)


def _length(number: int) -> bytes:
    return b"\xff" * (number // 255) + bytes([number % 255])


def _sequence(literal: bytes, distance: int, length: int) -> bytes:
    token = (min(len(literal), 15) << 4) | min(length - 4, 15)
    head = bytes([token]) + (_length(len(literal) - 15) if len(literal) >= 15 else b"") + literal
    tail = distance.to_bytes(2, "little") + (_length(length - 19) if length >= 19 else b"")
    return head + tail


def _pack(sequences: list[tuple[bytes, int, int]], last: bytes, before: bytes = b"") -> tuple[bytes, bytes]:
    """Return a block and what it unpacks to after ``before``."""
    block, out = b"", before
    for drawn, distance, length in sequences:
        literal = drawn or b"x"
        back = min(distance, len(out) + len(literal))
        block += _sequence(literal, back, length)
        out += literal
        for _ in range(length):
            out += out[-back : len(out) - back + 1]
    end = bytes([min(len(last), 15) << 4]) + (_length(len(last) - 15) if len(last) >= 15 else b"") + last
    return block + end, (out + last)[len(before) :]


def _block(data: bytes) -> bytes:
    return len(data).to_bytes(4, "little") + data


@given(SEQUENCES, SEQUENCES, st.binary(max_size=300))
def test_blocks_that_lean_on_one_another_are_unpacked(
    first: list[tuple[bytes, int, int]], second: list[tuple[bytes, int, int]], last: bytes
) -> None:
    one, text = _pack(first, last)
    two, more = _pack(second, b"end", text)
    assert lz4.decode(FRAME + _block(one) + _block(two) + bytes(4), 1 << 20) == text + more


@given(SEQUENCES, st.integers(0, 400), st.integers(0, 255))
def test_damage_is_an_error_or_other_bytes_but_never_a_crash(
    sequences: list[tuple[bytes, int, int]], at: int, byte: int
) -> None:
    frame = bytearray(FRAME + _block(_pack(sequences, b"end")[0]) + bytes(4))
    frame[at % len(frame)] = byte
    try:
        assert isinstance(lz4.decode(bytes(frame), 1 << 20), bytes)
    except SourceError:
        pass


@given(SEQUENCES, st.integers(1, 12))
def test_what_is_cut_off_is_refused(sequences: list[tuple[bytes, int, int]], lost: int) -> None:
    frame = FRAME + _block(_pack(sequences, b"the end.")[0]) + bytes(4)
    with pytest.raises(Malformed):
        lz4.decode(frame[:-lost], 1 << 20)


@given(st.binary())
def test_any_bytes_are_unpacked_or_refused(data: bytes) -> None:
    for start in (b"", FRAME):
        try:
            assert len(lz4.decode(start + data, 1000)) <= 1000
        except SourceError:
            continue


def test_options_of_a_frame_are_skipped_over() -> None:
    frame = lz4.MAGIC + b"\x7c\x40" + (5).to_bytes(8, "little") + b"\xc0"
    frame += (5 | 1 << 31).to_bytes(4, "little") + b"hello" + b"sum." + bytes(4) + b"sum."
    skipped = b"\x5a\x2a\x4d\x18" + (3).to_bytes(4, "little") + b"abc"
    assert lz4.decode(skipped + frame + frame, 100) == b"hellohello"


def test_a_bomb_is_not_unpacked() -> None:
    block, _ = _pack([(b"a", 1, 100_000)], b"")
    with pytest.raises((Unfit, Malformed)):
        lz4.decode(FRAME + _block(block) * 50 + bytes(4), 1_000_000)


def test_apts_own_lists_are_unpacked_as_apt_does() -> None:
    lists = [path for path in glob.glob("/var/lib/apt/lists/*.lz4") if os.path.getsize(path) < 1 << 21]
    if not lists:
        pytest.skip("apt keeps no LZ4 lists on this machine")
    for path in lists:
        real = subprocess.run([HELPER, "cat-file", path], capture_output=True, check=True).stdout
        with open(path, "rb") as file:
            assert lz4.decode(file.read(), 1 << 28) == real

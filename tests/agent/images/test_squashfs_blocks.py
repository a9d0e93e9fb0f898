"""The blocks that SquashFS is written in."""

from __future__ import annotations

import struct
import zlib

import pytest
from rempart_testing.disks import Memory

from rempart_agent.images.squashfs_blocks import Blocks, Cursor
from rempart_agent.images.squashfs_packing import unpack_gzip
from rempart_agent.source.contract import Malformed

FULL = bytes(range(256)) * 32


def _plain(data: bytes) -> bytes:
    return struct.pack("<H", len(data) | 0x8000) + data


def _packed(data: bytes) -> bytes:
    packed = zlib.compress(data)
    return struct.pack("<H", len(packed)) + packed


def _blocks(data: bytes) -> Blocks:
    return Blocks(Memory(data), len(data), unpack_gzip)


def test_blocks_follow_each_other_packed_or_not() -> None:
    data = _plain(FULL) + _packed(FULL) + _plain(b"end")
    cursor = Cursor(_blocks(data), 0, 8190, len(data))
    assert cursor.take(2) == FULL[-2:]
    assert cursor.where() == (0, 8192)
    assert cursor.take(8194) == FULL + b"en"
    again = Cursor(_blocks(data), *cursor.where(), len(data))
    assert again.take(1) == cursor.take(1) == b"d"
    with pytest.raises(Malformed, match="ends too early"):
        cursor.take(1)


@pytest.mark.parametrize(
    ("data", "place", "why"),
    [
        (_plain(b"abc"), 4, "beyond a block's end"),
        (_plain(b""), 0, "with 0 bytes"),
        (struct.pack("<H", 0x8000 | 8193) + bytes(9000), 0, "with 8193 bytes"),
        (_plain(b"abc")[:-1], 0, "beyond its end"),
        (b"\x01", 0, "beyond its end"),
        (_packed(FULL + b"x"), 0, "more than it may"),
        (_packed(b"") + _packed(b""), 0, "is empty"),
    ],
)
def test_a_block_that_can_not_be_is_refused(data: bytes, place: int, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        Cursor(_blocks(data), 0, place, len(data)).take(1)


def test_blocks_behind_a_table_are_none_of_it() -> None:
    data = _plain(b"abc") + _plain(b"other")
    with pytest.raises(Malformed, match="ends too early"):
        Cursor(_blocks(data), 0, 0, 5).take(4)
    with pytest.raises(Malformed, match="ends too early"):
        Cursor(_blocks(data), 5, 0, 5)


def test_a_block_of_data_is_no_larger_than_it_may_be() -> None:
    packed = zlib.compress(FULL)
    blocks = _blocks(packed + FULL)
    assert blocks.data(0, len(packed), 8192) == FULL
    assert blocks.data(len(packed), 8192 | 1 << 24, 8192) == FULL
    for at, word in ((len(packed), 8193 | 1 << 24), (0, 1 << 24), (0, len(packed) | 1 << 25), (9000, 8000 | 1 << 24)):
        with pytest.raises(Malformed):
            blocks.data(at, word, 8192)
    with pytest.raises(Malformed):
        _blocks(zlib.compress(FULL + b"x")).data(0, len(zlib.compress(FULL + b"x")), 8192)


def test_a_table_has_the_entries_that_it_has() -> None:
    table = struct.pack("<2050I", *range(2050))
    first, second = _plain(table[:8192]), _plain(table[8192:])
    data = first + second + struct.pack("<QQ", 0, len(first))
    index = len(first) + len(second)
    blocks = _blocks(data)
    for number in (0, 2047, 2048, 2049):
        assert blocks.entry(index, 2050, number, 4) == struct.pack("<I", number)
    with pytest.raises(Malformed, match="of a table of 2050"):
        blocks.entry(index, 2050, 2050, 4)
    with pytest.raises(Malformed, match="cut off"):
        blocks.entry(index, 9999, 2050, 4)
    with pytest.raises(Malformed, match="beyond its end"):
        blocks.entry(index, 1 << 32, 1 << 31, 4)

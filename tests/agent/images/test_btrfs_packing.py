"""Packed extents: what was packed comes out, and bombs and cuts do not."""

from __future__ import annotations

import struct
import sys
import zlib

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, survive

from rempart_agent.images.btrfs_packing import MOST, unpack
from rempart_agent.source.contract import Malformed, Unfit

TEXT = b"root:x:0:0:root:/root:/bin/bash\n" * 300
ZLIB, LZO, ZSTD = 1, 2, 3
SECTOR = 4096


def _stored(data: bytes) -> bytes:
    """Return a stream of LZO1X that repeats nothing: a run of literals, and the end (lzo.rst)."""
    rest = len(data) - 18
    return b"\0" + bytes(rest // 255) + bytes([rest % 255]) + data + b"\x11\0\0"


def _lzo(data: bytes) -> bytes:
    """Return an extent: its length, and segments of a sector each, with their lengths."""
    out = bytearray(4)
    for at in range(0, len(data), SECTOR):
        if SECTOR - len(out) % SECTOR < 4:
            out += bytes(SECTOR - len(out) % SECTOR)
        segment = _stored(data[at : at + SECTOR])
        out += struct.pack("<I", len(segment)) + segment
    struct.pack_into("<I", out, 0, len(out))
    return bytes(out)


PACKED = {ZLIB: zlib.compress(TEXT), LZO: _lzo(TEXT), ZSTD: zstandard.compress(TEXT)}


@pytest.mark.parametrize("kind", PACKED)
def test_what_was_packed_comes_out(kind: int) -> None:
    assert unpack(kind, PACKED[kind] + bytes(2000), len(TEXT), SECTOR, "disk") == TEXT
    assert unpack(kind, PACKED[kind], 100, SECTOR, "disk") == TEXT[:100]
    assert unpack(kind, PACKED[kind], MOST, SECTOR, "disk") == TEXT


def test_the_length_of_a_segment_never_lies_in_two_sectors() -> None:
    data = bytes(range(256)) * (16 * 20)
    assert unpack(LZO, _lzo(data), len(data), SECTOR, "disk") == data


def test_an_extent_may_end_with_what_fills_its_sector() -> None:
    """As mkfs.btrfs writes it: the length of the whole counts the last bytes of the sector."""
    data = b"a" * (SECTOR - 4 - 4 - 19 - 2 - 2)
    packed = _lzo(data)
    rest = -len(packed) % SECTOR
    assert 0 < rest < 4
    packed = struct.pack("<I", len(packed) + rest) + packed[4:] + bytes(rest)
    assert unpack(LZO, packed, SECTOR, SECTOR, "disk") == data


@pytest.mark.parametrize("kind", PACKED)
def test_no_more_comes_than_may(kind: int) -> None:
    with pytest.raises(Malformed, match="more than"):
        unpack(kind, PACKED[kind], MOST + 1, SECTOR, "disk")
    bomb = bytes(64 << 20)
    narrow = zstandard.ZstdCompressionParameters.from_level(3, window_log=17)
    packer = zstandard.ZstdCompressor(compression_params=narrow).compressobj()
    packed = {ZLIB: zlib.compress, ZSTD: packer.compress}.get(kind, lambda _: PACKED[LZO])(bomb)
    assert len(unpack(kind, packed, MOST, SECTOR, "disk")) <= MOST


@pytest.mark.parametrize("kind", PACKED)
def test_damage_is_an_error(kind: int) -> None:
    broken = {ZLIB: b"\xff" * 100, ZSTD: b"\xff" * 100, LZO: struct.pack("<II", 100, 50) + b"\x40" * 92}[kind]
    with pytest.raises(Malformed):
        unpack(kind, broken, 500, SECTOR, "disk")
    with pytest.raises(Malformed):
        unpack(LZO, struct.pack("<I", 10_000) + PACKED[LZO][4:], 500, SECTOR, "disk")


def test_another_way_of_packing_or_a_missing_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Malformed, match="unknown way 4"):
        unpack(4, TEXT, 100, SECTOR, "disk")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(Unfit, match="install rempart"):
        unpack(ZSTD, PACKED[ZSTD], 100, SECTOR, "disk")


@settings(max_examples=10 * CASES)
@given(st.sampled_from(sorted(PACKED)), st.binary(max_size=300), st.integers(0, 200), st.integers(0, MOST))
def test_noise_ends_in_bytes_or_errors_of_ours(kind: int, noise: bytes, keep: int, size: int) -> None:
    survive(lambda: unpack(kind, PACKED[kind][:keep] + noise, size, SECTOR, "disk"))

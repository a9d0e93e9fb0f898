"""What SquashFS packs blocks with."""

from __future__ import annotations

import lzma
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
import zstandard

from rempart_agent.images.squashfs_packing import unpacker
from rempart_agent.source.contract import Malformed, Unfit

Packer = Callable[[bytes], bytes]


def _streamed(data: bytes) -> bytes:
    """Return a frame of zstd that does not say how much it holds."""
    packer = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    return packer.compress(data) + packer.flush()


PACKERS: dict[str, tuple[int, Packer]] = {
    "gzip": (1, zlib.compress),
    "xz": (4, lambda data: lzma.compress(data, lzma.FORMAT_XZ, lzma.CHECK_CRC32)),
    "zstd": (6, zstandard.ZstdCompressor().compress),
    "zstd without a size": (6, _streamed),
}


@pytest.mark.parametrize("kind", PACKERS)
def test_a_block_is_unpacked_whole_or_not_at_all(kind: str) -> None:
    number, pack = PACKERS[kind]
    unpack = unpacker(number, "image")
    data = bytes(range(256)) * 32
    packed = pack(data)
    assert unpack(packed, 8192, "image") == data
    assert unpack(packed, 10_000, "image") == data
    for wrong in (packed[:-1], packed[:20], b"", b"\xff" + packed[1:]):
        with pytest.raises(Malformed):
            unpack(wrong, 8192, "image")
    with pytest.raises(Malformed):
        unpack(packed, 8191, "image")


@pytest.mark.parametrize("kind", PACKERS)
def test_a_bomb_is_refused_before_it_takes_room(kind: str) -> None:
    number, pack = PACKERS[kind]
    bomb = pack(bytes(48 << 20))
    tracemalloc.start()
    with pytest.raises(Malformed):
        unpacker(number, "image")(bomb, 1 << 20, "image")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 << 20


def test_a_dictionary_beyond_all_measure_is_refused() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 256 << 20}]
    packed = lzma.compress(b"x", lzma.FORMAT_XZ, filters=filters)
    with pytest.raises(Malformed, match="damaged"):
        unpacker(4, "image")(packed, 8192, "image")


def test_others_are_named() -> None:
    for number, why in ((2, "lzma"), (3, "lzo"), (5, "lz4")):
        with pytest.raises(Unfit, match=f"packed with {why}"):
            unpacker(number, "image")
    with pytest.raises(Malformed, match="unknown compressor 7"):
        unpacker(7, "image")


def test_zstd_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(Unfit, match="install"):
        unpacker(6, "image")(b"", 8192, "image")

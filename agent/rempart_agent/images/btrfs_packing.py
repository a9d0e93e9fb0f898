"""What btrfs packs extents with: each is unpacked to as many bytes as its item says at most, and never to more.

Fewer come where mkfs.btrfs packed the end of a file, whose item counts whole sectors.

Source: the kernel's fs/btrfs/zlib.c, lzo.c and zstd.c; fs/btrfs/compression.h for the bound of 128 KiB.
"""

import zlib

from rempart_agent.images.lzo import unpack_lzo
from rempart_agent.source.contract import Malformed, Unfit

MOST = 128 << 10
"""Bytes that a packed extent may hold."""

_ZLIB, _LZO, _ZSTD = 1, 2, 3
_WORD = 4
_WINDOW = 128 << 10  # ZSTD_BTRFS_MAX_WINDOWLOG


def unpack(kind: int, data: bytes, size: int, sector: int, name: str) -> bytes:
    """Return what an extent holds.

    Args:
        kind: How it is packed, as its item says.
        data: The extent, and whatever stands behind it.
        size: How many bytes it may hold.
        sector: Bytes of a sector of the file system.
        name: Of the file system, for the error.

    Raises:
        Malformed: it is damaged, or there is no such way of packing.
        Unfit: the package zstandard is not installed.
    """
    if size > MOST:
        raise Malformed(
            "{name}: a packed extent of btrfs with {size} bytes, more than {most}", name=name, size=size, most=MOST
        )
    if kind == _ZLIB:
        return _unpack_zlib(data, size, name)
    if kind == _ZSTD:
        return _unpack_zstd(data, size, name)
    if kind == _LZO:
        return _unpack_lzo(data, size, sector, name)
    raise Malformed("{name}: an extent of btrfs is packed in the unknown way {kind}", name=name, kind=kind)


def _unpack_zlib(data: bytes, size: int, name: str) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, size)
    except zlib.error as error:
        raise Malformed("{name}: compressed data are damaged ({error})", name=name, error=error) from error


def _unpack_zstd(data: bytes, size: int, name: str) -> bytes:
    try:
        import zstandard
    except ImportError as error:
        raise Unfit("{name}: compressed with zstd; install rempart[images]", name=name) from error
    try:
        with zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(data) as reader:
            return bytes(reader.read(size))
    except zstandard.ZstdError as error:
        raise Malformed("{name}: compressed data are damaged ({error})", name=name, error=error) from error


def _unpack_lzo(data: bytes, size: int, sector: int, name: str) -> bytes:
    """Return what segments hold: one a sector, their sizes before them, which never lie in two sectors."""
    whole = int.from_bytes(data[:_WORD], "little")
    if not _WORD <= whole <= len(data):
        raise Malformed("{name}: an extent packed with LZO is cut off", name=name)
    parts: list[bytes] = []
    left, at = size, _WORD
    while left > 0 and at < whole:
        if sector - at % sector < _WORD:
            at += sector - at % sector
            continue  # the extent may end with what fills the sector
        length = int.from_bytes(data[at : at + _WORD], "little")
        at += _WORD
        if not length or at + length > whole:
            raise Malformed("{name}: an extent packed with LZO is cut off", name=name)
        parts.append(unpack_lzo(data[at : at + length], sector, name))
        if not parts[-1]:
            raise Malformed("{name}: an extent packed with LZO has a part of no bytes", name=name)
        left -= len(parts[-1])
        at += length
    return b"".join(parts)[:size]

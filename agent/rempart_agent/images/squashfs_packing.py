"""What SquashFS packs blocks with: each is unpacked whole, and never to more than it may hold.

Source: the kernel's fs/squashfs (zlib_wrapper.c, xz_wrapper.c, zstd_wrapper.c) and squashfs_fs.h for the numbers.
"""

import lzma
import zlib
from collections.abc import Callable

from rempart_agent.source.contract import Malformed, Unfit

Unpacker = Callable[[bytes, int, str], bytes]
"""Unpacks data to some bytes at most; the name is for the error."""

_MEMORY = 32 << 20  # for xz, whose dictionary is no larger than a block of 1 MiB
_REFUSED = {2: "lzma", 3: "lzo", 5: "lz4"}


def unpacker(number: int, name: str) -> Unpacker:
    """Return what unpacks the blocks of a file system.

    Args:
        number: Its compressor, as the super block has it.
        name: Of the file system, for the error.

    Raises:
        Unfit: it is packed with what can't be unpacked here.
        Malformed: there is no such compressor.
    """
    if number in _UNPACKERS:
        return _UNPACKERS[number]
    if number in _REFUSED:
        raise Unfit("{name}: squashfs packed with {refused}, which is not read", name=name, refused=_REFUSED[number])
    raise Malformed("{name}: squashfs with the unknown compressor {number}", name=name, number=number)


def unpack_gzip(data: bytes, most: int, name: str) -> bytes:
    """Return what a stream of zlib holds.

    Args:
        data: The stream.
        most: How many bytes it may hold.
        name: Of the file system, for the error.

    Raises:
        Malformed: it is damaged, cut, or holds more.
    """
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(data, most + 1)
    except zlib.error as error:
        raise _damaged(name, error) from error
    return _whole(unpacked, most, stream.eof, name)


def unpack_xz(data: bytes, most: int, name: str) -> bytes:
    """Return what a file of xz holds. See unpack_gzip.

    Args:
        data: The file.
        most: The most bytes that it may hold.
        name: Of the file system, for the error.

    Raises:
        Malformed: It is damaged, cut, or holds more.
    """
    try:
        stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
        unpacked = stream.decompress(data, most + 1)
    except lzma.LZMAError as error:
        raise _damaged(name, error) from error
    return _whole(unpacked, most, stream.eof, name)


def unpack_zstd(data: bytes, most: int, name: str) -> bytes:
    """Return what a frame of zstd holds. See unpack_gzip.

    Args:
        data: The frame.
        most: The most bytes that it may hold.
        name: Of the file system, for the error.

    Raises:
        Malformed: it is damaged, cut, or holds more.
        Unfit: the package zstandard is not installed.
    """
    try:
        import zstandard
    except ImportError as error:
        raise Unfit("{name}: compressed with zstd; install rempart[images]", name=name) from error
    try:
        said = zstandard.get_frame_parameters(data).content_size
        if most < said != zstandard.CONTENTSIZE_UNKNOWN:
            raise Malformed("{name}: a block holds more than it may", name=name)  # before room for all of it is taken
        unpacked = zstandard.ZstdDecompressor().decompress(data, most)
    except zstandard.ZstdError as error:
        raise _damaged(name, error) from error
    return _whole(unpacked, most, True, name)


def _whole(unpacked: bytes, most: int, ended: bool, name: str) -> bytes:
    if len(unpacked) > most:
        raise Malformed("{name}: a block holds more than it may", name=name)
    if not ended:
        raise Malformed("{name}: a block is cut off", name=name)
    return unpacked


def _damaged(name: str, error: Exception) -> Malformed:
    return Malformed("{name}: compressed data are damaged ({error})", name=name, error=error)


_UNPACKERS: dict[int, Unpacker] = {1: unpack_gzip, 4: unpack_xz, 6: unpack_zstd}

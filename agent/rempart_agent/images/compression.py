"""Packed clusters and grains: each is unpacked to a size that is known, and never to more."""

import zlib

from rempart_agent.source.contract import Malformed, Unfit

_WINDOW = 8 << 20  # clusters have 2 MiB at most: no packer needs to look back further


def inflate(data: bytes, size: int, window: int, name: str) -> bytes:
    """Return ``size`` bytes out of a deflate stream; what follows them is not looked at.

    Args:
        data: The stream, and whatever stands behind it.
        size: How many bytes it must yield.
        window: zlib's ``wbits``: negative for a stream without header, 15 for one of zlib.
        name: What is unpacked, for the error.

    Raises:
        Malformed: it is damaged, or yields fewer.
    """
    try:
        unpacked = zlib.decompressobj(window).decompress(data, size)
    except zlib.error as error:
        raise Malformed("{name}: compressed data are damaged ({error})", name=name, error=error) from error
    if len(unpacked) != size:
        raise Malformed(
            "{name}: compressed data end after {count} of {size} bytes", name=name, count=len(unpacked), size=size
        )
    return unpacked


def unpack_zstd(data: bytes, size: int, name: str) -> bytes:
    """Return ``size`` bytes out of one zstd frame; what follows it is not looked at.

    Args:
        data: The frame, and whatever stands behind it.
        size: How many bytes it must yield.
        name: What is unpacked, for the error.

    Raises:
        Malformed: it is damaged, or yields fewer.
        Unfit: the package zstandard is not installed.
    """
    try:
        import zstandard
    except ImportError as error:
        raise Unfit("{name}: compressed with zstd; install rempart[images]", name=name) from error
    try:
        with zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(data, read_size=len(data)) as reader:
            unpacked = reader.read(size)
    except zstandard.ZstdError as error:
        raise Malformed("{name}: compressed data are damaged ({error})", name=name, error=error) from error
    if len(unpacked) != size:
        raise Malformed(
            "{name}: compressed data end after {count} of {size} bytes", name=name, count=len(unpacked), size=size
        )
    return unpacked

"""LZ4 frames by the system's own liblz4, which apt and systemd bring along; ``lz4`` decodes where there is none.

A security list of two megabytes takes 3 ms here and 60 ms there. The library is this machine's, not the target's.
Source: ``lz4frame.h``.
"""

import ctypes
from typing import Iterator, Optional

from rempart_agent.source.contract import Malformed, Unfit

_VERSION = 100  # LZ4F_VERSION: the frame interface's own
_PART = 1 << 20


def load() -> Optional[ctypes.CDLL]:
    """Return the library, or None where this machine has none."""
    try:
        library = ctypes.CDLL("liblz4.so.1")
        for name in ("LZ4F_createDecompressionContext", "LZ4F_freeDecompressionContext", "LZ4F_decompress"):
            getattr(library, name).restype = ctypes.c_size_t
        library.LZ4F_isError.restype = ctypes.c_uint
        library.LZ4F_isError.argtypes = [ctypes.c_size_t]
    except (OSError, AttributeError):
        return None
    return library


def decode(library: ctypes.CDLL, data: bytes, limit: int) -> bytes:
    """Return the content of LZ4 frames; what it takes and raises is that of ``parts``.

    Args:
        library: See ``parts``.
        data: See ``parts``.
        limit: See ``parts``.
    """
    return b"".join(bytes(part) for part in parts(library, data, limit))


def parts(library: ctypes.CDLL, data: bytes, limit: int) -> Iterator[memoryview]:
    """Yield the content of LZ4 frames in parts; each lies in memory that the next one takes.

    Args:
        library: What ``load`` returned.
        data: One frame or several.
        limit: The most bytes of content.

    Raises:
        Malformed: it is no LZ4, or it is cut off.
        Unfit: there is more content than ``limit``.
    """
    context = ctypes.c_void_p()
    if library.LZ4F_isError(library.LZ4F_createDecompressionContext(ctypes.byref(context), _VERSION)):
        raise Unfit("liblz4 gives no context")
    source = ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value or 0
    buffer = bytearray(_PART)
    room, view = (ctypes.c_char * _PART).from_buffer(buffer), memoryview(buffer)
    size = place = 0
    hint = 1
    try:
        while place < len(data):
            taken, made = ctypes.c_size_t(len(data) - place), ctypes.c_size_t(_PART)
            hint = library.LZ4F_decompress(
                context, room, ctypes.byref(made), ctypes.c_void_p(source + place), ctypes.byref(taken), None
            )
            if library.LZ4F_isError(hint):
                raise Malformed("not LZ4, or damaged")
            if not taken.value and not made.value:
                break
            place += taken.value
            size += made.value
            if size > limit:
                raise Unfit("more than {limit} bytes when unpacked", limit=limit)
            yield view[: made.value]
    finally:
        library.LZ4F_freeDecompressionContext(context)
    if hint or place < len(data):
        raise Malformed("LZ4: cut off")

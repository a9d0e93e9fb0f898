"""Unpacks Zstandard: by Python's own module (3.14 and later), else by this machine's libzstd.

Source: RFC 8878, ``zstd.h``. rpm, dpkg and systemd bring libzstd along, so that it is there on nearly every Linux.
"""

from typing import Any, Iterable, Iterator, Optional

from rempart_agent.source.contract import Malformed, Unfit

_PART = 1 << 20
_DICTIONARY_MAGIC = b"\x37\xa4\x30\xec"  # of a dictionary that was trained; others are raw content
_DAMAGED = "not Zstandard, or damaged"


def available() -> bool:
    """Tell whether Zstandard can be unpacked in this process."""
    return _module() is not None or _library() is not None


def decode(parts: Iterable[bytes], dictionary: bytes = b"") -> Iterator[bytes]:
    """Yield the content of Zstandard frames, at most a megabyte at a time.

    Args:
        parts: The frames, cut anywhere.
        dictionary: What they were packed with.

    Raises:
        Malformed: it is no Zstandard, or it is cut off.
        Unfit: nothing here can unpack it.
    """
    module = _module()
    if module is not None:
        return _decode_by_module(module, parts, dictionary)
    library = _library()
    if library is not None:
        return _decode_by_library(library, parts, dictionary)
    raise Unfit("Zstandard, which can't be unpacked here: there is no libzstd")


def _module() -> Optional[Any]:
    import importlib

    try:
        return importlib.import_module("compression.zstd")
    except ImportError:
        return None


def _decode_by_module(module: Any, parts: Iterable[bytes], dictionary: bytes) -> Iterator[bytes]:
    known = None
    if dictionary:
        known = module.ZstdDict(dictionary, is_raw=not dictionary.startswith(_DICTIONARY_MAGIC))
    unpacker, used = module.ZstdDecompressor(known), False
    try:
        for part in parts:
            data = part
            while data or (used and not unpacker.eof and not unpacker.needs_input):
                if unpacker.eof:
                    unpacker, used = module.ZstdDecompressor(known), False
                content = unpacker.decompress(data, _PART)
                used = True
                data = unpacker.unused_data if unpacker.eof else b""
                if content:
                    yield content
    except module.ZstdError as error:
        raise Malformed(_DAMAGED) from error
    if not unpacker.eof:
        raise Malformed("Zstandard: cut off")


def _library() -> Optional[Any]:
    import ctypes

    try:
        library = ctypes.CDLL("libzstd.so.1")
        library.ZSTD_createDStream.restype = ctypes.c_void_p
        for name in ("ZSTD_initDStream", "ZSTD_freeDStream", "ZSTD_DCtx_loadDictionary", "ZSTD_decompressStream"):
            getattr(library, name).restype = ctypes.c_size_t
        library.ZSTD_isError.restype = ctypes.c_uint
        library.ZSTD_isError.argtypes = [ctypes.c_size_t]
    except (OSError, AttributeError):
        return None
    return library


def _decode_by_library(library: Any, parts: Iterable[bytes], dictionary: bytes) -> Iterator[bytes]:
    import ctypes

    class Buffer(ctypes.Structure):
        _fields_ = [("data", ctypes.c_void_p), ("size", ctypes.c_size_t), ("place", ctypes.c_size_t)]

    stream = ctypes.c_void_p(library.ZSTD_createDStream())
    if not stream:
        raise Unfit("libzstd gives no context")
    room = ctypes.create_string_buffer(_PART)
    hint = -1  # 0 once a frame has ended
    try:
        if dictionary and library.ZSTD_isError(
            library.ZSTD_DCtx_loadDictionary(stream, dictionary, ctypes.c_size_t(len(dictionary)))
        ):
            raise Malformed("Zstandard: a damaged dictionary")
        for part in parts:
            source = ctypes.create_string_buffer(part, len(part)) if part else None
            taken = Buffer(ctypes.cast(source, ctypes.c_void_p) if source else None, len(part), 0)
            full = False
            while taken.place < taken.size or full:
                made = Buffer(ctypes.cast(room, ctypes.c_void_p), _PART, 0)
                hint = library.ZSTD_decompressStream(stream, ctypes.byref(made), ctypes.byref(taken))
                if library.ZSTD_isError(hint):
                    raise Malformed(_DAMAGED)
                full = made.place == made.size
                if made.place:
                    yield room.raw[: made.place]
    finally:
        library.ZSTD_freeDStream(stream)
    if hint:
        raise Malformed("Zstandard: cut off")

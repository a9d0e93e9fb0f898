"""Reads files that are kept compressed, by the end of their name."""

from typing import Any, Iterator, Union

from rempart_agent.source.contract import Malformed, Unfit
from rempart_agent.source.target import Target

MAX_PACKED = 96 * 1024 * 1024
MAX_CONTENT = 384 * 1024 * 1024
SUFFIXES = ("", ".lz4", ".gz", ".xz", ".bz2", ".lzma", ".zst")
HELPER = "/usr/lib/apt/apt-helper"


def read(target: Target, path: str, limit: int = MAX_CONTENT) -> bytes:
    """Return the content of a file, unpacked if its name ends in one of ``SUFFIXES``.

    Args:
        target: What is looked at.
        path: Where the file is on it.
        limit: The most bytes of content.

    Raises:
        Malformed: it is not what its name says, or it is cut off.
        Unfit: there is more content than ``limit``; or it is Zstandard, which nothing here can unpack.
    """
    if path.endswith(".zst"):
        return _unpack_zstandard(target, path, limit)
    data = target.read(path, MAX_PACKED)
    if not data and path.endswith(SUFFIXES[1:]):
        raise Malformed("{path}: empty", path=path)
    if path.endswith(".lz4"):
        return _unpack_lz4(data, limit)
    unpacker = _unpacker(path)
    if unpacker is None:
        return data
    try:
        content: bytes = unpacker.decompress(data, limit + 1)
    except (OSError, EOFError, ValueError, _lzma_error(), _zlib_error()) as error:
        raise Malformed("{path}: {error}", path=path, error=error) from error
    if len(content) > limit:
        raise Unfit("{path}: more than {limit} bytes when unpacked", path=path, limit=limit)
    if not unpacker.eof:
        raise Malformed("{path}: cut off", path=path)
    return content


def parts(target: Target, path: str, limit: int = MAX_CONTENT) -> "Iterator[Union[bytes, memoryview]]":
    """Yield what ``read`` returns, and raise what it raises; a part lies in memory that the next one may take.

    Args:
        target: What is looked at.
        path: The file.
        limit: The most bytes that are read out of it.
    """
    if path.endswith(".lz4"):
        from rempart_agent.formats import liblz4

        library = liblz4.load()
        if library is not None:
            data = target.read(path, MAX_PACKED)
            if not data:
                raise Malformed("{path}: empty", path=path)
            yield from liblz4.parts(library, data, limit)
            return
    yield read(target, path, limit)


def _unpack_lz4(data: bytes, limit: int) -> bytes:
    from rempart_agent.formats import liblz4

    library = liblz4.load()
    if library is not None:
        return liblz4.decode(library, data, limit)
    from rempart_agent.formats import lz4

    return lz4.decode(data, limit)


def _unpacker(path: str) -> Any:
    if path.endswith(".gz"):
        import zlib

        return zlib.decompressobj(wbits=31)
    if path.endswith((".xz", ".lzma")):
        import lzma

        return lzma.LZMADecompressor(memlimit=1 << 28)
    if path.endswith(".bz2"):
        import bz2

        return bz2.BZ2Decompressor()
    return None


def _lzma_error() -> Any:
    import lzma

    return lzma.LZMAError


def _zlib_error() -> Any:
    import zlib

    return zlib.error


def _unpack_zstandard(target: Target, path: str, limit: int) -> bytes:
    from rempart_agent.formats import zstandard
    from rempart_agent.readers.files import unpacker

    if zstandard.available():
        return unpacker.whole(target, path, limit)
    if not target.live:
        raise Unfit("{path}: Zstandard, which can't be unpacked here", path=path)
    content = target.run([HELPER, "cat-file", path], timeout=30)
    if len(content) > limit:
        raise Unfit("{path}: more than {limit} bytes when unpacked", path=path, limit=limit)
    return content

"""Unpacks compressed files part by part, by the end of their name, so that large ones never lie in memory whole.

``packed`` reads a file at once, which is faster for one that is searched as a whole.
"""

from typing import Any, Iterable, Iterator, List

from rempart_agent.source.contract import Malformed, Unfit
from rempart_agent.source.target import Target

MAX_PACKED = 256 * 1024 * 1024
MAX_CONTENT = 1024 * 1024 * 1024
MAX_LZ4 = 64 * 1024 * 1024  # which is unpacked at once
_PART = 1 << 20


def parts(target: Target, path: str, limit: int = MAX_CONTENT) -> Iterator[bytes]:
    """Yield the content of a file, unpacked if its name ends in ``.gz``, ``.xz``, ``.bz2``, ``.zst`` or ``.zck``.

    Args:
        target: What is looked at.
        path: Where the file is on it.
        limit: The most bytes of content.

    Raises:
        Malformed: it is not what its name says, or it is cut off.
        Unfit: there is more content than ``limit``; or it is Zstandard, which nothing here can unpack.
    """
    left = limit
    for part in _content(target, path):
        left -= len(part)
        if left < 0:
            raise Unfit("{path}: more than {limit} bytes when unpacked", path=path, limit=limit)
        yield part


def _content(target: Target, path: str) -> Iterator[bytes]:
    try:
        yield from _unpacked(target, path)
    except (Malformed, Unfit) as error:
        raise error if path in str(error) else type(error)("{path}: {error}", path=path, error=error) from error


def _unpacked(target: Target, path: str) -> Iterator[bytes]:
    if path.endswith(".zck"):
        from rempart_agent.formats import zchunk

        return zchunk.decode(target.read(path, MAX_PACKED))
    found = target.chunks(path, MAX_PACKED)
    if path.endswith((".gz", ".xz", ".bz2")):
        return unpack(path.rpartition(".")[2], found)
    if path.endswith(".zst"):
        from rempart_agent.formats import zstandard

        if target.live and not zstandard.available():
            return iter([target.run(["zstd", "-dcq", "--", path], timeout=30)])
        return zstandard.decode(found)
    return found


def unpack(kind: str, found: Iterable[bytes], memory: int = 1 << 28) -> Iterator[bytes]:
    """Yield what is packed in a stream, at most a megabyte at a time.

    Args:
        kind: ``gz``, ``xz``, ``bz2``, ``zst`` or ``lz4``.
        found: The stream, cut anywhere.
        memory: The most bytes that unpacking xz may take.

    Raises:
        Malformed: it is not what ``kind`` says, or it is cut off.
        Unfit: nothing here can unpack it.
    """
    if kind == "gz":
        return _gunzip(found)
    if kind == "zst":
        from rempart_agent.formats import zstandard

        return zstandard.decode(found)
    if kind == "lz4":
        return _unpack_lz4(found)
    return _unpack(kind, found, memory)


def _unpack_lz4(found: Iterable[bytes]) -> Iterator[bytes]:
    from rempart_agent.formats import liblz4, lz4

    held: List[bytes] = []
    size = 0
    for part in found:
        held.append(part)
        size += len(part)
        if size > MAX_LZ4:
            raise Unfit("LZ4 of more than {max_lz4} bytes", max_lz4=MAX_LZ4)
    library = liblz4.load()
    data = b"".join(held)
    yield lz4.decode(data, MAX_LZ4) if library is None else liblz4.decode(library, data, MAX_LZ4)


def _gunzip(found: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the content of gzip members (RFC 1952)."""
    import zlib

    unpacker = zlib.decompressobj(wbits=31)
    begun = False
    for part in found:
        data = part
        while data:
            if unpacker.eof:
                data = data.lstrip(b"\0")  # padding behind the last member
                if not data:
                    break
                unpacker = zlib.decompressobj(wbits=31)
            try:
                content = unpacker.decompress(data, _PART)
            except zlib.error as error:
                raise Malformed(str(error)) from error
            begun = True
            data = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            if content:
                yield content
    if not begun or not unpacker.eof:
        raise Malformed("cut off")


def _unpack(kind: str, found: Iterable[bytes], memory: int) -> Iterator[bytes]:
    """Yield the content of xz or bzip2 streams."""
    import bz2
    import lzma

    def begin() -> Any:
        return lzma.LZMADecompressor(memlimit=memory) if kind == "xz" else bz2.BZ2Decompressor()

    unpacker = begin()
    begun = False
    for part in found:
        data = part
        while data or (begun and not unpacker.eof and not unpacker.needs_input):
            if unpacker.eof:
                data = data.lstrip(b"\0")  # padding of xz
                if not data:
                    break
                unpacker, begun = begin(), False
            try:
                content = unpacker.decompress(data, _PART)
            except (lzma.LZMAError, OSError, EOFError, ValueError) as error:
                raise Malformed(str(error)) from error
            begun = True
            data = unpacker.unused_data if unpacker.eof else b""
            if content:
                yield content
    if not begun or not unpacker.eof:
        raise Malformed("cut off")


def whole(target: Target, path: str, limit: int) -> bytes:
    """Return the content of a file at once, as ``parts`` yields it.

    Args:
        target: What is looked at.
        path: The file.
        limit: The most bytes that are read out of it.
    """
    found: List[bytes] = list(parts(target, path, limit))
    return b"".join(found)

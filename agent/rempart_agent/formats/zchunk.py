"""Unpacks zchunk files: chunks of Zstandard behind an index, as Fedora keeps the metadata of its repositories.

Source: "zchunk file format" (``zchunk_format.txt`` of zchunk). A number is written seven bits a byte, the lowest
first, the last byte with its highest bit set. The file is the lead (magic, kind of checksum, size of the header, its
checksum), the preface (checksum of the data, flags, compression), the index (kind of checksum, count, and for each
chunk its checksum and both sizes), signatures, and the chunks; the first is the dictionary of the others.
"""

import hashlib
from typing import Iterator, List, Tuple

from rempart_agent.formats import zstandard
from rempart_agent.source.contract import Malformed

MAGIC = b"\0ZCK1"
_STREAMS, _OPTIONAL, _BOTH_SUMS = 1, 2, 4  # flags
_NONE, _ZSTANDARD = 0, 2
_SUMS = {0: ("sha1", 20), 1: ("sha256", 32), 2: ("sha512", 64), 3: ("sha512", 16)}  # 3 is cut to 128 bits

Chunk = Tuple[bytes, int, int]
"""Checksum, size as it lies there, size of its content."""


class _Cursor:
    """A place in the header, and what is read there."""

    def __init__(self, data: bytes, place: int = 0) -> None:
        self.data = data
        self.place = place

    def take(self, size: int) -> bytes:
        found = self.data[self.place : self.place + size]
        if len(found) != size:
            raise Malformed("zchunk: a header that is cut off")
        self.place += size
        return found

    def number(self) -> int:
        value = 0
        for shift in range(0, 63, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte & 0x80:
                return value
        raise Malformed("zchunk: a number that does not end")


def decode(data: bytes) -> Iterator[bytes]:
    """Yield the content of a zchunk file part by part.

    Args:
        data: The file.

    Raises:
        Malformed: it is no zchunk, it is damaged or cut off.
        Unfit: nothing here can unpack Zstandard.
    """
    kind, size, compression, chunks = _header(data)
    place = size
    dictionary = b""
    for number, (checksum, packed_size, content_size) in enumerate(chunks):
        packed = data[place : place + packed_size]
        place += packed_size
        if len(packed) != packed_size or (packed and not _sum(kind, packed).startswith(checksum)):
            raise Malformed("zchunk: a chunk that is damaged or cut off")
        if number == 0:
            dictionary = b"".join(_unpacked(packed, content_size, compression, b""))
        else:
            yield from _unpacked(packed, content_size, compression, dictionary)


def _header(data: bytes) -> Tuple[int, int, int, List[Chunk]]:
    """Return the kind of the chunks' checksums, the size of all that stands before them, the compression, the index."""
    cursor = _Cursor(data)
    if cursor.take(len(MAGIC)) != MAGIC:
        raise Malformed("no zchunk file")
    kind, size = cursor.number(), cursor.number()
    lead = cursor.place
    checksum = cursor.take(_width(kind))
    body = data[cursor.place : cursor.place + size]
    if len(body) != size or _sum(kind, data[:lead] + body)[: len(checksum)] != checksum:
        raise Malformed("zchunk: a header that is damaged or cut off")
    start = cursor.place + size
    cursor = _Cursor(body)
    cursor.take(_width(kind))  # of all the data: each chunk has its own
    flags, compression = cursor.number(), cursor.number()
    if flags & ~(_OPTIONAL | _BOTH_SUMS) or compression not in (_NONE, _ZSTANDARD):
        raise Malformed("zchunk: a form that is not known")
    if flags & _OPTIONAL:
        for _ in range(cursor.number()):
            cursor.number()
            cursor.take(cursor.number())
    end = cursor.number()
    end += cursor.place
    kind, count = cursor.number(), cursor.number()
    width = _width(kind)
    chunks: List[Chunk] = []
    for _ in range(count):  # the dictionary counts as one
        checksum = cursor.take(width)
        if flags & _BOTH_SUMS:
            cursor.take(width)
        chunks.append((checksum, cursor.number(), cursor.number()))
    if cursor.place > end:
        raise Malformed("zchunk: an index larger than it says")
    return kind, start, compression, chunks


def _width(kind: int) -> int:
    if kind not in _SUMS:
        raise Malformed("zchunk: a checksum of an unknown kind")
    return _SUMS[kind][1]


def _sum(kind: int, data: bytes) -> bytes:
    return hashlib.new(_SUMS[kind][0], data).digest()


def _unpacked(packed: bytes, size: int, compression: int, dictionary: bytes) -> Iterator[bytes]:
    """Yield the content of a chunk, which has to be of ``size`` bytes."""
    if packed:
        for part in [packed] if compression == _NONE else zstandard.decode([packed], dictionary):
            size -= len(part)
            if size < 0:
                break
            yield part
    if size:
        raise Malformed("zchunk: a chunk of another size than it says")

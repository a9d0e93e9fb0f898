"""Reads a hash database of Berkeley DB: the values in rpm's ``Packages``, as systems up to RHEL 8 have it.

Source: ``dbinc/db_page.h`` of Berkeley DB 5.3. Numbers are in the byte order of the machine that wrote the file. Page
0 describes it; on a hash page the items lie from its end backwards, keys and values by turns; a value that is too large
for a page lies on a chain of overflow pages. The key 0 of rpm holds the next free number and no package.
"""

import struct
from typing import Iterator, List, NamedTuple

from rempart_agent.source.contract import Malformed

_MAGIC = 0x061561
_HASH_META, _HASH_UNSORTED, _HASH, _OVERFLOW = 8, 2, 13, 7
_IN_PLACE, _ELSEWHERE = 1, 3  # kinds of items
_HEADER = 26  # of a page: LSN, number, previous, next, entries, free area, level, type


class _File(NamedTuple):
    data: bytes
    order: str
    size: int  # of a page

    def numbers(self, layout: str, at: int) -> "tuple[int, ...]":
        try:
            return struct.unpack_from(self.order + layout, self.data, at)
        except struct.error as error:
            raise Malformed("a Berkeley database that is cut off") from error


def read(data: bytes) -> Iterator[bytes]:
    """Return the value of each key but 0.

    Args:
        data: The file.

    Raises:
        Malformed: it is no hash database, or it is damaged.
    """
    file = _open(data)
    room = len(data)  # values that share their pages could be more than the file
    for start in range(file.size, len(data) - file.size + 1, file.size):
        entries, _, _, kind = file.numbers("2H2B", start + 20)
        if kind not in (_HASH, _HASH_UNSORTED):
            continue
        places = file.numbers("{}H".format(entries), start + _HEADER)
        for number in range(1, entries, 2):
            if places[number - 1] >= file.size or places[number] >= places[number - 1]:
                raise Malformed("a Berkeley database with an item outside of its page")
            key = _item(file, start, places, number - 1)
            if key.strip(b"\0"):
                value = _item(file, start, places, number)
                room -= len(value)
                if room < 0:
                    raise Malformed("a Berkeley database with more values than bytes")
                yield value


def _open(data: bytes) -> _File:
    for order in ("<", ">"):
        if data[12:16] == struct.pack(order + "I", _MAGIC) and len(data) >= 512:
            size = struct.unpack_from(order + "I", data, 20)[0]
            if data[25] != _HASH_META or data[24] or not 512 <= size <= 65_536 or size & (size - 1):
                raise Malformed("a Berkeley database of a form that rpm does not make")
            last = struct.unpack_from(order + "I", data, 32)[0]
            if (last + 1) * size > len(data):
                raise Malformed("a Berkeley database that is cut off")
            return _File(data[: (last + 1) * size], order, size)
    raise Malformed("no hash database of Berkeley DB")


def _item(file: _File, start: int, places: "tuple[int, ...]", number: int) -> bytes:
    """Return an item of a page; the one before it, or the page's end, is where it ends."""
    end = places[number - 1] if number else file.size
    place = places[number]
    if not _HEADER <= place < end <= file.size:
        raise Malformed("a Berkeley database with an item outside of its page")
    kind = file.data[start + place]
    if kind == _IN_PLACE:
        return file.data[start + place + 1 : start + end]
    if kind != _ELSEWHERE:
        raise Malformed("a Berkeley database with an item of an unexpected kind")
    page, length = file.numbers("2I", start + place + 4)
    return _chain(file, page, length)


def _chain(file: _File, page: int, length: int) -> bytes:
    """Put together the ``length`` bytes of a value that begins on an overflow page."""
    if length > len(file.data):
        raise Malformed("a Berkeley database with a value beyond all measure")
    parts: List[bytes] = []
    left = length
    while left > 0:
        start = page * file.size
        following, _, used, _, kind = file.numbers("I2H2B", start + 16)
        if not page or kind != _OVERFLOW or not 0 < used <= min(left, file.size - _HEADER):
            raise Malformed("a Berkeley database with a value that breaks off")
        parts.append(file.data[start + _HEADER : start + _HEADER + used])
        left -= used
        page = following
    return b"".join(parts)

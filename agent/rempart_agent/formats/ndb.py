"""Reads rpm's own database format, ndb: the headers in ``Packages.db``, as SUSE has it.

Source: ``lib/backend/ndb/rpmpkg.c`` of rpm. All numbers are little-endian. The file begins with a header of 32 bytes
(``RpmP``, version, generation, pages of slots), then one slot of 16 bytes for each package (``Slot``, number, first
block, blocks; number 0 is a free one), then the blobs in blocks of 16 bytes: a head (``BlbS``, number, generation,
length), the data, padding, and a tail (Adler-32 of all before it, length, ``BlbE``).
"""

import struct
from typing import Dict, Iterator

from rempart_agent.source.contract import Malformed

_PAGE = 4096
_BLOCK = 16
_HEAD = struct.Struct("<4s3I")
_TAIL = struct.Struct("<2I4s")
_FIRST_SLOT = 2  # the file's header takes the place of two


def read(data: bytes) -> Iterator[bytes]:
    """Return the header of each package, in the order of their numbers.

    Args:
        data: The file.

    Raises:
        Malformed: it is no such file, or a blob in it is damaged.
    """
    if len(data) < _PAGE:
        raise Malformed("no ndb database, or cut off")
    magic, version, _, pages = _HEAD.unpack_from(data)
    if magic != b"RpmP" or version != 0:
        raise Malformed("no ndb database of a version that is known")
    slots = pages * _PAGE // _BLOCK
    if not pages or pages * _PAGE > len(data):
        raise Malformed("an ndb database that is cut off")
    found: Dict[int, bytes] = {}
    room = len(data) // _BLOCK  # blobs that overlap could be more than the file
    for place in range(_FIRST_SLOT, slots):
        magic, number, first, blocks = _HEAD.unpack_from(data, place * _BLOCK)
        if magic != b"Slot":
            raise Malformed("an ndb database with a damaged list of packages")
        if not number:
            continue
        room -= blocks
        if number in found or room < 0 or first < slots or (first + blocks) * _BLOCK > len(data):
            raise Malformed("an ndb database whose package {number} lies nowhere", number=number)
        found[number] = _blob(data[first * _BLOCK : (first + blocks) * _BLOCK], number)
    for number in sorted(found):
        yield found[number]


def _blob(blob: bytes, number: int) -> bytes:
    """Return the data of a blob, once its head, tail and sum have been looked at."""
    import zlib

    if len(blob) >= _HEAD.size + _TAIL.size:
        magic, own, _, size = _HEAD.unpack_from(blob)
        total, again, end = _TAIL.unpack_from(blob, len(blob) - _TAIL.size)
        fits = size == again and _HEAD.size + size + _TAIL.size <= len(blob)
        if (magic, own, end) == (b"BlbS", number, b"BlbE") and fits and zlib.adler32(blob[: -_TAIL.size]) == total:
            return blob[_HEAD.size : _HEAD.size + size]
    raise Malformed("an ndb database whose package {number} is damaged", number=number)

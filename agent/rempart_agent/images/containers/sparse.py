"""Sparse files in tar: GNU's old header, and its three forms in extended headers (0.0, 0.1, 1.0).

The forms are those of GNU tar's manual ("Storing Sparse Files"), which Go's archive/tar reads too.
"""

from typing import NamedTuple

from rempart_agent.images.containers.number import BLOCK, LARGEST, decimal, number, padded
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Limit, Malformed

_MOST = 100_000
"""Pieces of one file; more are no file that anybody made on purpose."""


class Sparse(NamedTuple):
    """A file with holes.

    Attributes:
        size: How many bytes it has, its holes among them.
        pieces: What is stored: where in the file, how many bytes, in order; what lies between is zeros.
        data: Where in the layer the stored bytes begin.
    """

    size: int
    pieces: tuple[tuple[int, int], ...]
    data: int


def _check(pieces: list[tuple[int, int]], size: int, stored: int) -> tuple[tuple[int, int], ...]:
    last = total = 0
    for offset, length in pieces:
        if offset < last or length < 0 or offset + length > size:
            raise Malformed("a sparse file in its tar has a map that contradicts itself")
        last = offset + length
        total += length
    if not 0 <= size <= LARGEST or total != stored:
        raise Malformed("a sparse file in its tar has a map that contradicts its size")
    return tuple((offset, length) for offset, length in pieces if length)


def _pairs(numbers: list[int]) -> list[tuple[int, int]]:
    if len(numbers) % 2:
        raise Malformed("a sparse file in its tar has half a map")
    if len(numbers) > 2 * _MOST:
        raise Limit("a sparse file in its tar has more than {most} pieces", most=_MOST)
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def read_old(layer: Layer, header: bytes, position: int, stored: int) -> Sparse:
    """Read the map of GNU's old form, which stands in the header and in blocks right after it.

    Args:
        layer: The layer.
        header: The header's block.
        position: Where the block after it lies.
        stored: How many bytes of data the header names.

    Raises:
        SourceError: The map can't be read or contradicts itself.
    """
    numbers: list[int] = []

    def take(fields: bytes) -> None:
        for start in range(0, len(fields), 24):
            one = fields[start : start + 24]
            if not one[12]:  # the first entry without a length ends the list
                return
            numbers.extend((number(one[:12], "sparse offset"), number(one[12:], "sparse length")))

    take(header[386:482])
    more = header[482]
    while more:
        block = layer.read_at(position, BLOCK)
        take(block[:504])
        more = block[504]
        position += BLOCK
        if len(numbers) > 2 * _MOST:
            raise Limit("a sparse file in its tar has more than {most} pieces", most=_MOST)
    size = number(header[483:495], "size")
    return Sparse(size, _check(_pairs(numbers), size, stored), position)


def read_extended_map(layer: Layer, fields: dict[str, bytes], position: int, stored: int) -> Sparse:
    """Read the map of one of the forms in extended headers.

    Args:
        layer: The layer.
        fields: The fields ``GNU.sparse.*``.
        position: Where the member's data begins, which the newest form begins with its map.
        stored: How many bytes of data the header names.

    Raises:
        SourceError: The map can't be read or contradicts itself.
    """
    major, minor = fields.get("major", b"0"), fields.get("minor", b"0")
    size = decimal(fields.get("realsize") or fields.get("size") or b"", "size of a sparse file")
    if (major, minor) == (b"1", b"0"):
        numbers, used = _read_lines(layer, position, stored)
        return Sparse(size, _check(_pairs(numbers), size, stored - used), position + used)
    if major != b"0":
        raise Malformed("a sparse file in its tar has an unknown form")
    listed = fields.get("map", b"")
    numbers = [decimal(one, "sparse map") for one in listed.split(b",")] if listed else []
    return Sparse(size, _check(_pairs(numbers), size, stored), position)


def _read_lines(layer: Layer, position: int, stored: int) -> tuple[list[int], int]:
    """Return the numbers of a map that stands before the data, and how many bytes the map takes."""
    data = b""
    lines: list[bytes] = []
    wanted = 1
    used = 0
    while len(lines) < wanted:
        if used + BLOCK > padded(stored) or len(data) > BLOCK:
            raise Malformed("a sparse file in its tar has a map without an end")
        data += layer.read_at(position + used, BLOCK)
        used += BLOCK
        *more, data = data.split(b"\n")
        lines += more
        if wanted == 1 and lines:
            count = decimal(lines[0], "sparse map")
            if count > _MOST:
                raise Limit("a sparse file in its tar has more than {most} pieces", most=_MOST)
            wanted = 1 + 2 * count
    return [decimal(one, "sparse map") for one in lines[1:wanted]], used

"""Unpacks LZ4 frames, in which apt keeps its lists.

Source: the LZ4 Frame Format and LZ4 Block Format descriptions. Checksums are skipped over, not checked: apt has
verified what it downloaded.
"""

from rempart_agent.source.contract import Malformed, Unfit

MAGIC = b"\x04\x22\x4d\x18"


def decode(data: bytes, limit: int) -> bytes:
    """Return the content of LZ4 frames.

    Args:
        data: One frame or several after one another, skippable ones included.
        limit: The most bytes of content.

    Raises:
        Malformed: this is no LZ4, or it is cut off.
        Unfit: there are more bytes of content than ``limit``.
    """
    out = bytearray()
    at = 0
    try:
        while at < len(data):
            if data[at + 1 : at + 4] == b"\x2a\x4d\x18" and data[at] >> 4 == 5:
                at += 8 + _number(data, at + 4)
            else:
                at = _frame(data, at, out, limit)
    except IndexError:
        raise Malformed("LZ4 data that is cut off") from None
    return bytes(out)


def _number(data: bytes, at: int) -> int:
    if at + 4 > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + 4], "little")


def _frame(data: bytes, at: int, out: bytearray, limit: int) -> int:
    if data[at : at + 4] != MAGIC:
        raise Malformed("no LZ4 frame")
    flags = data[at + 4]
    if flags >> 6 != 1 or flags & 1:
        raise Malformed("an LZ4 frame of an unknown version or with a dictionary")
    at += 7 + (8 if flags & 8 else 0)
    start = len(out)
    while True:
        size = _number(data, at)
        at += 4
        if not size:
            break
        plain, size = size >> 31, size & 0x7FFFFFFF
        block = data[at : at + size]
        if len(block) < size:
            raise IndexError
        if plain:
            out += block
        else:
            _block(block, out, len(out) if flags & 32 else start, limit)
        if len(out) > limit:
            raise Unfit("more than {limit} bytes when unpacked", limit=limit)
        at += size + (4 if flags & 16 else 0)
    return at + (4 if flags & 4 else 0)


def _block(block: bytes, out: bytearray, floor: int, limit: int) -> None:
    """Unpack one block onto ``out``; a match may reach back as far as ``floor``."""
    at, end = 0, len(block)
    while True:
        token = block[at]
        at += 1
        length = token >> 4
        if length == 15:
            more = 255
            while more == 255:
                more = block[at]
                at += 1
                length += more
        if length:
            if at + length > end:
                raise IndexError
            out += block[at : at + length]
            at += length
        if at == end:
            return
        distance = block[at] | block[at + 1] << 8
        at += 2
        length = token & 15
        if length == 15:
            more = 255
            while more == 255:
                more = block[at]
                at += 1
                length += more
        length += 4
        start = len(out) - distance
        if not distance or start < floor or start + length > limit + (1 << 22):
            raise Malformed("an LZ4 match outside of what was unpacked")
        if distance >= length:
            out += out[start : start + length]
        else:  # the match runs into what it makes
            out += (out[start:] * (length // distance + 1))[:length]

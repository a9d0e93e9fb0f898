"""LZO1X, as btrfs packs sectors with it: one short block each, unpacked to a bound that is known.

Source: the kernel's Documentation/staging/lzo.rst, which describes the stream byte by byte.
"""

from rempart_agent.source.contract import Malformed


def unpack_lzo(data: bytes, most: int, name: str) -> bytes:
    """Return what a stream of LZO1X holds.

    Args:
        data: The stream.
        most: How many bytes it may hold.
        name: Of the file system, for the error.

    Raises:
        Malformed: it is damaged, cut, or holds more.
    """
    try:
        unpacked, end = _unpack(data, most)
    except IndexError as error:
        raise Malformed("{name}: data packed with LZO are damaged: they end too early", name=name) from error
    except ValueError as error:
        raise Malformed("{name}: data packed with LZO are damaged: {error}", name=name, error=error) from error
    if end != len(data):
        raise Malformed(
            "{name}: data packed with LZO are damaged: {count} bytes follow their end", name=name, count=len(data) - end
        )
    return unpacked


def _unpack(data: bytes, most: int) -> tuple[bytes, int]:
    """Return what a stream holds and where it ends; IndexError or ValueError where it is damaged."""
    out = bytearray()
    at, literals = 0, 0  # how many literals came last: 0 to 3 with a match, 4 for a run of their own
    if data[0] > 17:
        count = data[0] - 17
        at = _copy(data, 1, count, out)
        literals = min(count, 4)
    while True:
        code = data[at]
        at += 1
        if code < 16 and literals == 0:
            count, at = _length(data, at, code, 15)
            at = _copy(data, at, count + 3, out)
            literals = 4
            _check(out, most)
            continue
        if code < 16:
            distance = (code >> 2) + (data[at] << 2) + (2049 if literals == 4 else 1)
            length = 3 if literals == 4 else 2
            at += 1
            state = code & 3
        elif code < 32:
            length, at = _length(data, at, code & 7, 7)
            length += 2
            low = data[at] | data[at + 1] << 8
            at += 2
            distance = 16384 + ((code & 8) << 11) + (low >> 2)
            state = low & 3
            if distance == 16384:
                return bytes(out), at
        elif code < 64:
            length, at = _length(data, at, code & 31, 31)
            length += 2
            low = data[at] | data[at + 1] << 8
            at += 2
            distance = (low >> 2) + 1
            state = low & 3
        else:
            length = (code >> 5) + 1 if code >= 128 else 3 + (code >> 5 & 1)
            distance = (data[at] << 3) + (code >> 2 & 7) + 1
            at += 1
            state = code & 3
        _repeat(out, distance, length, most)
        at = _copy(data, at, state, out)
        literals = state
        _check(out, most)


def _length(data: bytes, at: int, short: int, whole: int) -> tuple[int, int]:
    """Return a length and where it ends: where the bits in the code are 0, bytes follow, zeros being 255 each."""
    if short:
        return short, at
    begin = at
    while not data[at]:
        at += 1
    return whole + 255 * (at - begin) + data[at], at + 1


def _copy(data: bytes, at: int, count: int, out: bytearray) -> int:
    part = data[at : at + count]
    if len(part) < count:
        raise IndexError
    out += part
    return at + count


def _check(out: bytearray, most: int) -> None:
    if len(out) > most:
        raise ValueError(f"they hold more than {most} bytes")


def _repeat(out: bytearray, distance: int, length: int, most: int) -> None:
    start = len(out) - distance
    if start < 0:
        raise ValueError("they repeat what lies before their beginning")
    if len(out) + length > most:
        raise ValueError(f"they hold more than {most} bytes")
    if distance >= length:
        out += out[start : start + length]
    else:
        part = bytes(out[start:])
        out += (part * (length // distance + 1))[:length]

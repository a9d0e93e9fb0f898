"""Hives that were not written out: what their transaction logs hold is put into them, in memory, as Windows does it.

Source: the public specification of the registry's files (regf), "Format of transaction log files" and "Multiple
transaction log files". A log of the old format (Windows before 8.1) holds sectors, one of the new format entries,
each with its number and two hashes. What the specification leaves open, and what Windows would repair, is refused.
"""

import struct
from collections.abc import Sequence
from typing import NamedTuple

from rempart_agent.images.windows.marvin import marvin32
from rempart_agent.source.contract import Malformed, Unfit

BASE = 4096
"""Bytes before the bins of a hive."""
SECTOR = 512
_PAGE = 4096
_MAX_BINS = 1 << 30
_OLD, _NEW = (1, 2), 6


class Header(NamedTuple):
    """What a hive or a log begins with.

    Attributes:
        primary: Is counted up when a write begins.
        secondary: Is counted up when it has ended.
        written: When that was, as a FILETIME.
        minor: The minor version of the format.
        kind: 0 for a hive, 1, 2 or 6 for a log.
        root: Where the root key's cell is, within the bins.
        size: How many bytes the bins have.
        sound: Whether the checksum is right.
    """

    primary: int
    secondary: int
    written: int
    minor: int
    kind: int
    root: int
    size: int
    sound: bool


def read_header(data: bytes | bytearray) -> Header | None:
    """Return the header of a hive or a log; None where there is none."""
    if len(data) < SECTOR or data[:4] != b"regf":
        return None
    primary, secondary, written, major, minor, kind, form, root, size = struct.unpack_from("<2IQ6I", data, 4)
    (said,) = struct.unpack_from("<I", data, 508)
    sum_ = 0
    for word in struct.unpack_from("<127I", data):
        sum_ ^= word
    sum_ = {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(sum_, sum_)
    sound = said == sum_ and major == 1 and 3 <= minor <= 6 and form == 1
    return Header(primary, secondary, written, minor, kind, root, size, sound)


def recover(data: bytes, logs: Sequence[bytes], name: str) -> bytes:
    """Return a hive as it is once its logs are applied.

    Args:
        data: The hive, whose numbers say that a write had begun and not ended.
        logs: ``LOG1`` and ``LOG2``, those that exist.
        name: How errors call the hive.

    Raises:
        Unfit: no log can be applied, or it is not clear which.
        Malformed: a log that counts says what can't be.
    """
    header = read_header(data)
    if header is None or not header.sound:
        raise Malformed("{name}: not a hive of the registry, or its header is damaged", name=name)
    found = [(one, log) for log in logs if (one := read_header(log)) is not None and one.sound]
    entries = [_entries(one, log) for one, log in found if one.kind == _NEW]
    usable = sorted(
        (one for one in entries if one and one[0].number >= header.secondary), key=lambda one: one[0].number
    )
    if usable:
        return _apply_entries(data, usable, name)
    old = [(one, log) for one, log in found if one.kind in _OLD and one.primary == one.secondary]
    fitting = [(one, log) for one, log in old if one.written == header.written]
    if fitting and all(one.written <= header.written for one, _ in old):
        return _apply_sectors(data, *fitting[0], name)
    raise Unfit("{name}: it was not written out whole, and no log of its changes can be applied", name=name)


class _Entry(NamedTuple):
    number: int
    size: int
    pages: tuple[tuple[int, bytes], ...]


def _entries(header: Header, log: bytes) -> list[_Entry]:
    """Return the entries of a log of the new format up to the first that is old, torn or damaged."""
    found: list[_Entry] = []
    at, expected = SECTOR, header.primary
    while log[at : at + 4] == b"HvLE" and at + 40 <= len(log):
        size, _, number, bins, count, first, second = struct.unpack_from("<5I2Q", log, at + 4)
        end = at + size
        if size < 40 + 8 * count or size % SECTOR or end > len(log) or bins % _PAGE or bins > _MAX_BINS:
            break
        if number != expected or marvin32(log[at : at + 32]) != second or marvin32(log[at + 40 : end]) != first:
            break
        here = at + 40 + 8 * count
        pages: list[tuple[int, bytes]] = []
        for place in range(count):
            offset, length = struct.unpack_from("<2I", log, at + 40 + 8 * place)
            if offset + length > bins or here + length > end:
                return found
            pages.append((offset, log[here : here + length]))
            here += length
        found.append(_Entry(number, bins, tuple(pages)))
        at, expected = end, (number + 1) & 0xFFFFFFFF
    return found


def _apply_entries(data: bytes, logs: Sequence[Sequence[_Entry]], name: str) -> bytes:
    hive = bytearray(data)
    number: int | None = None
    for log in logs:
        if number is not None and log[0].number != (number + 1) & 0xFFFFFFFF:
            raise Unfit("{name}: the logs of its changes do not follow one another", name=name)
        for entry in log:
            end = BASE + entry.size
            hive.extend(bytes(max(0, end - len(hive))))
            for offset, page in entry.pages:
                hive[BASE + offset : BASE + offset + len(page)] = page
            number = entry.number
            struct.pack_into("<I", hive, 40, entry.size)
    return _settled(hive)


def _apply_sectors(data: bytes, header: Header, log: bytes, name: str) -> bytes:
    if log[SECTOR : SECTOR + 4] != b"DIRT" or header.size % _PAGE or not 0 < header.size <= _MAX_BINS:
        raise Malformed("{name}: the log of its changes can't be understood", name=name)
    length = header.size // SECTOR // 8
    bits = log[SECTOR + 4 : SECTOR + 4 + length]
    at = -(-(SECTOR + 4 + length) // SECTOR) * SECTOR
    hive = bytearray(data)
    hive.extend(bytes(max(0, BASE + header.size - len(hive))))
    for place in range(len(bits) * 8):
        if bits[place // 8] >> place % 8 & 1:
            if at + SECTOR > len(log):
                raise Unfit("{name}: the log of its changes is cut off", name=name)
            hive[BASE + place * SECTOR : BASE + (place + 1) * SECTOR] = log[at : at + SECTOR]
            at += SECTOR
    if len(bits) < length:
        raise Unfit("{name}: the log of its changes is cut off", name=name)
    struct.pack_into("<2I", hive, 36, header.root, header.size)
    return _settled(hive)


def _settled(hive: bytearray) -> bytes:
    """Return a hive whose header says that nothing is open, with its checksum."""
    hive[8:12] = hive[4:8]
    sum_ = 0
    for word in struct.unpack_from("<127I", hive):
        sum_ ^= word
    struct.pack_into("<I", hive, 508, {0: 1, 0xFFFFFFFF: 0xFFFFFFFE}.get(sum_, sum_))
    return bytes(hive)

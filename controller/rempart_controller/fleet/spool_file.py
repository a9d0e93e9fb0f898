"""Bytes at a place of an open file that many may read and write at once: none of them moves another's place."""

import os
import sys

if sys.platform == "win32":  # from where no fleet is audited

    def _pread(file: int, size: int, place: int) -> bytes:
        raise NotImplementedError

    def _pwrite(file: int, data: memoryview, place: int) -> int:
        raise NotImplementedError
else:
    _pread, _pwrite = os.pread, os.pwrite


def read_at(file: int, place: int, size: int) -> bytes:
    """Return bytes of a file; fewer where it ends.

    Args:
        file: Its descriptor.
        place: Where they begin.
        size: How many there are.

    Raises:
        OSError: It can’t be read.
    """
    parts = []
    while size and (part := _pread(file, size, place)):
        parts.append(part)
        place, size = place + len(part), size - len(part)
    return b"".join(parts)


def write_at(file: int, place: int, data: bytes) -> None:
    """Write all of some bytes into a file.

    Args:
        file: Its descriptor.
        place: Where they begin.
        data: The bytes.

    Raises:
        OSError: They can’t be written.
    """
    rest = memoryview(data)
    while rest:
        written = _pwrite(file, rest, place)
        place, rest = place + written, rest[written:]

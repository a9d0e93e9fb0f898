"""Bytes at a place of an open file that many may read and write at once: none of them moves another's place."""

import os
import sys


def read_at(file: int, place: int, size: int) -> bytes:
    """Return bytes of a file; fewer where it ends.

    Args:
        file: Its descriptor.
        place: Where they begin.
        size: How many there are.

    Raises:
        OSError: It can’t be read.
    """
    assert sys.platform != "win32"  # noqa: S101 - no fleet is audited from there; this is how a type checker is told
    parts = []
    while size and (part := os.pread(file, size, place)):
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
    assert sys.platform != "win32"  # noqa: S101 - no fleet is audited from there; this is how a type checker is told
    rest = memoryview(data)
    while rest:
        written = os.pwrite(file, rest, place)
        place, rest = place + written, rest[written:]

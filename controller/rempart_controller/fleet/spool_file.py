"""Bytes at a place of an open file that many may read and write at once: none of them moves another's place."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

if sys.platform == "win32":  # from where no fleet is audited

    def _pread(file: int, size: int, place: int) -> bytes:
        raise NotImplementedError

    def _pwrite(file: int, data: memoryview, place: int) -> int:
        raise NotImplementedError

    @contextmanager
    def _alone(file: int) -> Iterator[None]:
        raise NotImplementedError
        yield
else:
    import fcntl

    _pread, _pwrite = os.pread, os.pwrite

    @contextmanager
    def _alone(file: int) -> Iterator[None]:
        """Keep other processes from adding to a file; the lock of one that dies goes with it."""
        fcntl.lockf(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(file, fcntl.LOCK_UN)


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


def copy_at(file: int, place: int, size: int, out: BinaryIO) -> None:
    """Write bytes of a file into another one; where both are files of Linux, this process does not see them.

    Args:
        file: The descriptor of the one.
        place: Where they begin.
        size: How many there are.
        out: The other one; nothing waits in it.

    Raises:
        OSError: They can’t be read or written.
    """
    if sys.platform == "linux":
        try:
            while size and (sent := os.sendfile(out.fileno(), file, place, size)):
                place, size = place + sent, size - sent
        except OSError as error:
            if error.errno not in {
                errno.EINVAL,
                errno.ENOSYS,
                None,
            }:  # a file that is only added to, or none of the system
                raise
    out.write(read_at(file, place, size))


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


def add_to(file: int, data: bytes) -> int:
    """Write bytes behind all that a file holds, whichever processes do so at the same time; return where they begin.

    Args:
        file: Its descriptor.
        data: The bytes.

    Raises:
        OSError: They can’t be written.
    """
    with _alone(file):
        place = os.fstat(file).st_size
        write_at(file, place, data)
    return place

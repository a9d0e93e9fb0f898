"""Files inside a folder of registers: links are resolved, and nothing outside is opened, nor what is no plain file."""

import os
import stat
from collections.abc import Callable
from typing import Protocol

from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

REGISTER_LIMIT = 32 * 1024 * 1024
EVIDENCE_LIMIT = 256 * 1024 * 1024
_PIECE = 1024 * 1024
_ALONE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class Hash(Protocol):
    """What bytes are given to, as hashlib's."""

    def update(self, data: bytes, /) -> object:
        """Take some bytes."""


class RefusedError(Exception):
    """A file that is not read.

    Attributes:
        code: ``outside``, ``absent`` or ``unreadable``.
        message: Why.
    """

    def __init__(self, code: str, message: Message) -> None:
        """Say why.

        Args:
            code: As :attr:`code`.
            message: The reason.
        """
        self.code = code
        self.message = message
        super().__init__(str(message))


def read_whole(folder: str, name: str) -> bytes:
    """Return all of a register's file.

    Args:
        folder: The folder of registers.
        name: The file's path in it.

    Raises:
        RefusedError: It lies outside, is absent, no plain file, too large, can't be read, or grows meanwhile.
    """
    pieces: list[bytes] = []
    _stream(folder, name, REGISTER_LIMIT, pieces.append)
    return b"".join(pieces)


def hash_file(folder: str, name: str) -> str:
    """Return the SHA-256 of a file in hexadecimal digits; it is never held in memory as a whole.

    Args:
        folder: The folder of registers.
        name: The file's path in it.

    Raises:
        RefusedError: As of :func:`read_whole`, or nothing is in it, which proves nothing.
    """
    from hashlib import sha256

    digest = sha256()
    if not _stream(folder, name, EVIDENCE_LIMIT, digest.update):
        raise RefusedError("absent", Message("registers.nothing_in_it"))
    return digest.hexdigest()


def _stream(folder: str, name: str, limit: int, take: Callable[[bytes], object]) -> int:
    """Give a file piece by piece; return how many bytes it has."""
    descriptor = _open(folder, name)
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise RefusedError("unreadable", Message("registers.no_plain_file"))
        if before.st_size > limit:
            raise RefusedError("unreadable", Message("registers.too_large", size=limit // 1024 // 1024))
        count = 0
        while piece := os.read(descriptor, _PIECE):
            count += len(piece)
            if count > before.st_size:
                break
            take(piece)
        after = os.fstat(descriptor)
    except OSError as error:
        raise RefusedError("unreadable", reason_of(error)) from error
    finally:
        os.close(descriptor)
    if count != before.st_size or _state(before) != _state(after):
        raise RefusedError("unreadable", Message("registers.changes"))
    return count


def _state(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _open(folder: str, name: str) -> int:
    """Return a descriptor of a file inside a folder; a FIFO or device is opened without waiting, and read by nobody."""
    try:
        root = os.path.realpath(folder)
        path = os.path.realpath(os.path.join(root, name), strict=True)
        if os.path.isabs(name) or os.path.commonpath([root, path]) != root or path == root:
            raise RefusedError("outside", Message("registers.outside"))
        if not stat.S_ISREG(os.lstat(path).st_mode):  # opening a device may do something by itself
            raise RefusedError("unreadable", Message("registers.no_plain_file"))
        return os.open(path, os.O_RDONLY | _ALONE)
    except (FileNotFoundError, NotADirectoryError) as error:
        if _leads_out(folder, name):
            raise RefusedError("outside", Message("registers.outside")) from error
        raise RefusedError("absent", Message("registers.absent")) from error
    except OSError as error:
        raise RefusedError("unreadable", reason_of(error)) from error
    except ValueError as error:  # a NUL in the path
        raise RefusedError("absent", Message("registers.absent")) from error


def _leads_out(folder: str, name: str) -> bool:
    root = os.path.realpath(folder)
    path = os.path.realpath(os.path.join(root, name))
    return os.path.commonpath([root, path]) != root

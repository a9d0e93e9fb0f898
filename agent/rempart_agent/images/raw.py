"""A file of this machine, read only: the lowest layer of every disk."""

import os
import stat
from typing import NamedTuple

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Missing, Unfit
from rempart_agent.targets.live import source_error

# A FIFO is not waited for, and a terminal is not taken.
_OPEN = os.O_RDONLY
for _flag in ("O_CLOEXEC", "O_NONBLOCK", "O_NOCTTY"):  # which Windows lacks, where this is imported and not used
    _OPEN |= getattr(os, _flag, 0)
_STEP = 1 << 30  # one read of Linux returns no more than 2 GiB


class Identity(NamedTuple):
    """What tells a file from another one, and from itself after a change: device, inode, bytes, nanoseconds."""

    device: int
    inode: int
    size: int
    mtime: int
    ctime: int


class RawFile(Layer):
    """An open regular file.

    Args:
        descriptor: Open for reading; the layer closes it.
        name: How a report calls it.

    Attributes:
        path: Where it was opened; ``""`` for a descriptor that was handed over.
        identity: What it was when it was opened.

    Raises:
        Unfit: it is no regular file.
    """

    def __init__(self, descriptor: int, name: str, path: str = "") -> None:
        self.name, self.path, self._descriptor = name, path, descriptor
        self.identity = self._identify()
        self.size = self.identity.size

    def fileno(self) -> int:
        """Return its descriptor, for whoever reads the file apart from the layer."""
        return self._descriptor

    def read_at(self, offset: int, size: int) -> bytes:
        """See Layer.read_at."""
        self.expect(offset, size)
        parts = []
        try:
            while size:
                part = os.pread(self._descriptor, min(size, _STEP), offset)
                if not part:
                    raise Unfit("{name}: it became shorter while it was read", name=self.name)
                parts.append(part)
                offset += len(part)
                size -= len(part)
        except OSError as error:
            raise source_error(error, self.name) from error
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def changed(self) -> bool:
        """Return whether the file is no longer what it was when it was opened; ``Unfit`` where that can't be told."""
        return self._identify() != self.identity

    def close(self) -> None:
        """See Layer.close."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _identify(self) -> Identity:
        try:
            status = os.fstat(self._descriptor)
        except OSError as error:
            raise source_error(error, self.name) from error
        if not stat.S_ISREG(status.st_mode):
            raise Unfit("{name}: not a regular file", name=self.name)
        return Identity(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def open_raw(path: str, follow: bool = True) -> RawFile:
    """Open a file.

    Args:
        path: Where it lies.
        follow: Whether it may be a link.

    Raises:
        Missing, Denied: as the kernel says.
        Unfit: it is no regular file.
    """
    name = os.path.basename(path) or path
    if "\0" in path:
        raise Missing("{path}: does not exist", path=repr(path))
    try:
        # before it is opened: opening a device may do things
        if not stat.S_ISREG(os.stat(path, follow_symlinks=follow).st_mode):
            raise Unfit("{name}: not a regular file", name=name)
        descriptor = os.open(path, _OPEN | (0 if follow else os.O_NOFOLLOW))
    except OSError as error:
        raise source_error(error, path) from error
    try:
        return RawFile(descriptor, name, path)
    except BaseException:
        os.close(descriptor)
        raise

"""The files of a container image, opened before anything of them is read: what parses them may be locked up by then."""

import os
import stat
import tempfile
from typing import NamedTuple

from rempart_agent.images.containers.digest import ALGORITHMS, HEX
from rempart_agent.images.containers.tar import is_header
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Denied, Limit, Missing, SourceError, Unfit, reason

_MOST_BLOBS = 512
"""Files of a layout that are opened: a process may hold 1,024 by default."""
_ON_DISK = "/var/tmp"  # noqa: S108 - what is made there has no name
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Held(NamedTuple):
    """Open files, by descriptors that a child may inherit.

    Attributes:
        name: How a report calls the image.
        files: By name within the layout: ``index.json``, ``blobs/sha256/…``; of an archive only ``""``, itself.
        spool: A file without a name, for what is unpacked.
    """

    name: str
    files: dict[str, int]
    spool: int

    def descriptors(self) -> list[int]:
        """Return what a child has to inherit."""
        return [*self.files.values(), self.spool]

    def close(self) -> None:
        """Close all. It may be called once."""
        for one in self.descriptors():
            os.close(one)


class Part(Layer):
    """A run of bytes in an open file."""

    def __init__(self, name: str, descriptor: int, start: int, size: int) -> None:
        """Make one.

        Args:
            name: How a report calls it.
            descriptor: The open file, which stays the caller's.
            start: Where the run begins.
            size: How many bytes it has.
        """
        self.name, self.size = name, size
        self._descriptor, self._start = descriptor, start

    def read_at(self, offset: int, size: int) -> bytes:
        """See Layer.read_at."""
        self.expect(offset, size)
        parts = []
        position = self._start + offset
        left = size
        while left:
            try:
                part = os.pread(self._descriptor, left, position)
            except OSError as error:
                raise Unfit("{name}: {why}", name=self.name, why=reason(error)) from error
            if not part:
                raise Unfit("{name}: it became shorter while it was read", name=self.name)
            if len(part) == size:
                return part
            parts.append(part)
            left -= len(part)
            position += len(part)
        return b"".join(parts)

    def part(self, name: str, offset: int, size: int) -> "Part":
        """Return a run of bytes within this one.

        Args:
            name: How a report calls it.
            offset: Where it begins in this one.
            size: How many bytes it has.

        Raises:
            Unfit: It does not lie within this one.
        """
        self.expect(offset, size)
        return Part(name, self._descriptor, self._start + offset, size)


def _refuse(path: str, error: OSError) -> SourceError:
    if isinstance(error, FileNotFoundError):
        return Missing("{path}: no such file", path=path)
    if isinstance(error, PermissionError):
        return Denied("{path}: permission denied", path=path)
    return Unfit("{path}: {why}", path=path, why=reason(error))


def _open_regular(path: str) -> int:
    """Open a file, and nothing that is none: opening some devices is an act of its own."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise Unfit("{path}: no regular file", path=path)
        descriptor = os.open(path, _FLAGS)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise Unfit("{path}: no regular file", path=path)
    except OSError as error:
        raise _refuse(path, error) from error
    return descriptor


def is_container(path: str) -> bool:
    """Return whether a file is a tar, or a folder the layout of an OCI image; whether it holds an image is not told.

    Raises:
        SourceError: It can't be read.
    """
    if os.path.isdir(path):
        return os.path.lexists(os.path.join(path, "oci-layout")) or os.path.lexists(os.path.join(path, "index.json"))
    descriptor = _open_regular(path)
    try:
        return is_header(os.pread(descriptor, 512, 0))
    except OSError as error:
        raise _refuse(path, error) from error
    finally:
        os.close(descriptor)


def spool_folder() -> str:
    """Return where unpacked layers go: ``TMPDIR``, else ``/var/tmp``, which unlike ``/tmp`` is never in memory."""
    named = os.environ.get("TMPDIR")
    if named:
        return named
    # What tempfile chooses by itself it tries out, with a file that has a name for a moment.
    return _ON_DISK if os.access(_ON_DISK, os.W_OK | os.X_OK) else tempfile.gettempdir()


def _open_spool() -> int:
    folder = spool_folder()
    try:
        if hasattr(os, "O_TMPFILE"):
            try:
                return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
            except OSError:
                pass  # some file systems have no files without a name
        descriptor, name = tempfile.mkstemp(prefix="rempart-", dir=folder)
        os.unlink(name)
    except OSError as error:
        raise Unfit("no room to unpack layers in {folder}: {why}", folder=folder, why=reason(error)) from error
    return descriptor


def open_held(path: str) -> Held:
    """Open the files of an archive or a layout, and a spool; nothing of them is understood yet.

    Args:
        path: A file, or a folder with ``index.json``.

    Raises:
        SourceError: They can't be opened, are no regular files, or too many.
    """
    name = os.path.basename(path.rstrip("/")) or path
    files: dict[str, int] = {}
    try:
        if os.path.isdir(path):
            for one in _list_layout(path):
                files[one] = _open_regular(os.path.join(path, one))
        else:
            files[""] = _open_regular(path)
        return Held(name, files, _open_spool())
    except SourceError:
        for descriptor in files.values():
            os.close(descriptor)
        raise


def _list_layout(path: str) -> list[str]:
    found = [one for one in ("oci-layout", "index.json") if os.path.lexists(os.path.join(path, one))]
    blobs = os.path.join(path, "blobs")
    try:
        for algorithm, digits in ALGORITHMS.items():
            folder = os.path.join(blobs, algorithm)
            names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
            found += [f"blobs/{algorithm}/{one}" for one in names if len(one) == digits and not one.strip(HEX)]
    except OSError as error:
        raise _refuse(blobs, error) from error
    if len(found) > _MOST_BLOBS:
        raise Limit(
            "{path}: more than {most_blobs} blobs; copy the image that is meant to an archive",
            path=path,
            most_blobs=_MOST_BLOBS,
        )
    return found

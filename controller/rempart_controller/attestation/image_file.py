"""The bytes of an image: its digest, and whether they are those that were there before."""

import hashlib
import os
import stat
from typing import NamedTuple

from rempart_core.error import AttestationError
from rempart_core.messages.message import Message
from rempart_core.messages.readers import message_or_theirs
from rempart_core.messages.system import reason_of


class Stamp(NamedTuple):
    """What tells that a file is another one by now, or was written to.

    Attributes:
        device: Where it lies.
        inode: Its number there.
        size: Bytes.
        modified: Nanoseconds since 1970.
    """

    device: int
    inode: int
    size: int
    modified: int


def stamp_of(path: str) -> Stamp | None:
    """Return the stamp of a file; None for a folder, whose files prove themselves by their digests.

    Raises:
        AttestationError: It is neither, as a device or a pipe, whose bytes nobody could compare later.
    """
    try:
        status = os.stat(path)
    except OSError as error:
        raise AttestationError(Message("attest.image_failed", image=path, error=reason_of(error))) from error
    if stat.S_ISDIR(status.st_mode):
        return None
    if not stat.S_ISREG(status.st_mode):
        raise AttestationError(Message("attest.no_file", image=path))
    return _stamp(status)


def is_archive(path: str) -> bool:
    """Tell whether a file is a tar, as archives of containers are: it may hold several images, and it is no disk.

    Raises:
        AttestationError: It can't be read.
    """
    try:
        with open(path, "rb", opener=_open) as file:
            return file.read(512)[257:262] == b"ustar"  # POSIX.1, pax: field "magic" of the header
    except OSError as error:
        raise AttestationError(Message("attest.unreadable", image=path, error=reason_of(error))) from error


def hash_file(path: str, stamp: Stamp) -> str:
    """Return the digest of a file that is the same as before (``sha256:…``), and stays so while it is read.

    Args:
        path: The file.
        stamp: What it was.

    Raises:
        AttestationError: It can't be read, or was changed.
    """
    try:
        with open(path, "rb", opener=_open) as file:
            before = _stamp(os.fstat(file.fileno()))
            digest = hashlib.file_digest(file, "sha256").hexdigest() if before == stamp else ""
            after = _stamp(os.fstat(file.fileno()))
        same = stamp == after == _stamp(os.stat(path))
    except OSError as error:
        raise AttestationError(Message("attest.unreadable", image=path, error=reason_of(error))) from error
    if not digest or not same:
        raise AttestationError(Message("attest.changed", image=path))
    return f"sha256:{digest}"


def identify_layout(path: str) -> str:
    """Return the digest of the manifest of the one image in a folder, the layout of an OCI image (``sha256:…``).

    Each blob is held against the digest that leads to it from the manifest, so that this names all of the image.

    Args:
        path: The folder.

    Raises:
        AttestationError: It is no layout, holds several images or more than one, or what a digest does not name.
    """
    from rempart_agent.images.containers.choice import Unchosen
    from rempart_agent.images.containers.container import identify
    from rempart_agent.images.containers.held import is_container, open_held
    from rempart_agent.source.contract import SourceError

    try:
        if not is_container(path):
            raise AttestationError(Message("attest.folder", image=path))
        held = open_held(path)
        try:
            return identify(held)
        finally:
            held.close()
    except Unchosen as error:
        raise AttestationError(Message("attest.layout_several", image=path)) from error
    except SourceError as error:
        why = message_or_theirs(error.said, str(error))
        raise AttestationError(Message("attest.layout", image=path, error=why)) from error


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe that took its place has nobody who writes


def _stamp(status: os.stat_result) -> Stamp:
    return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

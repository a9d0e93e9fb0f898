"""Small files that are replaced as a whole: after a crash a file is the old one or the new one, on the disk."""

import os
from contextlib import suppress


def write(folder: str, name: str, data: bytes) -> None:
    """Write a file that only its user reads: beside, then renamed, and on the disk before anybody hears of it.

    Args:
        folder: Where it lies.
        name: The file's.
        data: All of it.

    Raises:
        OSError: It could not be written; what was there stays.
    """
    beside = os.path.join(folder, f".{name}.{os.urandom(6).hex()}.tmp")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, os.path.join(folder, name))
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    sync(folder)


def sync(folder: str) -> None:
    """Wait until the names in a folder are on the disk.

    Raises:
        OSError: The folder can't be read.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""A small file that is replaced as a whole: after a crash it is the old one or the new one, on the disk."""

import os
from contextlib import suppress


def replace_text(path: str, text: str) -> None:
    """Write a file that only its owner may read beside ``path``, flush it to the disk and rename it.

    Args:
        path: The file.
        text: All of it.

    Raises:
        OSError: It could not be written; what was there stays.
    """
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise

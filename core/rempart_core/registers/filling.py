"""Fills a folder with several files at once: all of them are there at the end, or none is."""

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import suppress

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of


def fill_folder(folder: str, write: Callable[[str], None]) -> None:
    """Let files be written into a folder beside, and bring them to their place once all are whole.

    Whatever ends it before, Ctrl-C too, nothing of it is left. What the folder holds already stays as it is.

    Args:
        folder: Where the files belong; it is made where it is not there.
        write: Writes them into the folder that it is given.

    Raises:
        UsageError: They can't be written, or one of them is there already.
    """
    place = os.path.abspath(folder)
    there = os.path.isdir(place)
    beside = os.path.join(place, f".{os.getpid()}.new") if there else f"{place}.{os.getpid()}.new"
    try:
        os.makedirs(beside)
        try:
            write(beside)
            if there:
                _move(beside, place)
            else:
                os.rename(beside, place)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise UsageError(Message("file.failed", path=error.filename2 or folder, error=reason_of(error))) from error


def _move(source: str, folder: str) -> None:
    """Move all files of a folder into another, or none; nothing is replaced."""
    made: list[str] = []
    try:
        for root, _, names in os.walk(source):
            to = os.path.normpath(os.path.join(folder, os.path.relpath(root, source)))
            if not os.path.isdir(to):
                os.mkdir(to)
                made.append(to)
            for name in sorted(names):
                file = os.path.join(to, name)
                _expect_free(file)
                made.append(file)
                os.rename(os.path.join(root, name), file)
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                if os.path.isdir(path):
                    os.rmdir(path)
                else:
                    os.unlink(path)
        raise


def _expect_free(file: str) -> None:
    if os.path.lexists(file):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), file, None, file)

"""Where a report goes that is no text: it is written beside its place and renamed, as texts are."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress

from rempart_core.error import ReportError
from rempart_core.messages.message import Message
from rempart_reports.writing.file import explain

BinaryWriter = Callable[[str], None]
"""Writes the whole to a path that does not exist, or is empty."""
_STANDARD = ("-", "/dev/stdout")


def write_binary(path: str, write: BinaryWriter) -> None:
    """Write a file, so that a reader sees the old one or the new one, and never half of one.

    Args:
        path: The file; ``-`` is standard output.
        write: Writes the whole.

    Raises:
        ReportError: It could not be written: no such directory, not allowed, disk full.
    """
    try:
        if path in _STANDARD:
            _write_standard_output(write)
        else:
            _replace(os.path.realpath(path), write)
    except OSError as error:
        raise ReportError(Message("report.write", path=path, error=explain(error, path))) from error


def _replace(path: str, write: BinaryWriter) -> None:
    folder, base = os.path.split(path)
    beside = os.path.join(folder, f".{base[:100]}.{os.urandom(6).hex()}.tmp")
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    try:
        if os.path.exists(path):
            shutil.copymode(path, beside)
        write(beside)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _write_standard_output(write: BinaryWriter) -> None:
    with tempfile.TemporaryDirectory(prefix="rempart-") as folder:
        made = os.path.join(folder, "report")
        write(made)
        sys.stdout.flush()
        with open(made, "rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)

"""A directory that a report fills: the new files take the place of the old ones once all of them are whole.

They are written into a folder inside, so that a full disk, a fault or the end of the process leaves the pages of the
last audit as they were; then each is renamed to its place, the one that leads to the others last, and what an earlier
report left goes.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self, TextIO

from rempart_core.error import ReportError
from rempart_core.messages.message import Message
from rempart_reports.writing.file import bears_mark, explain, replace_file
from rempart_reports.writing.piece import Piece, write_piece

_STAGE, _ENDING = ".rempart-", ".tmp"
_FORGOTTEN = 86_400  # seconds after which the folder of a process that was killed is taken away
_FIRST = "index.html"  # what a reader opens


class Directory:
    """A directory of report files. An ``OSError`` inside its ``with`` block becomes a ``ReportError``.

    Args:
        path: Made, with those above it, where there is none.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._stage = os.path.join(path, f"{_STAGE}{os.urandom(6).hex()}{_ENDING}")
        self._written: list[str] = []
        self._folders: list[str] = []
        self._sweeps: list[tuple[str, str, str, str]] = []
        self._at = path

    def __enter__(self) -> Self:
        """Make the directory."""
        try:
            os.makedirs(self._path, exist_ok=True)
            self._forget()
            os.mkdir(self._stage, 0o700)
        except OSError as error:
            raise ReportError(
                Message("report.write_into", path=self._path, error=explain(error, self._path))
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the files into their places, where all of them are whole; say what could not be written."""
        try:
            if error is None:
                self._settle()
        except OSError as second:
            error = second
        finally:
            _remove(self._stage)
        if isinstance(error, OSError):
            raise ReportError(Message("report.write", path=self._at, error=explain(error, self._at))) from error

    def make(self, folder: str) -> None:
        """Make a folder inside, where there is none."""
        self._at = os.path.join(self._path, folder)
        os.makedirs(os.path.join(self._stage, folder), exist_ok=True)
        os.makedirs(self._at, exist_ok=True)
        self._folders.append(folder)

    def write(self, name: str, text: str) -> None:
        """Write one file, ``name`` relative to the directory.

        Args:
            name: A path without ``..``.
            text: All of it.
        """
        self.write_pieces(name, (text,))

    def write_pieces(self, name: str, pieces: Iterable[Piece]) -> None:
        """Write one file, piece by piece.

        Args:
            name: A path below the directory.
            pieces: Taken one at a time.
        """
        self._at = os.path.join(self._path, name)

        def write(out: TextIO) -> None:
            for piece in pieces:
                write_piece(piece, out)

        replace_file(os.path.join(self._stage, name), write)
        self._written.append(name)

    def sweep(self, folder: str, prefix: str, ending: str, mark: str) -> None:
        """Take away files of an earlier report, at the end: those that bear our mark and were not written now.

        Args:
            folder: Below the directory; ``""`` for itself.
            prefix: What the files' names begin with.
            ending: What they end with.
            mark: A text that stands in each file of ours.
        """
        self._sweeps.append((folder, prefix, ending, mark))

    def _settle(self) -> None:
        for name in sorted(self._written, key=lambda name: name == _FIRST):
            self._at = os.path.join(self._path, name)
            staged = os.path.join(self._stage, name)
            if os.name != "nt":
                with suppress(FileNotFoundError):
                    os.chmod(staged, os.stat(self._at).st_mode & 0o777)  # a file keeps its mode
            os.replace(staged, self._at)
        written = set(self._written)
        for folder, prefix, ending, mark in self._sweeps:
            place = self._at = os.path.join(self._path, folder)
            for entry in os.listdir(place):
                name = f"{folder}/{entry}" if folder else entry
                if not entry.startswith(prefix) or not entry.endswith(ending) or name in written:
                    continue
                self._at = os.path.join(place, entry)
                if bears_mark(self._at, mark):
                    os.unlink(self._at)

    def _forget(self) -> None:
        """Take away what processes left that were killed while they wrote."""
        for entry in os.listdir(self._path):
            place = os.path.join(self._path, entry)
            if entry.startswith(_STAGE) and entry.endswith(_ENDING) and not os.path.islink(place):
                with suppress(OSError):
                    if time.time() - os.lstat(place).st_mtime > _FORGOTTEN:
                        _remove(place)


def _remove(folder: str) -> None:
    import shutil  # which brings all compressions along: 2 ms of every run

    shutil.rmtree(folder, ignore_errors=True)

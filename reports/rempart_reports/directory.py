"""A directory that a report fills: each file is written beside and renamed, and what an earlier report left goes."""

import os
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rempart_core.error import ReportError
from rempart_reports.file import bears_mark, explain, replace_file


class Directory:
    """A directory of report files. An ``OSError`` inside its ``with`` block becomes a ``ReportError``.

    Args:
        path: Made, with those above it, where there is none.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._written: set[int] = set()
        self._at = path

    def __enter__(self) -> Self:
        """Make the directory."""
        try:
            os.makedirs(self._path, exist_ok=True)
        except OSError as error:
            raise ReportError(f"can't write into {self._path}: {explain(error, self._path)}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say what could not be written."""
        if isinstance(error, OSError):
            raise ReportError(f"can't write {self._at}: {explain(error, self._at)}") from error

    def make(self, folder: str) -> None:
        """Make a folder inside, where there is none."""
        self._at = os.path.join(self._path, folder)
        os.makedirs(self._at, exist_ok=True)

    def write(self, name: str, text: str) -> None:
        """Write one file, ``name`` relative to the directory."""
        self.write_pieces(name, (text,))

    def write_pieces(self, name: str, pieces: Iterable[str]) -> None:
        """Write one file, piece by piece."""
        self._at = os.path.join(self._path, name)
        replace_file(self._at, lambda out: out.writelines(pieces))
        self._written.add(hash(name))

    def sweep(self, folder: str, prefix: str, ending: str, mark: str) -> None:
        """Take away files of an earlier report: those of that name that bear our mark and were not written now."""
        place = self._at = os.path.join(self._path, folder)
        for entry in os.listdir(place):
            name = f"{folder}/{entry}" if folder else entry
            if not entry.startswith(prefix) or not entry.endswith(ending) or hash(name) in self._written:
                continue
            self._at = os.path.join(place, entry)
            if bears_mark(self._at, mark):
                os.unlink(self._at)

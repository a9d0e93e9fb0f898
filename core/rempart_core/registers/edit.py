"""Edits of a register's file: as text, read again before it is believed, written beside it and renamed."""

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.registers import csv_edit, yaml_edit
from rempart_core.registers.confined import RefusedError, read_whole
from rempart_core.registers.csv_rows import CsvRows
from rempart_core.registers.decoding import UnreadableError, decode
from rempart_core.registers.files import HEADS
from rempart_core.registers.yaml_rows import YamlRows

_MARK = b"\xef\xbb\xbf"
Rows = list[dict[str, str]]


class RegisterFile:
    """A file of rows that has no mistake, as it is edited."""

    def __init__(self, folder: str, name: str) -> None:
        """Read it.

        Args:
            folder: The folder of registers.
            name: The file's name in it.

        Raises:
            UsageError: It can't be read.
        """
        self._folder = folder
        self._name = name
        self.path = os.path.realpath(os.path.join(folder, name))
        self._csv = name.endswith(".csv")
        try:
            data = read_whole(folder, name)
            self.text = decode(data, self.path)
        except RefusedError as error:
            raise UsageError(Message("file.failed", path=self.path, error=error.message)) from error
        except UnreadableError as error:
            raise UsageError(Message("file.failed", path=self.path, error=error.found[0][2])) from error
        self._data = data
        self._mark = _MARK if data.startswith(_MARK) else b""

    def append(self, values: Mapping[str, str]) -> None:
        """Add a row at the end.

        Args:
            values: Its values by column; none that is empty.

        Raises:
            UsageError: The file is written in a way that can't be edited.
        """
        if self._csv:
            self._edit(lambda text: csv_edit.append(text, values), [*self._rows(), dict(values)])
        else:
            self._edit(lambda text: yaml_edit.append(text, values), [*self._rows(), dict(values)])

    def pin(self, hashes: Mapping[int, str]) -> None:
        """Write hashes of evidence into rows.

        Args:
            hashes: The hashes by the number of the row, from 0.

        Raises:
            UsageError: As of :meth:`append`.
        """
        wanted = self._rows()
        for number, digest in hashes.items():
            wanted[number]["sha256"] = digest
        change = csv_edit.pin if self._csv else yaml_edit.pin
        self._edit(lambda text: change(text, hashes), wanted)

    def drop(self, numbers: Collection[int]) -> None:
        """Take rows out.

        Args:
            numbers: Those of the rows, from 0.

        Raises:
            UsageError: As of :meth:`append`.
        """
        wanted = [row for number, row in enumerate(self._rows()) if number not in numbers]
        change = csv_edit.drop if self._csv else yaml_edit.drop
        self._edit(lambda text: change(text, numbers), wanted)

    def confirm(self, values: Mapping[str, str]) -> "RegisterFile":
        """Write another head, and return the file that it stands in: of a CSV file another one.

        Args:
            values: What the head says from now on.

        Raises:
            UsageError: As of :meth:`append`.
        """
        if not self._csv:
            self._edit(lambda text: yaml_edit.confirm(text, values), self._rows())
            return self
        heads = RegisterFile(self._folder, HEADS)
        name = os.path.basename(self._name).removesuffix(".csv")
        heads._edit(lambda text: yaml_edit.confirm_under(text, name, values), [])
        return heads

    def save(self) -> None:
        """Write the file, unless somebody else has changed it meanwhile.

        Raises:
            UsageError: It can't be written, or it is another one by now.
        """
        try:
            same = read_whole(self._folder, self._name) == self._data
        except RefusedError:
            same = False
        if not same:
            raise UsageError(Message("registers.changed_meanwhile", file=self.path))
        write_beside(self.path, self._mark + self.text.encode())

    def _rows(self) -> Rows:
        return _rows_of(self.text, as_csv=self._csv)

    def _edit(self, change: Callable[[str], str], wanted: Rows) -> None:
        """Change the text, and believe it only where it reads as is wanted."""
        try:
            text = change(self.text)
        except (yaml_edit.CannotEditError, ValueError) as error:
            raise UsageError(Message("registers.cannot_edit", file=self.path)) from error
        if _rows_of(text, as_csv=self._csv) != wanted:
            raise UsageError(Message("registers.cannot_edit", file=self.path))
        self.text = text


def _rows_of(text: str, *, as_csv: bool) -> Rows:
    source = CsvRows(text) if as_csv else YamlRows(text)
    rows = [dict(one.values) for one in source.rows()]  # a file of heads has none
    return [{"": "broken"}] if source.found else rows


def write_beside(path: str, data: bytes) -> None:
    """Write a file beside and rename it: it is the old one or the new one, never half of it.

    Args:
        path: The file; it keeps its mode where it is there already.
        data: All of it.

    Raises:
        UsageError: It can't be written.
    """
    beside = f"{path}.{os.getpid()}.new"
    try:
        try:
            with open(beside, "xb") as stream:
                if os.path.exists(path):
                    os.chmod(beside, os.stat(path).st_mode & 0o7777)
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(beside, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(beside)
            raise
    except OSError as error:
        raise UsageError(Message("file.failed", path=path, error=reason_of(error))) from error

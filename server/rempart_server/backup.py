"""A backup: all of a server in one file, made while it works, out of one moment of its store.

The file is gzip of lines of JSON: the header (``schema``, ``layout`` of the store, ``made``, ``name``, ``documents``
and ``log``: links and head of the two chains); ``{"file", "mode", "data"}`` for each file of the directory; for each
table ``{"table", "columns"}`` and its rows as lists; at last ``{"lines", "sha256"}`` of all before. It holds private
keys.
"""

import contextlib
import gzip
import hashlib
import json
import os
import stat
from base64 import b64encode
from collections.abc import Iterator
from typing import NamedTuple

from rempart_core.error import UsageError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.version import VERSION
from rempart_server.context import Context
from rempart_store.connection import HEAD
from rempart_store.server.copy import Heads, dump, list_tables, read_heads

SCHEMA = "rempart.server-backup/1"
LARGEST = 1024 * 1024
"""Bytes of the largest file of the directory that is taken."""
STORE = "store.db"


class Backup(NamedTuple):
    """A backup that was made.

    Attributes:
        heads: The chains of its store.
        size: Bytes of the file.
    """

    heads: Heads
    size: int


class _Writer:
    """Writes lines, and knows their number and digest."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._lines = 0

    def write(self, data: Json) -> None:
        line = json.dumps(data, separators=(",", ":")).encode() + b"\n"
        self._digest.update(line)
        self._lines += 1
        self._file.write(line)

    def end(self) -> None:
        self.write({"lines": self._lines, "sha256": self._digest.hexdigest()})


def back_up(context: Context, path: str) -> Backup:
    """Write a backup; a file that is there already is replaced once the new one is whole.

    Args:
        context: Of the server.
        path: The file.

    Raises:
        UsageError: It can't be written, or a file of the server can't be read.
        StoreError: The store can't be read.
    """
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            try:
                with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=3, mtime=0) as packed:
                    heads = _write(context, _Writer(packed))
                file.flush()
                os.fsync(file.fileno())
                size = os.fstat(file.fileno()).st_size
                os.rename(beside, path)
            except BaseException:
                os.unlink(beside)
                raise
    except OSError as error:
        raise UsageError(Message("file.failed", path=error.filename or path, error=reason_of(error))) from error
    return Backup(heads, size)


def _write(context: Context, writer: _Writer) -> Heads:
    with context.store.reading() as connection:
        heads = read_heads(connection)
        writer.write(
            {
                "schema": SCHEMA,
                "version": VERSION,
                "layout": HEAD,
                "made": int(context.clock()),
                "name": context.settings.name,
                "documents": [heads.documents.links, heads.documents.head],
                "log": [heads.log.links, heads.log.head],
            }
        )
        for name, mode, data in _files(context.settings.directory):
            writer.write({"file": name, "mode": mode, "data": b64encode(data).decode()})
        for table, columns in list_tables():
            writer.write({"table": table, "columns": list[Json](columns)})
            for row in dump(connection, table):
                writer.write(row)
    writer.end()
    return heads


def _files(directory: str) -> Iterator[tuple[str, int, bytes]]:
    """Give the files of the server's directory but those of its store and those that are half written."""
    for name in sorted(os.listdir(directory)):
        if name.startswith((STORE, ".")) or name.endswith(".tmp"):
            continue
        with contextlib.suppress(FileNotFoundError), open(os.path.join(directory, name), "rb", opener=_open) as file:
            status = os.fstat(file.fileno())
            if stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST:
                yield name, status.st_mode & 0o644, file.read(LARGEST)


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW)

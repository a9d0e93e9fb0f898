"""A backup put into an empty place: another machine, another database. All of it is held against its chains first.

What is read may be damaged or another's: it ends in one clear error, and then the store stays empty. ``server.yaml``
comes last, so that half a server is none.
"""

import gzip
import hashlib
import json
import os
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from rempart_core.error import ServerError, UsageError
from rempart_core.json_value import Json
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_server.backup import SCHEMA, STORE
from rempart_server.settings import FILE, Settings
from rempart_server.settings_file import parse_settings
from rempart_store.connection import HEAD, Connection
from rempart_store.server.copy import Chain, Heads, is_empty, list_tables, load, verify
from rempart_store.store import Store

_LINE = 64 * 1024 * 1024
_ROWS = 500
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}", re.ASCII)


class Restoring(NamedTuple):
    """What is wanted.

    Attributes:
        path: The backup.
        directory: Where the server is put.
        store: Where its store is put; ``""`` for where it was.
        head: The head that its chain of documents must have; ``""`` for any.
        log_head: The same of its log.
    """

    path: str
    directory: str
    store: str = ""
    head: str = ""
    log_head: str = ""


class Refused(ServerError):
    """A backup is damaged, or is another one than was asked for; nothing was restored."""


class _File(NamedTuple):
    name: str
    mode: int
    data: bytes


class _Reader:
    """Reads lines, and holds them against the last one."""

    def __init__(self, file: gzip.GzipFile, path: str) -> None:
        self._file = file
        self._path = path
        self._digest = hashlib.sha256()
        self._lines = 0

    def refuse(self) -> NoReturn:
        """Say where the file is not what it should be."""
        raise Refused(Message("server.backup_damaged", path=self._path, line=self._lines))

    def read(self) -> Json:
        """Return what the next line holds."""
        line = self._line()
        self._lines += 1
        if not line.endswith(b"\n"):
            self.refuse()
        try:
            found: Json = json.loads(line)
        except (ValueError, RecursionError):
            self.refuse()
        if isinstance(found, dict) and found.keys() == {"lines", "sha256"}:
            if found != {"lines": self._lines - 1, "sha256": self._digest.hexdigest()} or self._line():
                self.refuse()
            return None
        self._digest.update(line)
        return found

    def _line(self) -> bytes:
        try:
            return self._file.readline(_LINE)
        except (OSError, EOFError, zlib.error):
            self.refuse()


def restore(wanted: Restoring) -> Heads:
    """Restore a server, and return what its chains come to.

    Args:
        wanted: What, and where.

    Raises:
        UsageError: The place is not empty, or the backup can't be opened.
        ContentError: ``server.yaml`` names what is not on this machine.
        Refused: The backup is damaged, of another layout, or its chain has another head than was given.
        StoreError: The store can't be written.
    """
    settings_path = os.path.join(wanted.directory, FILE)
    if os.path.lexists(settings_path):
        raise UsageError(Message("server.begun", path=settings_path))
    try:
        with gzip.open(wanted.path, "rb") as file:
            return _restore(wanted, _Reader(file, wanted.path), settings_path)
    except OSError as error:
        path = error.filename if isinstance(error.filename, str) else wanted.path
        raise UsageError(Message("file.failed", path=path, error=reason_of(error))) from error


def _restore(wanted: Restoring, reader: _Reader, settings_path: str) -> Heads:
    header = reader.read()
    if not isinstance(header, dict) or header.get("schema") != SCHEMA:
        raise Refused(Message("server.backup_none", path=wanted.path))
    if header.get("layout") != HEAD:
        layout = str(header.get("layout"))[:20]
        raise Refused(Message("server.backup_layout", layout=layout, version=str(header.get("version"))[:20]))
    lines = _Lines(reader)
    files = {one.name: one for one in lines.files()}
    if FILE not in files:
        raise Refused(Message("server.backup_none", path=wanted.path))
    text = files.pop(FILE).data
    text = _with_store(text, wanted.store) if wanted.store else text
    settings = parse_settings(text, wanted.directory)
    os.makedirs(wanted.directory, mode=0o700, exist_ok=True)
    heads = _fill(settings, lines, wanted)
    for one in files.values():
        _put(os.path.join(wanted.directory, one.name), one.data, one.mode)
    _put(settings_path, text, 0o600)
    return heads


class _Lines:
    """The lines of a backup after its header: files first, then tables."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader
        self._next: Json = None

    def files(self) -> Iterator[_File]:
        """Give the files."""
        while isinstance(line := self._reader.read(), dict):
            match line:
                case {"file": str(name), "mode": int(mode), "data": str(data)} if _is_name(name):
                    yield _File(name, mode & 0o644 | 0o600, self._bytes(data))
                case {"table": _}:
                    self._next = line
                    return
                case _:
                    self._reader.refuse()
        self._reader.refuse()

    def _bytes(self, text: str) -> bytes:
        try:
            return b64decode(text, validate=True)
        except ValueError:
            self._reader.refuse()

    def fill(self, connection: Connection) -> None:
        """Put the rows of all tables into a store."""
        for table, columns in list_tables():
            if self._next != {"table": table, "columns": columns}:
                self._reader.refuse()
            rows: list[list[Json]] = []
            while isinstance(line := self._reader.read(), list):
                rows.append(line)
                if len(rows) >= _ROWS:
                    self._load(connection, table, rows)
                    rows = []
            if rows:
                self._load(connection, table, rows)
            self._next = line
        if self._next is not None:
            self._reader.refuse()

    def _load(self, connection: Connection, table: str, rows: list[list[Json]]) -> None:
        try:
            load(connection, table, rows)
        except (ValueError, OverflowError):
            self._reader.refuse()


def _is_name(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and not name.startswith(STORE)


def _fill(settings: Settings, lines: _Lines, wanted: Restoring) -> Heads:
    with Store.open(settings.place) as store, store.writing() as connection:
        if not is_empty(connection):
            raise UsageError(Message("server.store_used"))
        lines.fill(connection)
        heads = verify(connection)
        _expect(heads, wanted)
    return heads


def _expect(heads: Heads, wanted: Restoring) -> None:
    documents, log = heads
    if documents.broken:
        raise Refused(Message("server.chain_broken", number=documents.broken))
    if log.broken:
        raise Refused(Message("server.log_broken", number=log.broken))
    if _differ(documents, wanted.head):
        raise Refused(Message("server.chain_other", head=documents.head or "-", expected=wanted.head))
    if _differ(log, wanted.log_head):
        raise Refused(Message("server.log_other", head=log.head or "-", expected=wanted.log_head))


def _differ(chain: Chain, head: str) -> bool:
    return bool(head) and chain.head != head.strip().lower()


def _with_store(text: bytes, store: str) -> bytes:
    rest = re.sub(rb"(?m)^store:.*\n?", b"", text)
    return rest + (b"" if rest.endswith(b"\n") else b"\n") + f"store: {json.dumps(store)}\n".encode()


def _put(path: str, data: bytes, mode: int) -> None:
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.rename(beside, path)

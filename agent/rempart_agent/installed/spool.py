"""The spool: signed documents on disk until a controller has stored them. One file a run, bounded in count and bytes.

Below the agent's folder, which only its user may enter: ``spool/NUMBER.signed``, the documents that wait; ``last``,
the newest of those that a controller has stored, so that it can be shown again; ``state.json``, the last number and how
many were dropped; ``lock``. A file is written beside and renamed: killed at any moment, a document is there whole or
not.
"""

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from rempart_agent.installed.durable import sync, write
from rempart_agent.installed.envelope import MAX_SIZE
from rempart_core.error import SpoolError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

FOLDER = "/var/lib/rempart/agent"
"""Where the installed agent keeps its key and its spool."""

_NAME = re.compile(r"(\d{1,16})\.signed", re.ASCII)
_LAST = "last"


class Bounds(NamedTuple):
    """How much a spool may hold.

    Attributes:
        files: Documents.
        size: Bytes of all of them.
    """

    files: int = 60
    size: int = 64 << 20


class Waiting(NamedTuple):
    """A document that waits: its number, and its size in bytes."""

    number: int
    size: int


class Spool:
    """The documents of this machine's agent. Errors are ``SpoolError``."""

    def __init__(self, folder: str = FOLDER) -> None:
        """Use a folder; nothing is made before something is put into it."""
        self.folder = folder
        self._spool = os.path.join(folder, "spool")

    def put(self, seal: Callable[[int, int], bytes], bounds: Bounds) -> tuple[int, int]:
        """Put a document into the spool; the oldest go where it would hold too much.

        Args:
            seal: Makes the document of its number, and of how many were dropped that nobody took.
            bounds: How much the spool may hold.

        Returns:
            The document's number, and how many made room for it.

        Raises:
            SpoolError: It can't be written, or is larger than all that the spool may hold.
        """
        with self._held(make=True):
            _sweep(self._spool)
            waiting = self.waiting()
            number, dropped = self._read_state()
            number = max([number + 1, int(time.time()), *(one.number + 1 for one in waiting)])
            gone: list[Waiting] = []
            data = seal(number, dropped)
            while len(waiting) - len(gone) >= bounds.files or _total(waiting[len(gone) :]) + len(data) > bounds.size:
                if len(gone) == len(waiting):
                    raise SpoolError(Message("agent.spool_full", spool=self._spool, size=len(data)))
                gone.append(waiting[len(gone)])
            if gone:
                data = seal(number, dropped + len(gone))
            self._write_state(number, dropped)  # first of all: no number is ever given twice
            write(self._spool, f"{number}.signed", data)
            for one in gone:
                os.unlink(self._path(one.number))
            if gone:
                self._write_state(number, dropped + len(gone))
        return number, len(gone)

    def waiting(self) -> list[Waiting]:
        """Return the documents that wait, oldest first.

        Raises:
            SpoolError: The folder can't be read; one that is not there yet holds none.
        """
        found = []
        try:
            for entry in os.scandir(self._spool):
                name = _NAME.fullmatch(entry.name)
                if name and entry.is_file(follow_symlinks=False):
                    found.append(Waiting(int(name[1]), entry.stat(follow_symlinks=False).st_size))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SpoolError(Message("file.failed", path=self._spool, error=reason_of(error))) from error
        return sorted(found)

    def read(self, number: int) -> bytes:
        """Return a document that waits; no bytes where it is gone."""
        return _read(self._path(number))

    def rewrite(self, number: int, change: Callable[[bytes], bytes]) -> bytes:
        """Return a document that waits in another form, and keep it so: once given, its bytes stay the same.

        Args:
            number: The document's; no bytes come where it is gone.
            change: Returns it in the other form.
        """
        with self._held(make=False):
            data = self.read(number)
            if not data:
                return data
            changed = change(data)
            if changed != data:
                write(self._spool, f"{number}.signed", changed)
            return changed

    def last(self) -> bytes:
        """Return the newest document of those that a controller has stored; no bytes where there is none."""
        return _read(os.path.join(self.folder, _LAST))

    def confirm(self, stored: Sequence[tuple[int, str]]) -> list[int]:
        """Take documents away that a controller has stored; the newest of them is kept as the last one.

        Args:
            stored: Numbers, and the SHA-256 of each document: one that is not the same stays.

        Returns:
            The numbers that are gone, those among them that were gone before.
        """
        done = []
        with self._held(make=False):
            for number, digest in sorted(stored):
                data = self.read(number)
                if data and hashlib.sha256(data).hexdigest() != digest:
                    continue
                if data:
                    os.replace(self._path(number), os.path.join(self.folder, _LAST))
                done.append(number)
            if done:
                sync(self._spool)
                self._write_state(self._read_state()[0], 0)
        return done

    def _path(self, number: int) -> str:
        return os.path.join(self._spool, f"{number}.signed")

    @contextmanager
    def _held(self, *, make: bool) -> Iterator[None]:
        import fcntl  # which Windows has not

        try:
            if make:
                for folder in (self.folder, self._spool):
                    os.makedirs(folder, mode=0o700, exist_ok=True)
            with open(os.path.join(self.folder, "lock"), "ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise SpoolError(
                Message("file.failed", path=error.filename or self.folder, error=reason_of(error))
            ) from error

    def _read_state(self) -> tuple[int, int]:
        """Return the last number and how many were dropped; zeros where the file is gone or makes no sense.

        A number that is lost does no harm: the next one is not below the seconds since 1970.
        """
        with suppress(OSError, ValueError, TypeError, KeyError):
            with open(os.path.join(self.folder, "state.json"), "rb") as file:
                state = json.loads(file.read(1000))
            number, dropped = state["number"], state["dropped"]
            if type(number) is int and type(dropped) is int:
                return number, dropped
        return 0, 0

    def _write_state(self, number: int, dropped: int) -> None:
        write(self.folder, "state.json", json.dumps({"number": number, "dropped": dropped}).encode())


def _total(waiting: Sequence[Waiting]) -> int:
    return sum(one.size for one in waiting)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(MAX_SIZE + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise SpoolError(Message("file.failed", path=path, error=reason_of(error))) from error


def _sweep(folder: str) -> None:
    """Take away what a run left behind that lost its power."""
    for name in os.listdir(folder):
        if name.startswith(".") and name.endswith(".tmp"):
            with suppress(OSError):
                os.unlink(os.path.join(folder, name))

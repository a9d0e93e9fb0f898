"""Messages that could not be delivered: they wait on disk, and each audit that tells somebody sends them again.

A folder beside the store, or in the user's data directory, with a file a message. Addresses hold secrets, so the file
knows them by their SHA-256 only: a message waits for those that are given again.
"""

import hashlib
import json
import os
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import NamedTuple

from rempart_controller.notification.message import Notification
from rempart_core.error import NotificationError
from rempart_core.messages.message import Message, listed
from rempart_core.messages.system import reason_of
from rempart_store.location import data_directory, file_of, is_postgresql, make_directory

FOLDER = "waiting-messages"
MOST = 50
"""Messages that wait; the oldest go, and that is said."""
KEPT = 30 * 86_400
"""Seconds after which a message is of no use any more."""
_FORM = 1


class Waiting(NamedTuple):
    """A message that waits.

    Attributes:
        path: Its file.
        at: When it was to be delivered first, UTC.
        message: The message.
        to: Digests of the addresses that have not got it.
    """

    path: str
    at: str
    message: Notification
    to: tuple[str, ...]


def digest_of(address: str) -> str:
    """Return what an address is known by."""
    return hashlib.sha256(address.encode()).hexdigest()


def folders_of(store: str) -> list[str]:
    """Return where messages wait: beside the store's file, where there is one, else in the data directory.

    Args:
        store: The store's place.
    """
    folders = [] if is_postgresql(store) else [os.path.dirname(os.path.abspath(file_of(store)))]
    return [os.path.join(folder, FOLDER) for folder in dict.fromkeys((*folders, data_directory()))]


class Queue:
    """The messages that wait in some folders."""

    def __init__(self, folders: Sequence[str]) -> None:
        """Use folders; the first that can be written takes what is new."""
        self._folders = folders

    def put(self, message: Notification, to: Collection[str]) -> None:
        """Keep a message for addresses that have not got it.

        Args:
            message: The message.
            to: The addresses.

        Raises:
            NotificationError: No folder takes it.
        """
        data = {
            "form": _FORM,
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "title": message.title,
            "body": message.body,
            "to": sorted(to),
        }
        faults = []
        for folder in self._folders:
            try:
                make_directory(folder)
                _write(os.path.join(folder, f"{time.time_ns()}-{os.getpid()}.json"), data)
            except OSError as error:
                faults.append(Message("file.failed", path=folder, error=reason_of(error)))
                continue
            return
        raise NotificationError(Message("notify.not_kept", faults=listed(faults)))

    def waiting(self) -> list[Waiting]:
        """Return the messages that wait, oldest first."""
        found = []
        for folder in self._folders:
            with suppress(OSError):
                for name in sorted(os.listdir(folder)):
                    one = _read(os.path.join(folder, name)) if name.endswith(".json") else None
                    found += [one] if one else []
        return sorted(found, key=lambda one: (one.at, one.path))

    def settle(self, one: Waiting, rest: Collection[str]) -> None:
        """Note who has not got a message still; it goes where that is nobody.

        Args:
            one: The message, as it waits; a file that can't be written stays as it is.
            rest: The addresses that have not got it.
        """
        with suppress(OSError):
            if rest:
                with open(one.path, encoding="utf-8") as file:
                    data = json.load(file)
                _write(one.path, {**data, "to": sorted(rest)})
            else:
                os.unlink(one.path)

    def drop_old(self) -> int:
        """Take away messages that are too old or too many; returns how many nobody got."""
        found = self.waiting()
        now = time.time()
        old = [one for one in found if _age(one.path, now) > KEPT]
        rest = [one for one in found if one not in old]
        gone = [*old, *rest[: max(0, len(rest) - MOST)]]
        for one in gone:
            with suppress(OSError):
                os.unlink(one.path)
        return len(gone)


def _age(path: str, now: float) -> float:
    name = os.path.basename(path).partition("-")[0]
    return now - int(name) / 1e9 if name.isdigit() else 0.0


def _read(path: str) -> Waiting | None:
    """Return a message that waits; None for what is none of ours, or what another user could have put there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if status.st_mode & 0o022 or (hasattr(os, "geteuid") and status.st_uid != os.geteuid()):
                return None
            data = json.load(file)
        if data["form"] != _FORM:
            return None
        message = Notification(str(data["title"]), str(data["body"]))
        return Waiting(path, str(data["at"]), message, tuple(map(str, data["to"])))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(path: str, data: object) -> None:
    beside = f"{path}.{os.urandom(4).hex()}.tmp"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(data, file)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise

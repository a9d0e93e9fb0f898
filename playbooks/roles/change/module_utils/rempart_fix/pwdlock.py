"""The lock under which useradd, passwd, gpasswd and the like write the files of accounts."""

import fcntl
import os
import struct
import time
from contextlib import contextmanager
from typing import Iterator

from .contract import Refusal
from .place import Place

WAIT = 60.0
"""Seconds that we wait for the others; they wait 15 for us, so we hold it for one write."""


@contextmanager
def hold(place: Place, wait: float = 0) -> Iterator[None]:
    """Hold the lock that lckpwdf(3) takes: a POSIX lock on all of ``/etc/.pwd.lock``.

    Raises:
        Refusal: Somebody else holds it all the time; with who it is.
    """
    path = place.at("/etc/.pwd.lock")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        until = time.monotonic() + (wait or WAIT)
        while True:
            try:
                fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except (BlockingIOError, PermissionError):
                if time.monotonic() > until:
                    who = _who(handle)
                    raise Refusal(
                        f"the files of accounts are locked by {who}",
                        f"les fichiers des comptes sont verrouillés par {who}",
                    ) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)


def _who(handle: int) -> str:
    asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
    process = struct.unpack("hhqqi4x", fcntl.fcntl(handle, fcntl.F_GETLK, asked))[4]
    return describe_process(process)


def describe_process(process: int) -> str:
    """Return the name and number of a process."""
    try:
        with open(f"/proc/{process}/comm") as file:
            return f"{file.read().strip()} ({process})"
    except OSError:
        return f"process {process}" if process > 0 else "another process"

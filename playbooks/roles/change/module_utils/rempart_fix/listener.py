"""Whether a server has been loaded anew: by the image that its process runs, and whether it listens.

Source: proc(5), ``/proc/PID/stat`` field 26 (``startcode``), ``/proc/PID/auxv``, ``/proc/net/tcp`` (state 0A: listens).
A server that gets HUP executes itself: the process stays, addresses of its image are drawn anew.
"""

import os
from typing import NamedTuple, Set


class Run(NamedTuple):
    """A process as it runs now.

    Attributes:
        pid: Its number.
        image: What changes where it executes itself anew; ``b""`` where it can't be seen.
        listens: Whether a TCP socket of its listens.
    """

    pid: int
    image: bytes
    listens: bool


def see(pid: int) -> Run:
    """Return how a process runs."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            start = file.read().rpartition(b")")[2].split()[23]
        with open(f"/proc/{pid}/auxv", "rb") as file:
            image = start + file.read()
    except (OSError, IndexError):
        return Run(pid, b"", listens=False)
    return Run(pid, image, listens=bool(_sockets(pid) & _listening()))


def _sockets(pid: int) -> Set[str]:
    found = set()
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            try:
                to = os.readlink(f"/proc/{pid}/fd/{name}")
            except OSError:
                continue
            if to.startswith("socket:["):
                found.add(to[8:-1])
    except OSError:
        pass
    return found


def _listening() -> Set[str]:
    found: Set[str] = set()
    for name in ("tcp", "tcp6"):
        try:
            with open(f"/proc/net/{name}") as file:
                rows = [line.split() for line in file][1:]
        except OSError:
            continue
        found.update(row[9] for row in rows if row[3] == "0A")
    return found

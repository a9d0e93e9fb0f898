"""Who would lose something by an option of a mount: programs that run from it, devices that are open there."""

import os
import stat
from typing import Iterator, List, Tuple

from .place import Place
from .resolve.fstab import Mount

_RIGHTS = ("sudo", "su", "doas", "pkexec", "passwd", "mount", "umount", "newgrp")
"""Programs that people become root by, or that need its rights: on what is mounted nosuid they do nothing."""


def find_running(mount: Mount, place: Place) -> List[str]:
    """Return the programs that have code of a mount in memory, each with its process: ``python3 (812)``."""
    major, _, minor = mount.number.partition(":")
    number = f"{int(major):02x}:{int(minor):02x}" if major.isdigit() and minor.isdigit() else ""
    found = []
    for pid, folder in _processes(place):
        try:
            with open(f"{folder}/maps", errors="replace") as file:
                lines = [line.split(None, 5) for line in file]
        except OSError:
            continue  # it has ended
        if any(len(one) == 6 and "x" in one[1] and one[3] == number and _lies_in(one[5], mount) for one in lines):
            found.append(_name(pid, folder))
    return found


def find_devices(mount: Mount, place: Place) -> List[str]:
    """Return the programs that have a device open that lies on a mount."""
    found = []
    for pid, folder in _processes(place):
        try:
            handles = os.listdir(f"{folder}/fd")
        except OSError:
            continue
        if any(_is_device(f"{folder}/fd/{one}", mount) for one in handles):
            found.append(_name(pid, folder))
    return found


def find_rights(points: List[str], point: str, place: Place) -> List[str]:
    """Return the programs of :data:`_RIGHTS` that lie on the mount at a point.

    Args:
        points: All that is mounted.
        point: The one that is asked about.
        place: Of the change.
    """
    found = []
    for folder in ("/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin", "/sbin"):
        for name in _RIGHTS:
            path = f"{folder}/{name}"
            if os.path.exists(place.at(path)):
                real = _real(place, path)
                over = [one for one in points if real.startswith(one.rstrip("/") + "/")]
                if over and max(over, key=len) == point:
                    found.append(real)
    return sorted(set(found))


def _real(place: Place, path: str) -> str:
    real = os.path.realpath(place.at(path))
    return real if place.root == "/" else "/" + os.path.relpath(real, place.root)


def _processes(place: Place) -> Iterator[Tuple[str, str]]:
    top = place.at("/proc")
    names = os.listdir(top) if os.path.isdir(top) else []
    return ((name, f"{top}/{name}") for name in sorted(names) if name.isdigit())


def _lies_in(path: str, mount: Mount) -> bool:
    return path.startswith(mount.point.rstrip("/") + "/")


def _is_device(handle: str, mount: Mount) -> bool:
    try:
        if not _lies_in(os.readlink(handle), mount):
            return False
        mode = os.stat(handle).st_mode
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISBLK(mode)


def _name(pid: str, folder: str) -> str:
    try:
        with open(f"{folder}/comm", errors="replace") as file:
            return f"{file.read().strip()} ({pid})"
    except OSError:
        return pid

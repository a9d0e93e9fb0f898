"""Logs that a purge of packages would take: what happened on a machine stays told, whoever wrote it down.

Each gets a second name (a hard link) before the purge, and its own again after it. What a run that was cut off has left
under its second name gets its own at the next undo.
"""

import os
import stat
from contextlib import suppress
from typing import Iterator, Sequence, Tuple

from .place import Place, make_private

_FOLDER = "/var/log/.rempart-kept"


def is_log(path: str, place: Place) -> bool:
    """Tell whether a path is a file of logs."""
    try:
        return path.startswith("/var/log/") and stat.S_ISREG(os.lstat(place.at(path)).st_mode)
    except OSError:
        return False


def keep(paths: Sequence[str], place: Place) -> None:
    """Give each a second name.

    Raises:
        OSError: One can't have any; none is lost.
    """
    if paths:
        make_private(place.at(_FOLDER))
    for path in paths:
        folder = ""
        for part in os.path.dirname(path).split("/")[1:]:
            folder += f"/{part}"
            _make_like(place.at(_FOLDER + folder), place.at(folder))
        with suppress(FileExistsError):
            os.link(place.at(path), place.at(_FOLDER + path), follow_symlinks=False)


def give_back(place: Place) -> None:
    """Give all their own names again; what lies there by now stays there.

    Files, and folders on the way to them, whose account is gone become root's.
    """
    for second, path in list(_list_kept(place)):
        with suppress(OSError):
            folder = ""
            for part in os.path.dirname(path).split("/")[1:]:
                folder += f"/{part}"
                _make_like(place.at(folder), place.at(_FOLDER + folder))
                if folder.startswith("/var/log/"):
                    _adopt(place.at(folder), place)
            if not os.path.lexists(place.at(path)):
                os.rename(second, place.at(path))
                _adopt(place.at(path), place)
            elif os.path.samestat(os.lstat(second), os.lstat(place.at(path))):
                os.unlink(second)
    for where, _, _ in os.walk(place.at(_FOLDER), topdown=False):
        with suppress(OSError):  # something lies there still
            os.rmdir(where)


def _list_kept(place: Place) -> Iterator[Tuple[str, str]]:
    top = place.at(_FOLDER)
    for where, _, names in os.walk(top):
        for name in names:
            second = os.path.join(where, name)
            yield second, second[len(top) :]


def _make_like(folder: str, like: str) -> None:
    """Make a folder with owner and mode of another, where it is not there."""
    with suppress(FileExistsError):
        os.mkdir(folder, 0o700)
        found = os.lstat(like)
        os.chown(folder, found.st_uid, found.st_gid)
        os.chmod(folder, stat.S_IMODE(found.st_mode))


def _adopt(path: str, place: Place) -> None:
    """Give to root what an account or group had that a purge has removed: the next one of that number is a stranger."""
    found = os.lstat(path)
    numbers = []
    for file, number in (("passwd", found.st_uid), ("group", found.st_gid)):
        with open(place.at(f"/etc/{file}"), encoding="utf-8", errors="replace") as lines:
            known = any(line.split(":")[2:3] == [str(number)] for line in lines)
        numbers.append(number if known else 0)
    if numbers != [found.st_uid, found.st_gid]:
        os.chown(path, numbers[0], numbers[1], follow_symlinks=False)

"""Who can have put a file where it lies. Source: path_resolution(7), inode(7).

A socket or a program that others can write, or that lies where others can put one, may be anybody's, and an audit of
anybody's answers proves nothing. So its owner must be root or this user, and nobody else may write it or a directory
above it.
"""

import os
import stat
import sys

from rempart_agent.channels.stream import Gone, Refused
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

assert sys.platform != "win32"  # noqa: S101 - a module for POSIX; this is how a type checker is told


def check_place(path: str) -> str:
    """Return where ``path`` really lies, if nobody but root and this user can have put it there.

    Raises:
        Refused: somebody else can have, or can write it.
        Gone: nothing is there.
    """
    try:
        real = os.path.realpath(path)
        status = os.lstat(real)
    except PermissionError as error:
        raise Refused(Message("stream.no_look", path=path)) from error
    except (OSError, ValueError) as error:
        why = reason_of(error) if isinstance(error, OSError) else str(error)
        raise Gone(Message("file.failed", path=path, error=why)) from error
    owners = {0, os.geteuid()}
    if status.st_uid not in owners:
        raise Refused(Message("stream.owner", path=path, user=str(status.st_uid)))
    folder = os.path.dirname(real)
    # In a folder that nobody else may enter, as osqueryi's for one run, umask 0002 opens a socket to nobody.
    if _others_write(status) and not _is_shut(folder, owners):
        raise Refused(Message("stream.others_write", path=path, mode=f"{stat.S_IMODE(status.st_mode):04o}"))
    while True:
        status = os.stat(folder)
        if status.st_uid not in owners:
            raise Refused(Message("stream.folder_owner", path=path, folder=folder, user=str(status.st_uid)))
        if _others_write(status) and not status.st_mode & stat.S_ISVTX:
            raise Refused(Message("stream.folder_write", path=path, folder=folder))
        if folder == os.path.dirname(folder):
            return real
        folder = os.path.dirname(folder)


def _is_shut(folder: str, owners: set[int]) -> bool:
    """Tell whether a directory lets nobody but its owner in, and the owner is one of these."""
    status = os.stat(folder)
    return status.st_uid in owners and not status.st_mode & (stat.S_IXGRP | stat.S_IXOTH)


def _others_write(status: os.stat_result) -> bool:
    """Tell whether anybody but the owner and root's group may write."""
    return bool(status.st_mode & stat.S_IWOTH or (status.st_mode & stat.S_IWGRP and status.st_gid != 0))

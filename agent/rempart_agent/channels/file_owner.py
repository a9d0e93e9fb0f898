"""Who can have put a file where it lies. Source: path_resolution(7), inode(7).

A socket or a program that others can write, or that lies where others can put one, may be anybody's, and an audit of
anybody's answers proves nothing. So its owner must be root or this user, and nobody else may write it or a directory
above it.
"""

import os
import stat
import sys

from rempart_agent.channels.stream import Gone, Refused

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
        raise Refused(f"{path}: may not be looked at by this user") from error
    except (OSError, ValueError) as error:
        raise Gone(f"{path}: {(error.strerror if isinstance(error, OSError) else '') or error}") from error
    owners = {0, os.geteuid()}
    if status.st_uid not in owners:
        raise Refused(f"{path}: belongs to user {status.st_uid}, who is neither root nor this user")
    folder = os.path.dirname(real)
    # In a folder that nobody else may enter, as osqueryi's for one run, umask 0002 opens a socket to nobody.
    if _others_write(status) and not _is_shut(folder, owners):
        raise Refused(f"{path}: others can write it (mode {stat.S_IMODE(status.st_mode):04o})")
    while True:
        status = os.stat(folder)
        if status.st_uid not in owners:
            raise Refused(f"{path}: {folder} belongs to user {status.st_uid}, who could put another one there")
        if _others_write(status) and not status.st_mode & stat.S_ISVTX:
            raise Refused(f"{path}: others can write {folder}, and so put another one there")
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

"""Files that ``rempart schedule`` writes. Each says so in its first line, with a digest of the rest.

A file without that line, or one that was changed since, is somebody's: it is neither overwritten nor taken away.
"""

import hashlib
import os
import re
import stat

from rempart_core.error import ScheduleError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

_LINE = re.compile(r"# Written by rempart schedule \((?P<digest>[0-9a-f]{16})\)[^\n]*\n")


def sign(text: str) -> str:
    """Return the text with its first line."""
    return f"# Written by rempart schedule ({_digest(text)}), which changes and removes it while this stands.\n{text}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_there(path: str) -> bool:
    """Tell whether a file of ours is there.

    Raises:
        ScheduleError: Something else is there, or it can't be looked at.
    """
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise ScheduleError(Message("schedule.not_regular", path=path))
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(1_000_000)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ScheduleError(Message("file.failed", path=path, error=reason_of(error))) from error
    found = _LINE.match(text)
    if not found:
        raise ScheduleError(Message("schedule.foreign", path=path))
    if found["digest"] != _digest(text[found.end() :]):
        raise ScheduleError(Message("schedule.edited", path=path))
    return True


def write_file(path: str, text: str) -> None:
    """Write a file whole, or not at all, for all to read.

    Args:
        path: The file.
        text: All of it.

    Raises:
        ScheduleError: It can't be written.
    """
    beside = f"{path}.{os.urandom(6).hex()}.tmp"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                os.chmod(beside, 0o644)  # whatever the umask is: cron and systemd read it
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.rename(beside, path)
        except OSError:
            os.unlink(beside)
            raise
    except OSError as error:
        raise ScheduleError(Message("file.failed", path=path, error=reason_of(error))) from error


def remove_file(path: str) -> None:
    """Take a file away.

    Raises:
        ScheduleError: It can't be done.
    """
    try:
        os.unlink(path)
    except OSError as error:
        raise ScheduleError(Message("file.failed", path=path, error=reason_of(error))) from error

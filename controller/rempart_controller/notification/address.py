"""Where messages go: Apprise's URLs, from the command line or from a file that only its owner may read."""

import os
import stat
import sys
from collections.abc import Sequence

from rempart_core.error import UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of

_LONGEST = 100_000


def read_addresses(given: Sequence[str], files: Sequence[str], owner: int | None = None) -> list[str]:
    """Return the URLs that messages go to, each once.

    Args:
        given: URLs.
        files: Files with a URL a line; empty lines and those that begin with ``#`` do not count.
        owner: User id that the files must belong to; None for ours. Root's are good for anybody.

    Raises:
        UsageError: A file can't be read, is another's, may be read or written by others, or holds none.
    """
    found = list(given)
    for path in files:
        found += _read(path, owner)
    return list(dict.fromkeys(found))


def _read(path: str, owner: int | None) -> list[str]:
    try:
        # A pipe without a writer would be waited for.
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UsageError(Message("notify.not_regular", path=path))
            if sys.platform != "win32":
                if status.st_uid not in {0, os.geteuid() if owner is None else owner}:
                    raise UsageError(Message("notify.other_owner", path=path))
                if status.st_mode & 0o077:
                    raise UsageError(Message("notify.open", path=path))
            data = file.read(_LONGEST + 1)
    except OSError as error:
        raise UsageError(Message("notify.failed", path=path, error=reason_of(error))) from error
    if len(data) > _LONGEST:
        raise UsageError(Message("notify.too_long", path=path, size=_LONGEST))
    try:
        lines = [line.strip() for line in data.decode("utf-8").splitlines()]
    except UnicodeDecodeError as error:
        raise UsageError(Message("notify.no_text", path=path)) from error
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise UsageError(Message("notify.no_url", path=path))
    return found

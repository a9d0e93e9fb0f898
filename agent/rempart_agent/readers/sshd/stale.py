"""Whether a server that runs has read its files since they last changed.

sshd reads its files when it starts and when it is told to (SIGHUP), which keeps the process and its start time. A
unit's last change of state is a start or a reload; a file changed when its inode did (ctime), and so did a folder that
an Include looks into. Without a unit only an older file is known to be loaded.
"""

import re
from typing import TYPE_CHECKING, Optional, Tuple

from rempart_agent.said import Why
from rempart_agent.source.contract import Missing, SourceError
from rempart_agent.source.target import Target

if TYPE_CHECKING:
    from rempart_agent.models.sshd.configuration import Configuration
    from rempart_agent.readers.sshd.found import Found

_PRECISION = 1.5  # the kernel tells when it started in whole seconds
_SHOW = ("systemctl", "show", "-p", "StateChangeTimestampMonotonic")


def stale(target: Target, found: "Found", configuration: "Configuration") -> Tuple[Optional[int], str]:
    """Return 1, 0 or None, and the newer file or the reason.

    1 stands for a file that changed since the server read them, 0 for none, None for what can't be told.

    Args:
        target: What is looked at.
        found: The server.
        configuration: Its files, and the folders that its Includes look into.
    """
    loaded, exact = _loaded(target, found)
    if loaded is None:
        return None, Why("nothing tells when it read its files")
    newest, path = 0.0, ""
    for source in [*configuration.sources, *configuration.folders]:
        try:
            changed = target.stat(source).st_ctime
        except Missing:
            continue
        newest, path = max((newest, path), (changed, source))
    if newest <= loaded + _PRECISION:
        return 0, ""
    if not exact:
        return None, Why("{path} changed after it started; nothing tells whether it was reloaded", path=path)
    return 1, Why("{path} changed after it was started or reloaded", path=path)


def _changed(target: Target, unit: str) -> Optional[float]:
    """Return when a unit last changed its state, in seconds since the machine started; its sleep is not counted."""
    try:
        text = target.run([*_SHOW, unit]).decode("utf-8", "replace")
    except SourceError:
        return None
    shown = re.search(r"^StateChangeTimestampMonotonic=([1-9][0-9]{0,17})$", text, re.MULTILINE)
    return int(shown.group(1)) / 1e6 if shown else None


def _loaded(target: Target, found: "Found") -> Tuple[Optional[float], bool]:
    """Return the second in which a server last read its files, and whether that is known and not a lower bound."""
    try:
        booted = re.search(r"^btime ([0-9]{1,15})$", target.text("/proc/stat"), re.MULTILINE)
        changed = _changed(target, found.unit) if found.unit else None
        if booted and changed:
            return int(booted.group(1)) + changed, True
        fields = target.text("/proc/{}/stat".format(found.pid)).rpartition(")")[2].split()
        started = int(fields[19]) / 100  # USER_HZ
    except (SourceError, ValueError, IndexError):
        return None, False
    return (int(booted.group(1)) + started, False) if booted else (None, False)

"""Reads what journald is configured with from a target, once for all tables."""

import posixpath
from typing import Dict, List

from rempart_agent.models import journald
from rempart_agent.source.contract import Loop, Missing, Unfit
from rempart_agent.source.target import Target

MAX_BYTES = 1 << 20


def settings(target: Target) -> Dict[str, journald.Setting]:
    """Return the settings of journald that count.

    Raises:
        Denied: a file may not be read.
    """
    found: Dict[str, journald.Setting] = target.shared("journald", lambda: journald.merge(_files(target)))
    return found


def _files(target: Target) -> "List[tuple[str, str]]":
    present: List[str] = []
    for folder in journald.FOLDERS:
        main = "{}/{}".format(folder, journald.NAME)
        present += [main] if _there(target, main) else []
        try:
            present += ["{}.d/{}".format(main, name) for name in target.listdir(main + ".d")]
        except (Missing, Loop):
            continue
    read = []
    for path in journald.order(present):
        if _masked(target, path):
            continue
        try:
            read.append((path, target.text(path, MAX_BYTES)))
        except (Missing, Loop):  # a link to nowhere
            continue
    return read


def _there(target: Target, path: str) -> bool:
    try:
        return target.exists(path)
    except Loop:
        return False


def _masked(target: Target, path: str) -> bool:
    """Tell whether a file is a link to /dev/null, which stands for an empty one."""
    try:
        return posixpath.normpath(target.readlink(path)) == "/dev/null"
    except (Missing, Unfit):  # no link, which is the common case
        return False

"""What is found anywhere on local disks, and the rights that are taken from it: what all write, what root runs."""

import os
import stat
from typing import Any, Callable, Dict, Iterator, Mapping, Tuple

from .. import acl, calls
from ..mounts import plan
from ..sight import Sight
from ..walk import Bounds, Seen, Walk

Wish = Dict[str, Any]
"""What a file or folder shall have, in the words of ``modes``."""
Found = Iterator[Tuple[str, Wish]]
SYSTEM = (
    *("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32"),
    *("/usr/lib64", "/usr/libx32", "/usr/libexec", "/usr/games", "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib"),
    *("/usr/local/lib64", "/usr/local/libexec", "/usr/local/games"),
)
"""Folders of programs and libraries that root and others run: those of the table ``rempart_walk``."""


def world_writable(spec: Mapping[str, Any], sight: Sight) -> Found:
    """Yield what all may write: files and folders are closed to them; a folder of the system gets the sticky bit.

    ``{owner_most, accepted, entries, seconds}``: the greatest user id that is the system's.
    """
    most, accepted = int(spec.get("owner_most", 999)), set(spec.get("accepted") or [])
    for path, status, _ in _walk(spec, sight):
        mode = status.st_mode
        if not mode & 0o002 or path in accepted:
            continue
        if not stat.S_ISDIR(mode) or status.st_uid > most:
            yield path, {"mode": "o-w"}
        elif not mode & stat.S_ISVTX:
            yield path, {"mode": "o+t"}


def system_programs(spec: Mapping[str, Any], sight: Sight) -> Found:
    """Yield programs and libraries that somebody else than root has or writes: root's, and nobody else writes.

    ``{accepted, entries, seconds}``. A program that gives its owner's or group's rights keeps both. So does what would
    be closed to its owner or group then: others may not read or run it.
    """
    accepted = set(spec.get("accepted") or [])
    for path, status, opened in _walk(spec, sight, _leads_to_programs):
        if path in accepted or not _is_program(path):
            continue
        dressed: Dict[str, Any] = {}
        handle = -1
        try:
            handle = opened()
            dressed = calls.see_dress(handle)["xattrs"]
        except OSError:
            continue  # gone, or a link by now
        finally:
            if handle >= 0:
                os.close(handle)
        wish = _close(status, dressed)
        if wish:
            yield path, wish


def _is_program(path: str) -> bool:
    return any(path == one or path.startswith(one + "/") for one in SYSTEM)


def _leads_to_programs(path: str) -> bool:
    return _is_program(path) or any(one.startswith(path.rstrip("/") + "/") for one in SYSTEM)


def _close(status: os.stat_result, xattrs: Mapping[str, str]) -> Wish:
    mode, lists = status.st_mode, any(name in xattrs for name in acl.NAMES)
    wish: Wish = {}
    taken = [word for word, bit in (("g-w", 0o020), ("o-w", 0o002)) if mode & bit]
    if taken:
        wish["mode"] = ",".join(taken)
    if lists:
        wish["acl"] = {"rights": "w"}
    gives = stat.S_ISREG(mode) and (mode & 0o6000 or "security.capability" in xattrs)
    if gives:
        return wish
    own, group, others = mode >> 6 & 5, mode >> 3 & 5, mode & 5
    if status.st_uid and not own & ~others:
        wish["owner"] = "0"
    if status.st_gid and not group & ~others:
        wish["group"] = "0"
    return wish


def _walk(spec: Mapping[str, Any], sight: Sight, enters: Callable[[str], bool] = lambda _: True) -> Iterator[Seen]:
    root = os.path.realpath(sight.place.root)
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
        visits = plan(file.read(), root)
    bounds = Bounds(int(spec.get("entries", 5_000_000)), float(spec.get("seconds", 90)))
    return Walk(visits, root, bounds, enters).run()


RULES = {"world_writable": world_writable, "system_programs": system_programs}

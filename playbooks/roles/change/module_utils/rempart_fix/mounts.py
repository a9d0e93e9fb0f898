"""Which mounted file systems a fix goes through: those that keep an owner and a mode for each file, on local disks.

These are the ones that the table ``rempart_walk`` visits on a running machine; a test holds both against each other.
Source: ``/proc/self/mountinfo`` (proc_pid_mountinfo(5)).
"""

import re
from typing import Dict, FrozenSet, List, NamedTuple, Tuple

LOCAL = frozenset(
    (
        *("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "nilfs2", "bcachefs", "reiserfs", "zfs", "overlay"),
        *("tmpfs", "ramfs", "rootfs", "aufs", "devtmpfs"),
    )
)
UNOWNED = frozenset(("vfat", "msdos", "exfat", "ntfs3", "hfsplus", "udf"))
"""Local ones whose modes and owners are those of a mount option: what is found there is left to people."""
_ESCAPE = re.compile(r"\\([0-7]{3})")


class Mount(NamedTuple):
    """A mount.

    Attributes:
        id: The kernel's number of it.
        parent: That of the one it lies on.
        device: Major and minor number.
        root: Which folder of its file system it shows.
        path: Where.
        type: Of the file system.
        fixed: Whether nothing can be written there.
    """

    id: str
    parent: str
    device: str
    root: str
    path: str
    type: str
    fixed: bool


class Plan(NamedTuple):
    """What is gone through.

    Attributes:
        tops: Where a visit begins, and the number of the mount that has to lie there.
        edges: All mount points: a visit does not go on behind one.
    """

    tops: Tuple[Tuple[str, str], ...]
    edges: FrozenSet[str]


def plan(text: str, base: str) -> Plan:
    """Return what of a folder and all below it is gone through, each part of a file system once.

    Args:
        text: mountinfo.
        base: The folder, without links.
    """
    last = _visible(_parse(text))
    inside = [one for path, one in sorted(last.items()) if _within(path, base)]
    holder = _holder(last, base)
    tops = [] if holder is None or holder.type not in LOCAL or holder.fixed else [(base, holder.id)]
    whole: List[Mount] = []
    for one in sorted(inside, key=lambda one: (len(one.root), one.path)):
        known = any(_shows(other, one, last) for other in whole)
        if one.type not in LOCAL or one.fixed or known:
            continue  # remote, made up, without owners, or a part of one that is visited elsewhere: a bind mount
        whole.append(one)
        if one.path != base:
            tops.append((one.path, one.id))
    return Plan(tuple(sorted(tops)), frozenset(one.path for one in inside if one.path != base))


def _parse(text: str) -> List[Mount]:
    found = []
    for line in text.split("\n"):
        left, _, right = line.partition(" - ")
        fields, more = left.split(" "), right.split(" ")
        if len(fields) < 6 or not more[0]:
            continue
        root, path = (_unescape(one) for one in fields[3:5])
        fixed = "ro" in fields[5].split(",") or (len(more) > 2 and "ro" in more[2].split(","))
        found.append(Mount(fields[0], fields[1], fields[2], root, path, more[0], fixed))
    return found


def _unescape(field: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found.group(1), 8) & 0xFF), field)


def _visible(mounts: List[Mount]) -> Dict[str, Mount]:
    """Return the mounts that are seen, by path: what is mounted over another, or over a folder above it, hides it."""
    by_id = {one.id: one for one in mounts}
    last = {one.path: one for one in mounts}
    seen: Dict[str, Mount] = {}
    for path, one in sorted(last.items()):
        parent = by_id.get(one.parent)
        while parent and parent.path == path and parent is not one:
            parent = by_id.get(parent.parent)
        above = path
        while above != "/":
            above = above.rpartition("/")[0] or "/"
            if above in last:
                break
        holder = last.get(above) if path != "/" else None
        if parent is None or holder is None or holder is parent:
            seen[path] = one
    return seen


def _shows(one: Mount, part: Mount, last: Dict[str, Mount]) -> bool:
    """Tell whether a mount shows what another does, where no mount hides it: of a folder on itself none does."""
    if one.device != part.device or not _within(part.root, one.root):
        return False
    path = one.path.rstrip("/") + "/" + part.root[len(one.root.rstrip("/")) :].strip("/")
    path = path.rstrip("/") or "/"
    while path != one.path:
        if path in last:
            return False
        path = path.rpartition("/")[0] or "/"
    return True


def _within(path: str, base: str) -> bool:
    return path == base or path.startswith(base.rstrip("/") + "/")


def _holder(last: Dict[str, Mount], base: str) -> "Mount | None":
    """Return the mount that a folder lies on."""
    path = base
    while path not in last and path != "/":
        path = path.rpartition("/")[0] or "/"
    return last.get(path)

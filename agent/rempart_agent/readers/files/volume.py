"""Which mounted file systems a walk visits, and which it passes by.

Source: ``/proc/self/mountinfo`` (proc_pid_mountinfo(5)) of the machine that looks, for a running machine as for a root
filesystem: both are folders of it.
"""

import re
from typing import Dict, List, NamedTuple, Tuple

LOCAL = frozenset(
    (
        *("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "nilfs2", "bcachefs", "reiserfs", "zfs", "overlay"),
        *("vfat", "msdos", "exfat", "ntfs3", "hfsplus", "udf", "tmpfs", "ramfs", "rootfs", "aufs", "devtmpfs"),
    )
)
# On a running machine these hold packages of their own (snap); on an image, parts of the system.
_PACKED = frozenset(("squashfs",))
# What the kernel makes up: there is no program in it.
_NOTHING = frozenset(
    (
        *("proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "hugetlbfs", "debugfs", "tracefs", "securityfs"),
        *("selinuxfs", "configfs", "pstore", "bpf", "efivarfs", "fusectl", "binfmt_misc", "rpc_pipefs", "nsfs"),
        *("autofs", "fuse.portal", "fuse.gvfsd-fuse", "fuse.lxcfs"),
    )
)
_ESCAPE = re.compile(r"\\([0-7]{3})")


class Volume(NamedTuple):
    """A mounted file system.

    Attributes:
        path: Where it is mounted.
        type: Its type.
        nosuid: Whether set-id bits and capabilities have no effect on it.
        id: The kernel's number of the mount; ``""`` where none is known.
    """

    path: str
    type: str
    nosuid: bool = False
    id: str = ""


class Plan(NamedTuple):
    """What a walk does.

    Attributes:
        visited: The file systems to visit, in the order of their paths.
        skipped: Those that are passed by: remote ones, read-only images, and such of unknown types.
        edges: All mount points: a walk does not go on behind one.
    """

    visited: Tuple[Volume, ...]
    skipped: Tuple[Volume, ...]
    edges: "frozenset[str]"


class _Mount(NamedTuple):
    id: str
    parent: str
    device: str
    root: str
    volume: Volume


def plan(text: str, base: str = "/", image: bool = False) -> Plan:
    """Return what a walk of a folder and all below it does; ``base`` comes first, whatever holds it.

    Args:
        text: mountinfo.
        base: A folder of this machine, without links.
        image: Whether the machine is an image: read-only file systems of it are visited too.
    """
    visits = LOCAL | _PACKED if image else LOCAL
    last = _visible(_parse(text))
    inside = [mount for path, mount in sorted(last.items()) if _within(path, base)]
    visited = [_holder(last, base)._replace(path=base)]
    skipped: List[Volume] = []
    whole: List[_Mount] = []
    for mount in sorted(inside, key=lambda one: (len(one.root), one.volume.path)):
        volume = mount.volume
        if volume.type not in visits:
            if volume.type not in _NOTHING and volume.path != base:
                skipped.append(volume)
        elif any(_shows(one, mount, last) for one in whole):
            continue  # a part of one that is visited elsewhere: a bind mount
        else:
            whole.append(mount)
            if volume.path != base:
                visited.append(volume)
    edges = frozenset(mount.volume.path for mount in inside if mount.volume.path != base)
    return Plan((visited[0], *sorted(visited[1:])), tuple(sorted(skipped)), edges)


def _parse(text: str) -> List[_Mount]:
    found = []
    for line in text.split("\n"):
        left, _, right = line.partition(" - ")
        fields, more = left.split(" "), right.split(" ")
        if len(fields) < 6 or not more[0]:
            continue
        root, path = (_ESCAPE.sub(lambda m: chr(int(m.group(1), 8) & 0xFF), field) for field in fields[3:5])
        volume = Volume(path, more[0], "nosuid" in fields[5].split(","), fields[0])
        found.append(_Mount(fields[0], fields[1], fields[2], root, volume))
    return found


def _visible(mounts: List[_Mount]) -> Dict[str, _Mount]:
    """Return the mounts that are seen, by path: what is mounted over another, or over a folder above it, hides it."""
    by_id = {mount.id: mount for mount in mounts}
    last = {mount.volume.path: mount for mount in mounts}
    seen: Dict[str, _Mount] = {}
    for path, mount in sorted(last.items()):
        parent = by_id.get(mount.parent)
        while parent and parent.volume.path == path and parent is not mount:
            parent = by_id.get(parent.parent)
        above = path
        while above != "/":
            above = above.rpartition("/")[0] or "/"
            if above in last:
                break
        holder = last.get(above) if path != "/" else None
        if parent is None or holder is None or holder is parent:
            seen[path] = mount
    return seen


def _shows(one: _Mount, part: _Mount, last: Dict[str, _Mount]) -> bool:
    """Tell whether a mount shows what another does, where no mount hides it: of a folder on itself none does."""
    if one.device != part.device or not _within(part.root, one.root):
        return False
    path = one.volume.path.rstrip("/") + "/" + part.root[len(one.root.rstrip("/")) :].strip("/")
    path = path.rstrip("/") or "/"
    while path != one.volume.path:
        if path in last:
            return False
        path = path.rpartition("/")[0] or "/"
    return True


def _within(path: str, base: str) -> bool:
    return path == base or path.startswith(base.rstrip("/") + "/")


def _holder(last: Dict[str, _Mount], base: str) -> Volume:
    """Return the file system that a folder lies on."""
    path = base
    while path not in last and path != "/":
        path = path.rpartition("/")[0] or "/"
    mount = last.get(path)
    return mount.volume if mount else Volume(base, "")

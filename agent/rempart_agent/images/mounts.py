"""What an image's own fstab mounts where: fstab(5), and how mount(8) names devices."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rempart_agent.images.filesystem import FileSystem
from rempart_agent.images.tree import Mounted
from rempart_agent.source.contract import Unfit

_ESCAPE = re.compile(r"\\([0-7]{3})")
_NOT_ON_DISK = frozenset(
    (
        *("proc", "sysfs", "tmpfs", "devtmpfs", "devpts", "cgroup", "cgroup2", "mqueue", "hugetlbfs", "debugfs"),
        *("tracefs", "securityfs", "configfs", "pstore", "bpf", "efivarfs", "fusectl", "binfmt_misc", "ramfs", "none"),
    )
)
_NETWORK = frozenset(
    (
        *(
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "9p",
            "ceph",
            "glusterfs",
            "afs",
            "ocfs2",
            "gfs2",
            "lustre",
            "virtiofs",
        ),
        *("fuse.sshfs", "sshfs", "fuse.glusterfs", "fuse.s3fs", "s3fs", "davfs", "fuse.davfs"),
    )
)
_PARTITION = re.compile(r"/dev/(?:sd|vd|xvd|hd)[a-z]+([0-9]*)\Z|/dev/(?:nvme[0-9]+n[0-9]+|mmcblk[0-9]+)p([0-9]+)\Z")


class Held(NamedTuple):
    """A file system of the image, and the names by which fstab may mean it.

    Attributes:
        filesystem: What it is.
        mapper: Its name below ``/dev/mapper``; ``""`` for none.
        partition: Its number on its disk; 0 for none.
        partuuid: The partition's UUID.
        partlabel: The partition's label.
        type: What kind the partition table says that it is.
    """

    filesystem: FileSystem
    mapper: str = ""
    partition: int = 0
    partuuid: str = ""
    partlabel: str = ""
    type: str = ""


def mounts_of(fstab: str, root: Held, held: Sequence[Held], disks: int) -> list[Mounted]:
    """Return what is mounted where: the root, then what fstab says, in the order of the paths.

    Args:
        fstab: The text of ``/etc/fstab``; ``""`` where there is none.
        root: The file system that ``/`` is.
        held: All of the image, the root among them.
        disks: How many disks it has: with one alone, ``/dev/sda2`` says which partition is meant.

    Raises:
        Unfit: a line means what the image does not hold, or what can't be told.
    """
    found: dict[str, Mounted] = {}
    options: tuple[str, ...] = ()
    for spec, path, kind, chosen in _lines(fstab):
        bound = bool({"bind", "rbind"} & set(chosen)) or kind == "overlay"
        if kind == "swap" or path in {"none", "swap"} or "noauto" in chosen or (kind in _NOT_ON_DISK and not bound):
            continue
        if path == "/":
            options = chosen
            continue
        if kind in _NETWORK or spec.startswith("//") or (":/" in spec and not spec.startswith("/")):
            found[path] = Mounted(path, None, kind, chosen)
            continue
        one = None if bound else _meant(spec, held, disks)
        if one is None and spec.startswith("/dev/") and "nofail" in chosen and _is_removable(spec):
            continue
        if one is None:
            raise Unfit(
                "/etc/fstab: {spec} for {path} is none of the file systems of the image",
                spec=spec[:100],
                path=path[:100],
            )
        try:
            seen = one.filesystem.mounted(chosen)
        except Unfit as error:
            raise Unfit(
                "/etc/fstab: {spec} for {path}: {error}", spec=spec[:100], path=path[:100], error=error
            ) from error
        found[path] = Mounted(path, seen, seen.kind, chosen)
    top = Mounted("/", root.filesystem, root.filesystem.kind, options)
    return [top, *(found[path] for path in sorted(found))]


def root_options(fstab: str) -> tuple[str, ...] | None:
    """Return the options of the line of fstab that mounts the root, the last one of several; None for no line."""
    found = None
    for _, path, _, options in _lines(fstab):
        found = options if path == "/" else found
    return found


def _lines(fstab: str) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Yield what each line says: a device, a path, a type, options; ``Unfit`` where a line says less."""
    for line in fstab.split("\n"):
        fields = [_ESCAPE.sub(lambda m: chr(int(m[1], 8)), one) for one in line.split()]
        if not fields or fields[0].startswith("#"):
            continue
        if len(fields) < 3:
            raise Unfit("/etc/fstab: a line that can't be understood: {line}", line=line.strip()[:100])
        path = fields[1]
        if path not in {"none", "swap"}:
            path = "/" + "/".join(part for part in path.split("/") if part)
        yield fields[0], path, fields[2], tuple(fields[3].split(",")) if len(fields) > 3 else ()


def _is_removable(spec: str) -> bool:
    return spec.startswith(("/dev/cdrom", "/dev/sr", "/dev/fd"))


def _meant(spec: str, held: Sequence[Held], disks: int) -> Held | None:
    """Return what the first field of fstab means; None where that can't be told for sure."""
    key, _, value = spec.partition("=")
    value = value.strip('"')
    match key:
        case "UUID":
            fits = [one for one in held if value and one.filesystem.uuid.lower() == value.lower()]
        case "LABEL":
            fits = [one for one in held if value and one.filesystem.label == value]
        case "PARTUUID":
            fits = [one for one in held if value and one.partuuid.lower() == value.lower()]
        case "PARTLABEL":
            fits = [one for one in held if value and one.partlabel == value]
        case _:
            fits = _by_path(spec, held, disks)
    return fits[0] if len(fits) == 1 else None


def _by_path(spec: str, held: Sequence[Held], disks: int) -> list[Held]:
    for folder, key in (("uuid", "UUID"), ("label", "LABEL"), ("partuuid", "PARTUUID"), ("partlabel", "PARTLABEL")):
        if spec.startswith(f"/dev/disk/by-{folder}/"):
            one = _meant(f"{key}={spec.rpartition('/')[2]}", held, disks)
            return [one] if one else []
    if spec.startswith("/dev/mapper/"):
        return [one for one in held if one.mapper and one.mapper == spec[len("/dev/mapper/") :]]
    number = _PARTITION.match(spec)
    if number:
        wanted = int(number[1] or number[2] or 0)
        return [one for one in held if not one.mapper and one.partition == wanted] if disks == 1 else []
    group, _, volume = spec[len("/dev/") :].partition("/") if spec.startswith("/dev/") else ("", "", "")
    mapper = f"{group.replace('-', '--')}-{volume.replace('-', '--')}"  # as dm_build_dm_name of LVM writes it
    return [one for one in held if volume and one.mapper == mapper]

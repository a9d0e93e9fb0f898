"""The machine that images hold: its volumes, its root, what is mounted where; or why that can not be told."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from rempart_agent.engine import Images
from rempart_agent.images.containers import held
from rempart_agent.images.containers.container import Container, read_container
from rempart_agent.images.containers.held import Held as HeldContainer
from rempart_agent.images.containers.held import open_held
from rempart_agent.images.disk import open_files, read_disk
from rempart_agent.images.filesystem import FileSystem, Node
from rempart_agent.images.mounts import Held, mounts_of, root_options
from rempart_agent.images.native import open_native
from rempart_agent.images.raw import RawFile, open_raw
from rempart_agent.images.recognise import EMPTY, SEVERAL, UNKNOWN, recognise
from rempart_agent.images.tree import Mounted, Tree
from rempart_agent.images.volume import Volume, list_volumes
from rempart_agent.images.windows.target import is_windows
from rempart_agent.source.contract import Missing, SourceError, Unfit

_FSTAB = 1 << 20
_SIGNS = (("etc", "os-release"), ("usr", "lib", "os-release"))
# Partitions of Windows that get no drive: its recovery environment, on GPT and MBR.
_NO_DRIVE = frozenset(("de94bba4-06d1-4d40-a16a-bfd50179d6ac", "27"))
# Partitions that hold no file system: the start of GRUB, Microsoft's reserve, PReP, swap, an extended partition.
_WITHOUT = frozenset(
    (
        "21686148-6449-6e6f-744e-656564454649",
        "e3c9e316-0b5c-4db8-817d-f92df00215ae",
        "9e1a2d38-c612-4316-aa26-8b49521e5a8b",
        "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f",
        *("05", "0f", "85", "41", "82"),
    )
)
_READ = frozenset(("ext", "xfs", "btrfs", "squashfs", "ntfs", "fat"))
_WHY = {
    "luks": "encrypted (LUKS)",
    "bitlocker": "encrypted (BitLocker)",
    "lvm": "a physical volume of LVM within a volume of LVM, which is not read",
    "raid": "part of a RAID, which is not read",
    "zfs": "part of a ZFS pool, which is not read",
    "hibernated": "the memory of a machine that was put to sleep, which is not read",
    "iso9660": "an ISO image, which is not read",
    "partitions": "a disk with partitions of its own, which is not read",
    SEVERAL: "it can be read as several things, and which one counts is not known",
    UNKNOWN: "no file system that is known here",
}


class SeveralSystems(Exception):
    """More than one file system holds a system: which is meant has to be said; exit status 2.

    Attributes:
        volumes: Their names.
    """

    def __init__(self, volumes: Sequence[str]) -> None:
        """Make one."""
        super().__init__(", ".join(volumes))
        self.volumes = tuple(volumes)


class Opened(NamedTuple):
    """An image file that is open, and not read yet.

    Attributes:
        path: Where it lies.
        container: The files of a container; None for a disk.
        disk: The files of a disk; ``()`` for a container.
        failed: Why the files of a disk could not all be found.
    """

    path: str
    container: HeldContainer | None
    disk: tuple[RawFile, ...] = ()
    failed: SourceError | None = None


def open_image(path: str) -> Opened:
    """Open an image file, as far as that needs more than to read it.

    Raises:
        SourceError: it does not exist, or may not be read.
    """
    if is_container(path):
        return Opened(path, open_held(path))
    open_raw(path).close()  # what is no file is wrong use; what a file says that can't be read is an error of the audit
    try:
        return Opened(path, None, open_files(path))
    except SourceError as error:
        return Opened(path, None, (), error)


def is_container(path: str) -> bool:
    """Tell whether a path is an archive or a layout of containers, by what it begins with.

    Raises:
        SourceError: there is no such file, or it can't be read.
    """
    return os.path.isdir(path) or held.is_container(path)


def read_machine(images: Sequence[Opened], asked: Images) -> Tree:
    """Return the tree of a machine.

    Args:
        images: Its disks, or one container.
        asked: What the user said.

    Raises:
        SourceError: what the images hold can't be read whole: nothing of it is judged then.
        SeveralSystems: it is not clear which root is meant.
        Unchosen: it is not clear which container is.
    """
    if any(one.container for one in images):
        if len(images) > 1:
            raise Unfit("several images with a container among them are no one machine")
        files = images[0].container
        assert files is not None  # noqa: S101 - as the lines above say
        container = read_container(files, asked.platform, asked.ref, asked.maximum)
        return Tree([Mounted("/", container, container.kind)])
    for image in images:
        if image.failed is not None:
            raise image.failed
    disks = [read_disk(one.disk) for one in images]
    volumes = list_volumes(disks)
    held = [(volume.name, one) for volume in volumes if (one := _held(volume)) is not None]
    root = _root(held, asked.root)
    if is_windows(root.filesystem):
        others = [one for _, one in held if one is not root and one.filesystem.kind == "ntfs"]
        unplaced = any(one.type not in _NO_DRIVE for one in others)
        return Tree([Mounted("/", root.filesystem, "ntfs")], unplaced)
    fstab = _text(root.filesystem, ("etc", "fstab"))
    return Tree(mounts_of(fstab, root, [one for _, one in held], len(disks)))


def identify_container(tree: Tree) -> dict[str, str]:
    """Return which image of a container a tree is: manifest, config, platform, and ``only``; nothing of a disk's."""
    root = tree.mounts[0].filesystem
    if not isinstance(root, Container):
        return {}
    said = root.subject
    return {"manifest": said.manifest, "config": said.config, "platform": said.platform, "only": "1" * said.only}


def _held(volume: Volume) -> Held | None:
    """Return what a volume holds; None for what has no file system by its kind."""
    part = volume.partition
    if volume.physical:
        return None  # what it holds is listed as volumes of their own
    kind = recognise(volume.layer)
    if kind in {"swap", EMPTY} or (kind == UNKNOWN and part is not None and part.type in _WITHOUT):
        return None
    found = open_native(volume.layer) if kind in _READ else None
    if found is None:
        raise Unfit(
            "{name}: {kind}",
            name=volume.name,
            kind=SourceError(_WHY[kind]) if kind in _WHY else SourceError("{kind}, which is not read", kind=kind),
        )
    if part is None:
        return Held(found, volume.mapper)
    return Held(found, volume.mapper, part.number, part.uuid, part.label, part.type)


def _root(held: Sequence[tuple[str, Held]], wanted: str) -> Held:
    if wanted:
        chosen = [(name, one) for name, one in held if wanted in {name, one.mapper, one.filesystem.label}]
        if len(chosen) == 1 and len(found := _systems(*chosen[0])) <= 1:
            return (found or chosen)[0][1]
        parts = [part for one in held for part in _parts(*one) if wanted in _names(one[0], part[0])]
        if not chosen and len(parts) == 1:
            return parts[0][1]
        raise SeveralSystems([part[0] for one in held for part in _systems(*one) or [one]])
    systems = [part for one in held for part in _systems(*one)]
    if not systems:
        raise Unfit("no system was found: no file system has an os-release, or the registry of Windows")
    if len(systems) > 1:
        raise SeveralSystems([name for name, _ in systems])
    return systems[0][1]


def _names(volume: str, part: str) -> tuple[str, ...]:
    """Return how the user may call a part of a file system: with its volume or without, ``/@`` or ``@``."""
    path = part[len(volume) + 1 :]
    return part, path, path[1:]


def _parts(name: str, held: Held) -> list[tuple[str, Held]]:
    """Return the parts of a file system that can be mounted apart, by its name and their path."""
    return [(f"{name} /{path}", held._replace(filesystem=part)) for path, part in held.filesystem.parts()]


def _systems(name: str, held: Held) -> list[tuple[str, Held]]:
    """Return what of a file system holds a system; of its subvolumes the one that the system's own fstab mounts.

    Snapshots hold the system as well, and their fstab names another subvolume. Several are returned where it is open
    which of them is meant.
    """
    found = [one for one in _parts(name, held) or [(name, held)] if _is_system(one[1].filesystem)]
    if len(found) < 2:
        return found
    default = [one for one in found if one[1].filesystem.root == held.filesystem.mounted(()).root]
    meant = [one for one in found if _mounts_itself(one[1].filesystem)]
    if not meant:
        return default or found
    return meant if default in ([], meant) else found


def _is_system(filesystem: FileSystem) -> bool:
    return is_windows(filesystem) or any(_has(filesystem, sign) for sign in _SIGNS)


def _mounts_itself(filesystem: FileSystem) -> bool:
    """Tell whether the fstab in a part of a file system mounts this very part as the root."""
    options = root_options(_text(filesystem, ("etc", "fstab")))
    try:
        return options is not None and filesystem.mounted(options).root == filesystem.root
    except Unfit:
        return False


def _has(filesystem: FileSystem, path: Sequence[str]) -> bool:
    try:
        _node(filesystem, path)
    except (Missing, Unfit):
        return False
    return True


def _node(filesystem: FileSystem, path: Sequence[str]) -> Node:
    node = filesystem.root
    for name in path:
        node = filesystem.lookup(node, name)
    return node


def _text(filesystem: FileSystem, path: Sequence[str]) -> str:
    try:
        node = _node(filesystem, path)
    except Missing:
        return ""
    size = filesystem.status(node).st_size
    if size > _FSTAB:
        raise Unfit("/{path}: larger than {fstab} bytes", path="/".join(path), fstab=_FSTAB)
    return filesystem.read(node, 0, size).decode("utf-8", "replace")


def close_all(images: Sequence[Opened]) -> None:
    """Close what ``open_image`` opened."""
    for one in images:
        if one.container is not None:
            one.container.close()
        for file in one.disk:
            file.close()

"""One tree of several file systems: which of them a path lies on, and what it is there."""

import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

from rempart_agent.images.filesystem import Entry, FileSystem, Node
from rempart_agent.images.status import on_device
from rempart_agent.source.contract import Missing, Unfit

_KEPT = 20_000


class Mounted(NamedTuple):
    """A file system where it is seen.

    Attributes:
        path: Where it is mounted: ``/``, ``/var/log``.
        filesystem: What is seen there; None for one that lies elsewhere (a network mount): nothing is known of it.
        kind: Its type, as fstab has it.
        options: How it is mounted.
    """

    path: str
    filesystem: FileSystem | None
    kind: str
    options: tuple[str, ...] = ()


class Place(NamedTuple):
    """Where a path lies.

    Attributes:
        device: The number of the file system, as ``st_dev`` tells it.
        filesystem: That one.
        node: What the path names there.
    """

    device: int
    filesystem: FileSystem
    node: Node


class Tree:
    """All that one machine would see of its disks.

    Attributes:
        mounts: What is mounted, the root first.
        unplaced: Whether there are file systems for files of which it is not known where they are seen.
    """

    def __init__(self, mounts: Sequence[Mounted], unplaced: bool = False) -> None:
        """Join file systems.

        Args:
            mounts: The first one is the root, and the others stand in the order of their paths.
            unplaced: See the attribute.
        """
        self.mounts = tuple(mounts)
        self.unplaced = unplaced
        self._at = {mount.path: number for number, mount in enumerate(self.mounts)}
        self._folders: dict[str, Place] = {}
        self._statuses: dict[tuple[int, Node], os.stat_result] = {}
        self._inside: dict[str, set[str]] = {}
        for mount in self.mounts[1:]:
            parent, _, name = mount.path.rpartition("/")
            self._inside.setdefault(parent or "/", set()).add(name)

    def find(self, path: str) -> Place:
        """Return where a path without links lies.

        Args:
            path: An absolute path, its components all real.

        Raises:
            Missing: nothing is there.
            Unfit: it lies on what is mounted from elsewhere.
            Malformed: the file system can't be understood.
        """
        known = self._folders.get(path)
        if known is not None:
            return known
        number = self._at.get(path)
        if number is not None:
            found = self._top(number)
        else:
            parent, _, name = path.rpartition("/")
            above = self.find(parent or "/")
            try:
                found = above._replace(node=above.filesystem.lookup(above.node, name))
            except Missing:
                raise Missing("{path}: does not exist", path=path) from None
        if len(self._folders) > _KEPT:
            self._folders.clear()
        if number is not None or stat.S_ISDIR(self.status_of(found).st_mode):
            self._folders[path] = found
        return found

    def _top(self, number: int) -> Place:
        mount = self.mounts[number]
        if mount.filesystem is None:
            raise Unfit(
                "{path}: is mounted from elsewhere ({kind}), which the image does not hold",
                path=mount.path,
                kind=mount.kind,
            )
        return Place(number + 1, mount.filesystem, mount.filesystem.root)

    def status(self, path: str) -> os.stat_result:
        """Return what ``lstat(2)`` says of a path without links."""
        return self.status_of(self.find(path))

    def status_of(self, place: Place) -> os.stat_result:
        """Return the status of what stands at a place, with the number of its file system; the last ones are kept."""
        key = place.device, place.node
        found = self._statuses.get(key)
        if found is None:
            found = on_device(place.filesystem.status(place.node), place.device)
            if len(self._statuses) > _KEPT:
                self._statuses.clear()
            self._statuses[key] = found
        return found

    def entries(self, path: str) -> list[Entry]:
        """Return the names in a folder; a mount point that has no folder there is among them."""
        place = self.find(path)
        found = place.filesystem.entries(place.node)
        names = self._inside.get(path, set()) - {entry.name for entry in found}
        return [*found, *(Entry(name, 0) for name in sorted(names))]

    def entry(self, path: str, entry: Entry) -> Place:
        """Return the place of one entry of a folder; raises as ``find`` does.

        Args:
            path: The folder.
            entry: One that ``entries`` gave.
        """
        below = path.rstrip("/") + "/" + entry.name
        if below in self._at:
            return self.find(below)
        return self.find(path)._replace(node=entry.node)

    def is_mount(self, path: str) -> bool:
        """Tell whether something is mounted at a path."""
        return path in self._at

    def close(self) -> None:
        """Close all file systems."""
        for mount in self.mounts:
            if mount.filesystem is not None:
                mount.filesystem.close()

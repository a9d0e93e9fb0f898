"""The contract of every file system that an image may hold: nodes by number, as its own structures name them.

A path means nothing here: the tree above looks names up one by one, follows links, and goes over to what is mounted.
All methods raise ``SourceError`` and nothing else; what a file system says that can't be true is ``Malformed``.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rempart_agent.source.contract import Malformed

Node = int
"""An inode's number, or whatever number a file system tells its files apart by."""


class Entry(NamedTuple):
    """One name in a folder.

    Attributes:
        name: As the disk has it; bytes that are no UTF-8 are kept (``surrogateescape``).
        node: What it names.
    """

    name: str
    node: Node


class Stored(NamedTuple):
    """One stored file, as a search of the whole image sees it.

    Attributes:
        path: Its path within the file system, one of several where it has several names.
        node: What it is.
        origin: The digest of the container's layer that holds it (``sha256:…``); ``""`` where there are no layers.
        deleted: Whether a later layer hides it: it is shipped all the same.
    """

    path: str
    node: Node
    origin: str = ""
    deleted: bool = False


class FileSystem:
    """One file system of an image.

    Attributes:
        kind: ``ext4``, ``xfs``, ``btrfs``, ``squashfs``, ``ntfs``, ``vfat``, ``layers``.
        name: How a report calls it, after the layer it lies on.
        uuid: As fstab and blkid write it; ``""`` where it has none.
        label: As it is set; ``""`` for none.
        root: The node of its top folder.
    """

    kind: str
    name: str
    uuid: str = ""
    label: str = ""
    root: Node

    def status(self, node: Node) -> os.stat_result:
        """Return what ``lstat(2)`` would say of a node, its ``st_dev`` 0; times in seconds, sizes in bytes."""
        raise NotImplementedError

    def entries(self, folder: Node) -> list[Entry]:
        """Return the names in a folder, in any order, without ``.`` and ``..``."""
        raise NotImplementedError

    def lookup(self, folder: Node, name: str) -> Node:
        """Return what a name in a folder stands for; ``Missing`` where it has no such name.

        Args:
            folder: The folder's node.
            name: The name, as ``entries`` has it; upper and lower case differ.

        Raises:
            SourceError: The folder can't be read, or is none.
        """
        raise NotImplementedError

    def read(self, node: Node, offset: int, size: int) -> bytes:
        """Return the bytes of a regular file from ``offset`` on: ``size`` of them, fewer only at its end.

        Args:
            node: The file.
            offset: Where to begin, in bytes.
            size: How many bytes are wanted.

        Raises:
            SourceError: They can't be read: nothing is made up for them.
        """
        raise NotImplementedError

    def readlink(self, node: Node) -> str:
        """Return where a symbolic link points, as it is written."""
        raise NotImplementedError

    def xattr(self, node: Node, name: str) -> bytes | None:
        """Return an extended attribute by its full name (``security.capability``); None where there is none.

        Args:
            node: Any node.
            name: The attribute, with its namespace.

        Raises:
            SourceError: Attributes can't be read.
        """
        raise NotImplementedError

    def stored(self) -> Iterator[Stored]:
        """Yield every regular file once, in the order in which it lies, what later layers hide among them.

        This one walks all folders and goes by the nodes' numbers; a file system that knows better does better.

        Raises:
            SourceError: A folder can't be read.
            Malformed: A folder stands in itself, or in two places.
        """
        found: dict[Node, str] = {}
        seen = {self.root}
        todo = [(self.root, "")]
        while todo:
            folder, path = todo.pop()
            for entry in self.entries(folder):
                here = f"{path}/{entry.name}"
                mode = self.status(entry.node).st_mode
                if stat.S_ISREG(mode):
                    found.setdefault(entry.node, here)
                elif stat.S_ISDIR(mode):
                    if entry.node in seen:
                        raise Malformed(
                            "{name}: {here} is a folder that stands in itself, or twice", name=self.name, here=here
                        )
                    seen.add(entry.node)
                    todo.append((entry.node, here))
        for node in sorted(found):
            yield Stored(found[node], node)

    @property
    def whole(self) -> "FileSystem":
        """The file system that this one is a part of; itself where it is none."""
        return self

    def parts(self) -> "list[tuple[str, FileSystem]]":
        """Return what of it can be mounted apart (subvolumes), each by its path in the whole; of most kinds nothing."""
        return []

    def mounted(self, options: Sequence[str]) -> "FileSystem":
        """Return what is seen where it is mounted: itself, unless options of mount choose a part of it.

        Raises:
            Unfit: it has no such part.
        """
        del options
        return self

    def stored_at(self, places: "Sequence[tuple[str, FileSystem]]") -> Iterator[Stored]:
        """Yield what ``stored`` does, its paths being those of the machine.

        Args:
            places: Where the file system or parts of it are mounted, and which.
        """
        above = places[0][0].rstrip("/")
        for one in self.stored():
            yield one._replace(path=above + one.path)

    def close(self) -> None:
        """Let go of what it holds. It may be called twice."""

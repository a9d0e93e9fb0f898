"""SquashFS 4.0, read by us: no library that may be used here reads it, and no program is run in the cage.

Source: the kernel's Documentation/filesystems/squashfs.rst and fs/squashfs. What the kernel would see in another way
than we do is refused: names out of order, numbers that two inodes share, folders that stand in two.
"""

import os
import stat
import struct
import sys
from array import array
from itertools import accumulate
from typing import NamedTuple

from rempart_agent.images.cache import Cache
from rempart_agent.images.filesystem import Entry, Node
from rempart_agent.images.layer import Layer
from rempart_agent.images.listed import ListedFileSystem
from rempart_agent.images.squashfs_attribute import find_attribute
from rempart_agent.images.squashfs_blocks import Blocks, Cursor
from rempart_agent.images.squashfs_inode import FOLDER, NONE, Inode, read_inode
from rempart_agent.images.squashfs_super import SuperBlock
from rempart_agent.images.status import Times, make_status
from rempart_agent.source.contract import Malformed, Missing, Unfit

_SECOND = 1_000_000_000
_MOST_FOLDER = 64 << 20
_MOST_NAMES = 1_000_000
_KEPT = 8 << 20
_INODE = 1024  # bytes that one takes when it is kept, its link apart
_MOST_BLOCKS = 4 << 20


class Content(NamedTuple):
    """Where the content of a file lies.

    Attributes:
        words: The sizes of its blocks, each with a bit for one that is not packed; 0 for one of zeros.
        starts: Where each lies.
    """

    words: "array[int]"
    starts: "array[int]"


class Squashfs(ListedFileSystem):
    """A SquashFS file system. Its nodes are known once the folder that they stand in was listed."""

    kind = "squashfs"

    def __init__(self, layer: Layer) -> None:
        """Open it.

        Args:
            layer: What it lies on.

        Raises:
            Unfit: it is cut off, or has what can't be read here.
            Malformed: its structures can't be understood.
        """
        super().__init__(layer.name)
        self._layer = layer
        self._super = SuperBlock(layer)
        self._blocks = Blocks(layer, self._super.used, self._super.unpack)
        self._inodes: Cache[Node, Inode] = Cache(_KEPT)
        self._contents: Cache[Node, Content] = Cache(_KEPT)
        self._places = array("Q", bytes(8 * (self._super.inodes + 1)))  # where each lies, and one more; 0: not known
        self._kinds = bytearray(self._super.inodes + 1)
        self._parents: dict[Node, int] = {}  # a folder and the place in it
        self._areas: dict[tuple[int, int], Node] = {}
        root = self._read(self._super.root)
        self.root = root.number
        self._learn(root.number, self._super.root, FOLDER, 0)
        self._inode(self.root)

    def _read(self, place: int) -> Inode:
        at = self._super.inode_table + (place >> 16)
        cursor = Cursor(self._blocks, at, place & 0xFFFF, self._super.folder_table)
        return read_inode(cursor, self._super.block_size, self.name)

    def _learn(self, node: Node, place: int, kind: int, where: int) -> None:
        """Remember what a name in a folder says; every name must say the same."""
        if not 0 < node <= self._super.inodes:
            raise Malformed(
                "{name}: squashfs names the inode {node} of {inodes}",
                name=self.name,
                node=node,
                inodes=self._super.inodes,
            )
        if not self._places[node]:
            self._places[node], self._kinds[node] = place + 1, kind
        elif (self._places[node], self._kinds[node]) != (place + 1, kind):
            raise Malformed("{name}: two inodes have the number {node}", name=self.name, node=node)
        if kind == FOLDER and self._parents.setdefault(node, where) != where:
            raise Malformed("{name}: the folder {node} stands in two places", name=self.name, node=node)

    def _inode(self, node: Node) -> Inode:
        found = self._inodes.get(node)
        if found is None:
            if not 0 < node <= self._super.inodes or not self._places[node]:
                raise Missing("{name}: there is no inode {node}", name=self.name, node=node)
            found = self._read(self._places[node] - 1)
            if (found.number, found.kind) != (node, self._kinds[node]):
                raise Malformed("{name}: the inode {node} is another one", name=self.name, node=node)
            self._inodes.put(node, found, _INODE + len(found.link))
        return found

    def _id(self, number: int) -> int:
        entry = self._blocks.entry(self._super.id_index, self._super.ids, number, 4)
        return int.from_bytes(entry, "little")

    def status(self, node: Node) -> os.stat_result:
        """See FileSystem.status."""
        inode = self._inode(node)
        time = inode.time * _SECOND
        owner = self._id(inode.owner[0]), self._id(inode.owner[1])
        return make_status(inode.mode, node, inode.links, owner, inode.size, Times(time, time, time), inode.device)

    def list_names(self, folder: Node) -> list[Entry]:
        """See ListedFileSystem.list_names."""
        inode = self._inode(folder)
        size = inode.size - 3  # for "." and "..", which are not written
        if size <= 0:
            return []
        if size > _MOST_FOLDER:
            raise Unfit("{name}: the folder {folder} has {size} bytes", name=self.name, folder=folder, size=size)
        if self._areas.setdefault((inode.start, inode.place), folder) != folder:
            raise Malformed("{name}: the folder {folder} has the names of another one", name=self.name, folder=folder)
        at = self._super.folder_table + inode.start
        cursor = Cursor(self._blocks, at, inode.place, self._super.folder_end)
        found: list[Entry] = []
        last = b""
        while size > 0:
            many, block, base = struct.unpack("<III", cursor.take(12))
            size -= 12
            if many >= 256:
                raise Malformed("{name}: the folder {folder} can't be understood", name=self.name, folder=folder)
            for _ in range(many + 1):
                place, apart, kind, length = struct.unpack("<HhHH", cursor.take(8))
                if length >= 256 or not 1 <= kind <= 7:
                    raise Malformed("{name}: the folder {folder} can't be understood", name=self.name, folder=folder)
                name = cursor.take(length + 1)
                size -= 9 + length
                if name <= last or name in {b".", b".."}:
                    raise Malformed(
                        "{name}: the names of the folder {folder} are not in order", name=self.name, folder=folder
                    )
                last = name
                self._learn(base + apart, block << 16 | place, kind, folder << 20 | len(found))
                found.append(Entry(name.decode("utf-8", "surrogateescape"), base + apart))
            if len(found) > _MOST_NAMES:
                raise Unfit(
                    "{name}: the folder {folder} has more than {most_names} names",
                    name=self.name,
                    folder=folder,
                    most_names=_MOST_NAMES,
                )
        if size:
            raise Malformed("{name}: the folder {folder} can't be understood", name=self.name, folder=folder)
        return found

    def read(self, node: Node, offset: int, size: int) -> bytes:
        """See FileSystem.read."""
        inode = self._inode(node)
        if not stat.S_ISREG(inode.mode):
            raise Unfit("{name}: {node} is no regular file", name=self.name, node=node)
        size = max(0, min(size, inode.size - offset))
        whole = self._super.block_size
        parts: list[bytes] = []
        while size:
            number, inside = divmod(offset, whole)
            part = self._part(inode, number, min(whole, inode.size - number * whole))[inside : inside + size]
            parts.append(part)
            offset += len(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _part(self, inode: Inode, number: int, expected: int) -> bytes:
        """Return one block of a file, or what a fragment holds of it: as many bytes as expected."""
        if number >= inode.blocks:
            found = self._fragment(inode.fragment)[inode.place : inode.place + expected]
        else:
            content = self._content(inode)
            word = content.words[number]
            if not word:
                return bytes(expected)
            found = self._blocks.data(content.starts[number], word, self._super.block_size)
        if len(found) != expected:
            raise Malformed(
                "{name}: a block of the file {number} has {count} bytes, not {expected}",
                name=self.name,
                number=inode.number,
                count=len(found),
                expected=expected,
            )
        return found

    def _content(self, inode: Inode) -> Content:
        found = self._contents.get(inode.number)
        if found is None:
            if inode.blocks > _MOST_BLOCKS:
                raise Unfit(
                    "{name}: the file {number} has {size} bytes, more than can be read",
                    name=self.name,
                    number=inode.number,
                    size=inode.size,
                )
            words = array("I")
            cursor = Cursor(self._blocks, *inode.words, self._super.folder_table)
            words.frombytes(cursor.take(4 * inode.blocks))
            if sys.byteorder == "big":
                words.byteswap()
            if inode.start + sum(word & 0xFFFFFF for word in words) > self._super.used:
                raise Malformed("{name}: the file {number} lies beyond the end", name=self.name, number=inode.number)
            found = Content(words, array("Q", accumulate((word & 0xFFFFFF for word in words), initial=inode.start)))
            self._contents.put(inode.number, found, 12 * len(words) + _INODE)
        return found

    def _fragment(self, number: int) -> bytes:
        if number == NONE or self._super.fragment_index is None:
            raise Malformed("{name}: the end of a file lies nowhere", name=self.name)
        entry = self._blocks.entry(self._super.fragment_index, self._super.fragments, number, 16)
        at, word = struct.unpack("<QI", entry[:12])
        return self._blocks.data(at, word, self._super.block_size)

    def readlink(self, node: Node) -> str:
        """See FileSystem.readlink."""
        inode = self._inode(node)
        if not stat.S_ISLNK(inode.mode):
            raise Missing("{name}: {node} is no link", name=self.name, node=node)
        return inode.link.decode("utf-8", "surrogateescape")

    def xattr(self, node: Node, name: str) -> bytes | None:
        """See FileSystem.xattr."""
        inode, index = self._inode(node), self._super.attribute_index
        if inode.attributes == NONE:
            return None
        if index is None:
            raise Malformed("{name}: the extended attributes of {node} lie nowhere", name=self.name, node=node)
        return find_attribute(self._blocks, index, inode.attributes, name)

    def close(self) -> None:
        """See FileSystem.close."""
        self._layer.close()

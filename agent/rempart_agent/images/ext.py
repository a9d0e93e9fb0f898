"""ext2, ext3 and ext4, read by us: libfsext loses attributes in the inode at the second look, and names not in UTF-8.

Source: the kernel's Documentation/filesystems/ext4 (inodes.rst, directory.rst, inlinedata.rst).
"""

import os
import stat
import struct
from collections.abc import Iterator

from rempart_agent.images import ext_attribute
from rempart_agent.images.ext_map import BlockMap, Run
from rempart_agent.images.ext_super import SuperBlock
from rempart_agent.images.filesystem import Entry, Node
from rempart_agent.images.layer import Layer
from rempart_agent.images.listed import ListedFileSystem
from rempart_agent.images.status import Times, make_status
from rempart_agent.source.contract import Malformed, Missing, Unfit

_EXTENTS, _INLINE, _ENCRYPTED, _COMPRESSED = 0x80000, 0x10000000, 0x800, 0x4
_INODE = struct.Struct("<HHIIIIIHHII")
_FAST_LINK = 60
_MAX_FOLDER = 256 << 20
_MAX_LINK = 65536
_KEPT = 512
_DATA = "system.data"


class Ext(ListedFileSystem):
    """An ext2, ext3 or ext4 file system."""

    root = 2

    def __init__(self, layer: Layer) -> None:
        """Open it.

        Args:
            layer: What it lies on.

        Raises:
            Unfit: it was not unmounted cleanly, or has what can't be read here.
            Malformed: its structures can't be understood.
        """
        super().__init__(layer.name)
        self._layer = layer
        self._super = SuperBlock(layer)
        self.kind, self.uuid, self.label = self._super.kind, self._super.uuid, self._super.label
        self._size = self._super.block_size
        self._map = BlockMap(self._block, self._size, self._super.blocks, self.name)
        self._tables: dict[int, bytes] = {}
        self._runs: dict[Node, list[Run]] = {}

    def _block(self, number: int) -> bytes:
        return self._layer.read_at(number * self._size, self._size)

    def _inode(self, node: Node) -> bytes:
        block, offset = divmod(self._super.offset_of(node), self._size)
        table = self._tables.get(block)
        if table is None:
            if len(self._tables) >= _KEPT:
                self._tables.clear()
            table = self._tables[block] = self._block(block)
        found = table[offset : offset + self._super.inode_size]
        if not found[0] and not found[1]:
            raise Malformed("{name}: the inode {node} is free", name=self.name, node=node)
        return found

    def status(self, node: Node) -> os.stat_result:
        """See FileSystem.status."""
        inode = self._inode(node)
        mode, uid, size, atime, ctime, mtime, _, gid, links, _, _ = _INODE.unpack_from(inode)
        uid_high, gid_high = struct.unpack_from("<HH", inode, 120)
        if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
            size |= struct.unpack_from("<I", inode, 108)[0] << 32
        extra = struct.unpack_from("<H", inode, 128)[0] if len(inode) > 128 else 0
        more = struct.unpack_from("<III", inode, 132) if extra >= 16 else (0, 0, 0)  # change, modification, access
        times = Times(_time(atime, more[2]), _time(mtime, more[1]), _time(ctime, more[0]))
        device = _device(inode) if stat.S_ISBLK(mode) or stat.S_ISCHR(mode) else 0
        owner = (uid | uid_high << 16, gid | gid_high << 16)
        return make_status(mode, node, links, owner, size, times, device)

    def list_names(self, folder: Node) -> list[Entry]:
        """See ListedFileSystem.list_names."""
        inode = self._inode(folder)
        flags, size = _flags(inode), self.status(folder).st_size
        if flags & _ENCRYPTED:
            raise Unfit("{name}: the folder {folder} is encrypted", name=self.name, folder=folder)
        if size > _MAX_FOLDER:
            raise Unfit("{name}: the folder {folder} has {size} bytes", name=self.name, folder=folder, size=size)
        found: list[Entry] = []
        if flags & _INLINE:
            data = self._inline(inode)
            found += self._names_in(data[4:_FAST_LINK], folder)
            found += self._names_in(data[_FAST_LINK:], folder)
            return found
        data = self.read(folder, 0, size)
        for at in range(0, len(data), self._size):
            found += self._names_in(data[at : at + self._size], folder)
        return found

    def _names_in(self, block: bytes, folder: Node) -> Iterator[Entry]:
        at = 0
        while at + 8 <= len(block):
            node, length, named, _ = struct.unpack_from("<IHBB", block, at)
            if not self._super.file_types:
                (named,) = struct.unpack_from("<H", block, at + 6)
            length = 65536 if length in {0, 65535} and self._size == 65536 else length
            if length < 8 or length % 4 or at + length > len(block) or named + 8 > length:
                raise Malformed("{name}: the folder {folder} can't be understood", name=self.name, folder=folder)
            if node:
                yield Entry(block[at + 8 : at + 8 + named].decode("utf-8", "surrogateescape"), node)
            at += length

    def read(self, node: Node, offset: int, size: int) -> bytes:
        """See FileSystem.read."""
        inode = self._inode(node)
        flags, status = _flags(inode), self.status(node)
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise Unfit("{name}: {node} is no regular file", name=self.name, node=node)
        if flags & (_ENCRYPTED | _COMPRESSED):
            raise Unfit(
                "{name}: the file {node} is {value}",
                name=self.name,
                node=node,
                value="encrypted" if flags & _ENCRYPTED else "compressed",
            )
        return self._content(node, inode, status.st_size, offset, size)

    def _content(self, node: Node, inode: bytes, whole: int, offset: int, size: int) -> bytes:
        size = max(0, min(size, whole - offset))
        if not size:
            return b""
        if _flags(inode) & _INLINE:
            data = self._inline(inode)
            if len(data) < whole:
                raise Malformed("{name}: the file {node} ends before its size", name=self.name, node=node)
            return data[offset : offset + size]
        runs = self._runs.get(node)
        if runs is None:
            if len(self._runs) >= _KEPT:
                self._runs.clear()
            root = inode[40:100]
            runs = self._runs[node] = (
                self._map.extents(root)
                if _flags(inode) & _EXTENTS
                else self._map.pointers(root, -(-whole // self._size))
            )
        parts: list[bytes] = []
        end = offset + size
        for run in runs:
            first, last = run.first * self._size, (run.first + run.length) * self._size
            if last <= offset:
                continue
            if first >= end:
                break
            if first > offset:
                parts.append(bytes(first - offset))
                offset = first
            take = min(end, last) - offset
            parts.append(self._layer.read_at(run.at * self._size + offset - first, take))
            offset += take
        if offset < end:
            parts.append(bytes(end - offset))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readlink(self, node: Node) -> str:
        """See FileSystem.readlink."""
        inode, status = self._inode(node), self.status(node)
        if not stat.S_ISLNK(status.st_mode):
            raise Missing("{name}: {node} is no link", name=self.name, node=node)
        size = status.st_size
        if not 0 < size <= _MAX_LINK:
            raise Malformed("{name}: the link {node} has {size} bytes", name=self.name, node=node, size=size)
        if _flags(inode) & _ENCRYPTED:
            raise Unfit("{name}: the link {node} is encrypted", name=self.name, node=node)
        fast = size < _FAST_LINK and not _flags(inode) & (_EXTENTS | _INLINE)
        data = inode[40 : 40 + size] if fast else self._content(node, inode, size, 0, size)
        return data.decode("utf-8", "surrogateescape")

    def _attributes(self, inode: bytes) -> Iterator[tuple[str, bytes]]:
        extra = struct.unpack_from("<H", inode, 128)[0] if len(inode) > 128 else 0
        first = 128 + extra
        if extra and inode[first : first + 4] == struct.pack("<I", ext_attribute.MAGIC):
            yield from ext_attribute.attributes(inode, first + 4, first + 4, self.name)
        (low,), (high,) = struct.unpack_from("<I", inode, 104), struct.unpack_from("<H", inode, 118)
        number = high << 32 | low
        if not number:
            return
        if number >= self._super.blocks:
            raise Malformed("{name}: extended attributes lie beyond the end", name=self.name)
        block = self._block(number)
        if block[:4] != struct.pack("<I", ext_attribute.MAGIC):
            raise Malformed("{name}: a block of extended attributes can't be understood", name=self.name)
        yield from ext_attribute.attributes(block, 32, 0, self.name)

    def _inline(self, inode: bytes) -> bytes:
        """Return what lies in the inode: behind its first part, the value of an attribute."""
        return inode[40:100] + next((value for name, value in self._attributes(inode) if name == _DATA), b"")

    def xattr(self, node: Node, name: str) -> bytes | None:
        """See FileSystem.xattr."""
        for found, value in self._attributes(self._inode(node)):
            if found == name != _DATA:
                return ext_attribute.as_seen(name, value, self.name)
        return None

    def close(self) -> None:
        """See FileSystem.close."""
        self._layer.close()


def _flags(inode: bytes) -> int:
    return int(struct.unpack_from("<I", inode, 32)[0])


def _time(seconds: int, extra: int) -> int:
    """Return a time in ns: 32 bits of seconds with a sign, two more above them, and ns (inodes.rst, timestamps)."""
    return ((seconds ^ 0x80000000) - 0x80000000 + ((extra & 3) << 32)) * 1_000_000_000 + (extra >> 2)


def _device(inode: bytes) -> int:
    old, new = struct.unpack_from("<II", inode, 40)
    if old:
        return os.makedev(old >> 8 & 0xFF, old & 0xFF)
    return os.makedev(new >> 8 & 0xFFF, new & 0xFF | new >> 12 & 0xFFF00)

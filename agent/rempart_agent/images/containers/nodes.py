"""The files of all layers, in columns: a hundred thousand of them take a few megabytes."""

import os
import stat
from array import array

from rempart_agent.images.containers.number import LARGEST
from rempart_agent.images.containers.tar import Member
from rempart_agent.source.contract import Limit, Malformed

ROOT = 0
_FILE, _FOLDER = 200, 400
"""Bytes of memory that a file takes, its place in its folder with it, and that a folder takes more than a file."""
_MOST = 256 << 20
"""Bytes of memory for all files, names, targets, attributes and maps of sparse files together."""
_IMPLIED = stat.S_IFDIR | 0o755
"""What a folder is that no layer describes, as umoci and containerd make it; owned by root."""


class Nodes:
    """Nodes by number, in the order in which they are stored.

    Attributes:
        mode: Type and permissions.
        uid: Owner.
        gid: Group.
        mtime: When it was written, in nanoseconds.
        size: Its bytes.
        data: Where its bytes begin in its layer.
        layer: Which layer it is stored in, by number.
        parent: The folder that it was first named in.
        depth: How many folders a folder lies below the top.
        links: How many names it has in the end.
        name: What it was first called.
        target: Where links point.
        device: The numbers of devices.
        pieces: What is stored of sparse files: where in the file, how many bytes, where after ``data``.
        xattrs: Extended attributes.
        children: The names in folders, as the layers so far have left them.
    """

    def __init__(self) -> None:
        """Begin with an empty top folder."""
        self.mode, self.uid, self.gid = array("I"), array("I"), array("I")
        self.mtime, self.size, self.data = array("q"), array("q"), array("q")
        self.layer, self.parent, self.depth, self.links = array("H"), array("I"), array("H"), array("I")
        self.name: list[str] = []
        self.target: dict[int, str] = {}
        self.device: dict[int, int] = {}
        self.pieces: dict[int, tuple[tuple[int, int, int], ...]] = {}
        self.xattrs: dict[int, dict[str, bytes]] = {}
        self.children: dict[int, dict[str, int]] = {}
        self._names: dict[str, str] = {}
        self._used = 0
        self.add_folder(ROOT, "", 0)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.name)

    def is_folder(self, node: int) -> bool:
        """Return whether a node is a folder."""
        return node in self.children

    def is_link(self, node: int) -> bool:
        """Return whether a node is a symbolic link."""
        return stat.S_ISLNK(self.mode[node])

    def is_file(self, node: int) -> bool:
        """Return whether a node is a regular file."""
        return stat.S_ISREG(self.mode[node])

    def add_folder(self, parent: int, name: str, layer: int) -> int:
        """Add a folder that no layer describes so far.

        Args:
            parent: The node of the folder that it lies in.
            name: What it is called there.
            layer: The number of the layer that names something below it.

        Raises:
            Limit: There are too many nodes.
        """
        node = self._append(parent, name, layer)
        self._count(_FOLDER)
        self.children[node] = {}
        self.depth[node] = self.depth[parent] + 1 if node else 0
        self.forget(node)
        return node

    def add(self, member: Member, parent: int, name: str, layer: int) -> int:
        """Add what a member of a layer describes, without naming it in its folder.

        Args:
            member: The member.
            parent: The folder that it lies in.
            name: What it is called there.
            layer: The number of its layer.

        Raises:
            Malformed: It can't be what a file system holds.
            Limit: There are too many nodes, or too much text.
        """
        if member.type == stat.S_IFDIR:
            node = self.add_folder(parent, name, layer)
        else:
            node = self._append(parent, name, layer)
        self.describe(node, member, member.type)
        if member.type == stat.S_IFREG:
            self.size[node], self.data[node] = member.size, member.data
            if member.pieces is not None:
                self._add_pieces(node, member.pieces)
        elif member.type == stat.S_IFLNK:
            self._count(2 * len(member.target))
            if not 0 < len(os.fsencode(member.target)) <= 4_096:
                raise Malformed("{name} is a link to nothing that can be named", name=f"{member.name!a}")
            self.target[node], self.size[node] = member.target, len(os.fsencode(member.target))
        elif member.type in (stat.S_IFCHR, stat.S_IFBLK):
            major, minor = member.device
            if not 0 <= major < 1 << 32 or not 0 <= minor < 1 << 32:
                raise Malformed("{name} is a device of impossible numbers", name=f"{member.name!a}")
            self.device[node] = os.makedev(major, minor)
        return node

    def describe(self, node: int, member: Member, type_: int) -> None:
        """Give a node the owner, the permissions, the time and the attributes of a member.

        Args:
            node: The node.
            member: The member, which may be another name for it.
            type_: Which type the node has.

        Raises:
            Malformed: They can't be what a file system holds.
            Limit: There is too much text.
        """
        if not 0 <= member.uid < 1 << 32 or not 0 <= member.gid < 1 << 32:
            raise Malformed("{name} has an owner beyond 32 bits", name=f"{member.name!a}")
        if not -LARGEST <= member.mtime <= LARGEST or not 0 <= member.size <= LARGEST:
            raise Malformed("{name} has a time or a size beyond 64 bits", name=f"{member.name!a}")
        self.mode[node] = type_ | (0o777 if type_ == stat.S_IFLNK else member.mode)
        self.uid[node], self.gid[node], self.mtime[node] = member.uid, member.gid, member.mtime
        if member.xattrs:
            self._count(sum(2 * len(name) + len(value) + 200 for name, value in member.xattrs.items()))
            self.xattrs[node] = member.xattrs
        else:
            self.xattrs.pop(node, None)

    def forget(self, node: int) -> None:
        """Make a folder one that no layer describes; a set-group-ID bit above passes itself and the group on."""
        above = self.parent[node]
        inherited = self.mode[above] & stat.S_ISGID if node else 0
        self.mode[node], self.gid[node] = _IMPLIED | inherited, self.gid[above] if inherited else 0
        self.uid[node] = self.mtime[node] = 0
        self.xattrs.pop(node, None)

    def path(self, node: int) -> str:
        """Return the path that a node was first stored at."""
        parts = []
        while node != ROOT:
            parts.append(self.name[node])
            node = self.parent[node]
        return "/" + "/".join(reversed(parts))

    def settle(self) -> None:
        """Count the names that nodes have in the end; each that has some goes by one of these from now on."""
        self.links[ROOT] = 2
        todo = [ROOT]
        others: dict[int, tuple[int, str]] = {}
        while todo:
            folder = todo.pop()
            for name, node in self.children[folder].items():
                if (folder, name) != (self.parent[node], self.name[node]):
                    others[node] = folder, name
                if node in self.children:
                    self.links[node] = 2
                    self.links[folder] += 1
                    todo.append(node)
                else:
                    self.links[node] += 1
        for node, (folder, name) in others.items():
            first = self.parent[node]
            if not self.links[first] or self.children[first].get(self.name[node]) != node:
                self.parent[node], self.name[node] = folder, name
        self._names.clear()

    def _append(self, parent: int, name: str, layer: int) -> int:
        node = len(self.name)
        self._count(_FILE)
        known = self._names.get(name)
        if known is None:
            self._count(2 * len(name) + 100)
            known = self._names[name] = name
        self.name.append(known)
        for column in (self.mode, self.uid, self.gid, self.mtime, self.size, self.data, self.depth, self.links):
            column.append(0)
        self.layer.append(layer)
        self.parent.append(parent)
        return node

    def _add_pieces(self, node: int, pieces: tuple[tuple[int, int], ...]) -> None:
        self._count(200 * len(pieces))
        found = []
        stored = 0
        for offset, length in pieces:
            found.append((offset, length, stored))
            stored += length
        self.pieces[node] = tuple(found)

    def _count(self, size: int) -> None:
        self._used += size
        if self._used > _MOST:
            raise Limit("the files of its layers take more than {most} MiB of memory to list", most=_MOST >> 20)

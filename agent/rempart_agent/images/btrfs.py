"""Btrfs, read by us: no library that may be used here reads it, and no program is run in the cage.

One file system holds several trees of files, its subvolumes. A node is the number of an inode and, above 48 bits, which
subvolume it stands in. What the kernel would see in another way than we do is refused.

Source: the kernel's fs/btrfs and include/uapi/linux/btrfs_tree.h.
"""

import copy
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence

from rempart_agent.images.btrfs_checksum import name_hash
from rempart_agent.images.btrfs_content import Contents
from rempart_agent.images.btrfs_inode import (
    DIR_INDEX,
    DIR_ITEM,
    INODE_ITEM,
    NO_SUMS,
    ROOT_ITEM,
    XATTR_ITEM,
    Inode,
    Name,
    read_inode,
    read_names,
    read_root_item,
)
from rempart_agent.images.btrfs_subvolume import FIRST, TOP_LEVEL, Place, Subvolumes
from rempart_agent.images.btrfs_super import SuperBlock
from rempart_agent.images.btrfs_tree import TOP, Forest, Key, Reference, Tree
from rempart_agent.images.cache import Cache
from rempart_agent.images.filesystem import Entry, FileSystem, Node, Stored
from rempart_agent.images.layer import Layer
from rempart_agent.images.listed import ListedFileSystem
from rempart_agent.images.status import make_status
from rempart_agent.source.contract import Malformed, Missing, Unfit

_PART = 1 << 48
_MOST_LINK = 4096
_MOST_NAMES = 1_000_000
_KEPT = 8 << 20
_INODE = 700  # bytes that one takes when it is kept
_SUMS = 7
_FOLDER = 2  # BTRFS_FT_DIR
_ROOTS = 0x7FFF
"""Stands for a subvolume in the nodes of folders that the kernel makes up, where one stood that is not there."""


class Btrfs(ListedFileSystem):
    """A btrfs file system, seen from one of its subvolumes.

    Attributes:
        subvolume: The path of that one; ``""`` for the top level.
    """

    kind = "btrfs"

    def __init__(self, layer: Layer) -> None:
        """Open it, as it is seen from its default subvolume.

        Args:
            layer: What it lies on.

        Raises:
            Unfit: it is cut off, was not unmounted cleanly, or has what can't be read here.
            Malformed: its structures can't be understood.
        """
        super().__init__(layer.name)
        self._layer = layer
        block = SuperBlock(layer)
        self.uuid, self.label = block.uuid, block.label
        forest = Forest(layer, block)
        roots = Tree(forest, Reference(block.root, block.root_level, block.generation))
        self._subvolumes = Subvolumes(forest, roots)
        self._contents = Contents(forest, _sums(forest, roots))
        self._inodes: Cache[Node, Inode] = Cache(_KEPT)
        self._parents: dict[Node, tuple[Node, bytes]] = {}
        self._gone: list[Node] = []
        self._gone_at: dict[tuple[Node, bytes], Node] = {}
        self._whole = self
        self._see(self._subvolumes.default)

    @property
    def whole(self) -> FileSystem:
        """See FileSystem.whole."""
        return self._whole

    def parts(self) -> list[tuple[str, FileSystem]]:
        """See FileSystem.parts."""
        views = [self._view(one.number) for one in self._subvolumes.all]
        return [(view.subvolume, view) for view in views]

    def mounted(self, options: Sequence[str]) -> FileSystem:
        """See FileSystem.mounted: the options are ``subvol`` and ``subvolid`` of btrfs(5)."""
        said = dict(one.partition("=")[::2] for one in options)
        number = self._subvolumes.default
        if "subvolid" in said:
            number = _number(said["subvolid"]) or TOP_LEVEL
            if number not in self._subvolumes.index:
                raise Unfit("{name}: btrfs has no subvolume {said}", name=self.name, said=repr(said["subvolid"][:100]))
        if "subvol" in said:
            named = self._named(said["subvol"])
            if "subvolid" in said and named != number:
                raise Unfit("{name}: subvol and subvolid name different subvolumes of btrfs", name=self.name)
            number = named
        return self._view(number)

    def _named(self, path: str) -> int:
        """Return the number of the subvolume at a path from the top level on."""
        node = self._subvolumes.index[TOP_LEVEL] * _PART + FIRST
        try:
            for name in path.split("/"):
                node = self.lookup(node, name) if name else node
        except Missing:
            node = -1
        index, number = divmod(node, _PART)
        if number != FIRST or index == _ROOTS:
            raise Unfit("{name}: btrfs has no subvolume {path}", name=self.name, path=repr(path[:100]))
        return self._subvolumes.all[index].number

    def _view(self, number: int) -> "Btrfs":
        """Return this file system as it is seen from a subvolume; all that is known of it is shared."""
        view = copy.copy(self)
        view._see(number)  # noqa: SLF001 - of this very class
        return view

    def _see(self, number: int) -> None:
        self.root = self._subvolumes.index[number] * _PART + FIRST
        self.subvolume = self._subvolumes.path(number)

    def _where(self, node: Node) -> tuple[Tree, int]:
        index, number = divmod(node, _PART)
        if not 0 <= index < len(self._subvolumes.all):
            raise Missing("{name}: there is no inode {node}", name=self.name, node=node)
        return self._subvolumes.all[index].tree, number

    def _inode(self, node: Node) -> Inode:
        found = self._inodes.get(node)
        if found is None:
            if node // _PART == _ROOTS:
                found = self._made_up(node)
            else:
                tree, number = self._where(node)
                item = tree.find((number, INODE_ITEM, 0))
                if item is None:
                    raise Missing("{name}: there is no inode {number}", name=self.name, number=number)
                found = read_inode(item, self.name)
            self._inodes.put(node, found, _INODE)
        return found

    def _made_up(self, node: Node) -> Inode:
        """Return what the kernel shows where a subvolume stood: an empty folder (new_simple_dir of inode.c)."""
        if not node % _PART < len(self._gone):
            raise Missing("{name}: there is no inode {node}", name=self.name, node=node)
        above = self._inode(self._gone[node % _PART])
        return Inode(stat.S_IFDIR | 0o755, 1, above.owner, 0, above.times, 0, 0)

    def status(self, node: Node) -> os.stat_result:
        """See FileSystem.status."""
        inode = self._inode(node)
        return make_status(inode.mode, node, inode.links, inode.owner, inode.size, inode.times, inode.device)

    def list_names(self, folder: Node) -> list[Entry]:
        """See ListedFileSystem.list_names: what is listed must be what is found by name."""
        if folder // _PART == _ROOTS:
            return []
        tree, number = self._where(folder)
        by_hash: dict[bytes, tuple[Key, int]] = {}
        listed: dict[bytes, tuple[Key, int]] = {}
        for key, item in tree.items((number, DIR_ITEM, 0), (number, DIR_INDEX, TOP)):
            hashed = key[1] == DIR_ITEM
            if not hashed and key[1] != DIR_INDEX:
                raise Malformed("{name}: the folder {number} can't be understood", name=self.name, number=number)
            names = by_hash if hashed else listed
            for one in read_names(item, self.name):
                if one.name in names or (hashed and name_hash(one.name) != key[2]):
                    raise Malformed("{name}: the folder {number} can't be understood", name=self.name, number=number)
                names[one.name] = one.target, one.kind
            if len(names) > _MOST_NAMES:
                raise Unfit(
                    "{name}: the folder {number} has more than {most_names} names",
                    name=self.name,
                    number=number,
                    most_names=_MOST_NAMES,
                )
        if by_hash != listed:
            raise Malformed(
                "{name}: the names of the folder {number} are not those that are found in it",
                name=self.name,
                number=number,
            )
        return [
            Entry(name.decode("utf-8", "surrogateescape"), self._target(folder, name, target, kind))
            for name, (target, kind) in listed.items()
        ]

    def _target(self, folder: Node, name: bytes, target: Key, kind: int) -> Node:
        """Return the node that a name in a folder stands for."""
        number, what, _ = target
        if what == INODE_ITEM and FIRST < number < _PART:
            node = folder - folder % _PART + number
        elif what == ROOT_ITEM and kind == _FOLDER:
            index = self._subvolumes.index.get(number)
            stands = Place(self._subvolumes.all[folder // _PART].number, folder % _PART, name)
            if index is None or self._subvolumes.places.get(number) != stands:
                return self._nothing(folder, name)
            node = index * _PART + FIRST
        else:
            raise Malformed(
                "{name}: a name in the folder {folder} stands for what can't be", name=self.name, folder=folder % _PART
            )
        if kind == _FOLDER and self._parents.setdefault(node, (folder, name)) != (folder, name):
            raise Malformed("{name}: the folder {number} stands in two places", name=self.name, number=number)
        return node

    def _nothing(self, folder: Node, name: bytes) -> Node:
        node = self._gone_at.get((folder, name))
        if node is None:
            node = self._gone_at[folder, name] = _ROOTS * _PART + len(self._gone)
            self._gone.append(folder)
        return node

    def read(self, node: Node, offset: int, size: int) -> bytes:
        """See FileSystem.read."""
        inode = self._inode(node)
        if not stat.S_ISREG(inode.mode):
            raise Unfit("{name}: {node} is no regular file", name=self.name, node=node)
        return self._content(node, inode, offset, size)

    def _content(self, node: Node, inode: Inode, offset: int, size: int) -> bytes:
        size = max(0, min(size, inode.size - offset))
        if not size:
            return b""
        tree, number = self._where(node)
        return self._contents.read(tree, number, offset, size, not inode.flags & NO_SUMS)

    def readlink(self, node: Node) -> str:
        """See FileSystem.readlink."""
        inode = self._inode(node)
        if not stat.S_ISLNK(inode.mode):
            raise Missing("{name}: {node} is no link", name=self.name, node=node)
        if not 0 < inode.size < _MOST_LINK:
            raise Malformed("{name}: the link {node} has {size} bytes", name=self.name, node=node, size=inode.size)
        return self._content(node, inode, 0, inode.size).decode("utf-8", "surrogateescape")

    def xattr(self, node: Node, name: str) -> bytes | None:
        """See FileSystem.xattr."""
        if node // _PART == _ROOTS:
            return None
        wanted = name.encode("utf-8", "surrogateescape")
        tree, number = self._where(node)
        item = tree.find((number, XATTR_ITEM, name_hash(wanted)))
        found: list[Name] = [] if item is None else list(read_names(item, self.name))
        return next((one.value for one in found if one.name == wanted), None)

    def stored(self) -> Iterator[Stored]:
        """See FileSystem.stored: what each subvolume holds, beginning with this one."""
        return self.stored_at([("/", self)])

    def stored_at(self, places: Sequence[tuple[str, FileSystem]]) -> Iterator[Stored]:
        """See FileSystem.stored_at: subvolumes that are mounted nowhere are searched as well, by their paths.

        A file of theirs is left out where one that was yielded is stored in the same extents: snapshots share them.
        """
        todo = [(path.rstrip("/"), view.root) for path, view in places]
        walked = {root // _PART for _, root in todo}
        known: set[bytes] | None = set() if len(self._subvolumes.all) > 1 else None
        for start, root in todo:
            yield from self._files(start, root, walked, known, hidden=False)
        above = places[0][0].rstrip("/")
        for index, one in enumerate(self._subvolumes.all):
            if index not in walked:
                walked.add(index)
                path = self._subvolumes.path(one.number)
                start = f"{above}/{path}" if path else above
                yield from self._files(start, index * _PART + FIRST, walked, known, hidden=True)

    def _files(
        self, path: str, root: Node, walked: set[int], known: set[bytes] | None, *, hidden: bool
    ) -> Iterator[Stored]:
        """Yield the files below a subvolume's top folder, those of subvolumes that are walked apart left out.

        Args:
            path: Of that folder.
            root: The folder.
            walked: Which subvolumes are, or were; it grows.
            known: What the content of the files was like that were yielded; it grows. None where nobody asks.
            hidden: Leave out files whose content is known.
        """
        found: dict[Node, str] = {}
        seen = {root}
        todo = [(root, path)]
        while todo:
            folder, above = todo.pop()
            for entry in self.entries(folder):
                here, node = f"{above}/{entry.name}", entry.node
                mode = self.status(node).st_mode
                if stat.S_ISREG(mode):
                    found.setdefault(node, here)
                elif stat.S_ISDIR(mode):
                    if node in seen:
                        raise Malformed(
                            "{name}: {here} is a folder that stands in itself, or twice", name=self.name, here=here
                        )
                    seen.add(node)
                    index = node // _PART
                    if index != folder // _PART and index != _ROOTS:
                        if index in walked:
                            continue
                        walked.add(index)
                    todo.append((node, here))
        for node in sorted(found):
            if known is not None:
                like = self._like(node)
                if hidden and like in known:
                    continue
                known.add(like)
            yield Stored(found[node], node)

    def _like(self, node: Node) -> bytes:
        """Return what files have in common whose content is stored in the same place."""
        tree, number = self._where(node)
        found = hashlib.blake2b(self._inode(node).size.to_bytes(8, "little"), digest_size=16)
        for part in self._contents.fingerprint(tree, number):
            found.update(part)
        return found.digest()

    def close(self) -> None:
        """See FileSystem.close."""
        self._layer.close()


def _number(said: str) -> int:
    """Return the number of a subvolume in an option; -1 where it is none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else -1


def _sums(forest: Forest, roots: Tree) -> Tree | None:
    """Return the tree of the checksums of data; None where there is none."""
    found = roots.last((_SUMS, ROOT_ITEM, TOP))
    if found is None or found[0][:2] != (_SUMS, ROOT_ITEM):
        return None
    _, address, generation, level, _ = read_root_item(found[1], forest.name)
    return Tree(forest, Reference(address, level, generation))

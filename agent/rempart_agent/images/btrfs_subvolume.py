"""The subvolumes of btrfs: trees of files, each of which stands in a folder of another one, or may be mounted itself.

Source: struct btrfs_root_item and btrfs_root_ref of the kernel's include/uapi/linux/btrfs_tree.h; fs/btrfs/super.c
(get_default_subvol_objectid), inode.c (fixup_tree_root_location).
"""

from typing import NamedTuple

from rempart_agent.images.btrfs_checksum import name_hash
from rempart_agent.images.btrfs_inode import (
    DIR_ITEM,
    INODE_REF,
    ROOT_ITEM,
    ROOT_REF,
    read_names,
    read_reference,
    read_root_item,
    read_root_reference,
)
from rempart_agent.images.btrfs_tree import TOP, Forest, Reference, Tree
from rempart_agent.source.contract import Malformed, Unfit

TOP_LEVEL = 5
FIRST = 256
"""The first number that an inode, or a subvolume, has: of a subvolume's top folder."""

_LAST = TOP - 256
_MOST = 32_000
_DEEPEST = 256
_DEFAULT = b"default"


class Subvolume(NamedTuple):
    """A subvolume.

    Attributes:
        number: Its own.
        tree: Of its files.
    """

    number: int
    tree: Tree


class Place(NamedTuple):
    """Where a subvolume stands.

    Attributes:
        parent: The number of the subvolume that it stands in.
        folder: The inode of its folder there.
        name: Its name there.
    """

    parent: int
    folder: int
    name: bytes


class Subvolumes:
    """The subvolumes of one file system, those that are being deleted left out.

    Attributes:
        all: In the order of their numbers.
        index: Which one of them has a number.
        default: The number of the one that is mounted where none is asked for.
    """

    def __init__(self, forest: Forest, roots: Tree) -> None:
        """Read them.

        Args:
            forest: What they stand in.
            roots: The tree of roots.

        Raises:
            Malformed: they can't be understood.
            Unfit: there are too many.
        """
        self._name = forest.name
        self.all: list[Subvolume] = []
        self.places: dict[int, Place] = {}
        found: dict[int, Tree] = {}
        for (number, what, offset), item in roots.items((TOP_LEVEL, 0, 0), (_LAST, 255, TOP)):
            if what == ROOT_ITEM and (number == TOP_LEVEL or number >= FIRST):
                folder, address, generation, level, uses = read_root_item(item, forest.name)
                if not uses:
                    continue
                if folder != FIRST or level > 7:
                    raise Malformed("{name}: a subvolume of btrfs can't be understood", name=forest.name)
                found[number] = Tree(forest, Reference(address, level, generation))
            elif what == ROOT_REF:
                where = read_root_reference(item, forest.name)
                if self.places.setdefault(offset, Place(number, *where)) != Place(number, *where):
                    raise Malformed("{name}: a subvolume of btrfs stands in two places", name=forest.name)
            if len(found) > _MOST:
                raise Unfit("{name}: btrfs with more than {most} subvolumes", name=forest.name, most=_MOST)
        if TOP_LEVEL not in found:
            raise Malformed("{name}: btrfs has no tree of files", name=forest.name)
        self.all = [Subvolume(number, found[number]) for number in sorted(found)]
        self.index = {one.number: at for at, one in enumerate(self.all)}
        self.default = self._default(forest, roots)

    def _default(self, forest: Forest, roots: Tree) -> int:
        item = roots.find((forest.super.root_folder, DIR_ITEM, name_hash(_DEFAULT)))
        named = [one for one in read_names(item or b"", self._name) if one.name == _DEFAULT]
        if not named:
            return TOP_LEVEL
        number = named[0].target[0]
        if number not in self.index:
            raise Malformed("{name}: the default subvolume of btrfs does not exist", name=self._name)
        return number

    def path(self, number: int) -> str:
        """Return the path of a subvolume from the top level on, without a slash before it; ``""`` for that one.

        Raises:
            Malformed: a folder above it has no name.
        """
        names: list[bytes] = []
        while number != TOP_LEVEL:
            place = self.places.get(number)
            if place is None or place.parent not in self.index or len(names) > _DEEPEST:
                return f"subvolid={number}" if not names else self._joined(names)
            names.append(place.name)
            tree, folder = self.all[self.index[place.parent]].tree, place.folder
            while folder != FIRST and len(names) <= _DEEPEST:
                above = tree.last((folder, INODE_REF, TOP))
                if above is None or above[0][:2] != (folder, INODE_REF):
                    raise Malformed("{name}: a folder of btrfs has no name", name=self._name)
                names.append(read_reference(above[1], self._name))
                folder = above[0][2]
            number = place.parent
        return self._joined(names)

    @staticmethod
    def _joined(names: list[bytes]) -> str:
        return b"/".join(reversed(names)).decode("utf-8", "surrogateescape")

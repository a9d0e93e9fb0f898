"""The trees of btrfs: blocks of keys, each with a checksum, a generation and a level that its parent knows.

What the parent says of a block must be so, and keys ascend: no tree leads back into itself.

Source: struct btrfs_header, btrfs_item and btrfs_key_ptr of the kernel's include/uapi/linux/btrfs_tree.h;
fs/btrfs/disk-io.c (btrfs_validate_extent_buffer) and tree-checker.c for what must hold.
"""

import struct
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise
from operator import lt
from typing import NamedTuple

from rempart_agent.images.btrfs_chunk import CHUNK_ITEM, CHUNK_OWNER, Chunks
from rempart_agent.images.btrfs_super import SuperBlock
from rempart_agent.images.cache import Cache
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed

Key = tuple[int, int, int]
"""An object's number, what is said of it, and an offset."""

Line = tuple[int, int, int, int, int]
"""A key, and two numbers: where its data lie in the leaf and how many; or a block and its generation."""

TOP = (1 << 64) - 1
_HEADER = struct.Struct("<16sQQ16sQQIB")  # from byte 32 on
_HEAD = 101
_ITEM, _POINTER = struct.Struct("<QBQII"), struct.Struct("<QBQQQ")
_KEPT = 48 << 20
_LINE = 300  # bytes that a line takes when it is kept
_WRITTEN = 1


class Reference(NamedTuple):
    """A block, and what whoever names it says of it.

    Attributes:
        address: Where it lies.
        level: How far it is above the leaves.
        generation: Which one it is of.
        first: Its first key; None where that is not said.
    """

    address: int
    level: int
    generation: int
    first: Key | None = None


class Block(NamedTuple):
    """A block that was understood.

    Attributes:
        level: 0 for a leaf.
        generation: Its own.
        lines: Of it.
        data: Where the data of a leaf lie.
    """

    level: int
    generation: int
    lines: list[Line]
    data: bytes


class Forest:
    """The blocks of all trees of one file system, and its bytes by their addresses.

    Args:
        layer: What it lies on.
        block: Its super block.
    """

    def __init__(self, layer: Layer, block: SuperBlock) -> None:
        self.name, self.super = layer.name, block
        self._layer = layer
        self._chunks = Chunks(layer, block)
        self._blocks: Cache[int, Block] = Cache(_KEPT)
        chunks = Tree(self, Reference(block.chunk_root, block.chunk_level, block.chunk_generation))
        for key, item in chunks.items((CHUNK_OWNER, CHUNK_ITEM, 0), (CHUNK_OWNER, CHUNK_ITEM, TOP)):
            self._chunks.add(key[2], item)
        self._chunks.settle()

    def read(self, address: int, size: int, right: Callable[[bytes], bool]) -> bytes | None:
        """Return bytes that are right, of whichever copy; None where no copy is.

        Args:
            address: The first one's.
            size: How many.
            right: Tells whether they are.

        Raises:
            Malformed: they lie nowhere.
            Unfit: the layer can't be read.
        """
        for place in self._chunks.copies(address, size):
            found = self._layer.read_at(place, size)
            if right(found):
                return found
        return None

    def block(self, wanted: Reference) -> Block:
        """Return a block.

        Raises:
            Malformed: it can't be understood, or is not what is said of it.
        """
        found = self._blocks.get(wanted.address)
        if found is None:
            found = self._decode(wanted.address)
            self._blocks.put(wanted.address, found, len(found.data) + _LINE * len(found.lines) + 500)
        first = found.lines[0][:3] if found.lines else None
        if (
            found.level != wanted.level
            or found.generation != wanted.generation
            or (wanted.first is not None and first != wanted.first)
        ):
            raise Malformed(
                "{name}: a block of btrfs at {address} is another one than its parent names",
                name=self.name,
                address=wanted.address,
            )
        return found

    def _is_right(self, data: bytes) -> bool:
        return data[: self.super.width] == self.super.checksum(data[32:])

    def _decode(self, address: int) -> Block:
        size = self.super.node_size
        if address % self.super.sector_size:
            raise Malformed("{name}: a block of btrfs begins within a sector", name=self.name)
        data = self.read(address, size, self._is_right)
        if data is None:
            raise Malformed(
                "{name}: the checksum of a block of btrfs at {address} is wrong", name=self.name, address=address
            )
        fsid, said, flags, _, generation, _, count, level = _HEADER.unpack_from(data, 32)
        if fsid != self.super.fsid or said != address or not flags & _WRITTEN or level > 7:
            raise Malformed("{name}: a block of btrfs at {address} is another one", name=self.name, address=address)
        form = _POINTER if level else _ITEM
        end = _HEAD + count * form.size
        if end > size:
            raise Malformed(
                "{name}: a block of btrfs at {address} says more than there is room for",
                name=self.name,
                address=address,
            )
        lines: list[Line] = list(form.iter_unpack(data[_HEAD:end]))
        if not (self._pointers(lines) if level else self._items(lines, size - _HEAD, end - _HEAD)):
            raise Malformed(
                "{name}: a block of btrfs at {address} can't be understood", name=self.name, address=address
            )
        return Block(level, generation, lines, data)

    @staticmethod
    def _pointers(lines: list[Line]) -> bool:
        return bool(lines) and all(one[:3] < other[:3] for one, other in pairwise(lines))

    @staticmethod
    def _items(lines: list[Line], size: int, taken: int) -> bool:
        """Tell whether the data of a leaf lie without gaps from its end on, and its keys ascend.

        Two equal keys are seen as well: the data of the second one would lie behind those of the first.
        """
        if not lines:
            return True
        ends = [at + length for _, _, _, at, length in lines]
        starts = [line[3] for line in lines]
        return ends[0] == size and ends[1:] == starts[:-1] and starts[-1] >= taken and all(map(lt, lines, lines[1:]))


class Tree:
    """One tree.

    Args:
        forest: What it stands in.
        root: Its uppermost block.
    """

    def __init__(self, forest: Forest, root: Reference) -> None:
        self._forest, self._root = forest, root
        self._leaf: Block | None = None  # the last one that was looked at: the next key often stands in it, too

    def find(self, key: Key) -> bytes | None:
        """Return what stands under a key; None where nothing does."""
        found = self.last(key)
        return found[1] if found is not None and found[0] == key else None

    def last(self, key: Key) -> tuple[Key, bytes] | None:
        """Return the last item up to a key, and its key; None where all come after it."""
        behind = (*key, TOP, TOP)
        leaf = self._leaf
        if leaf is not None and leaf.lines[0] <= behind <= leaf.lines[-1]:
            line = leaf.lines[bisect_right(leaf.lines, behind) - 1]
            return line[:3], _data(leaf, line)
        wanted = self._root
        while True:
            block = self._forest.block(wanted)
            at = bisect_right(block.lines, behind) - 1
            if at < 0:
                return None
            line = block.lines[at]
            if not block.level:
                self._leaf = block
                return line[:3], _data(block, line)
            wanted = Reference(line[3], block.level - 1, line[4], line[:3])

    def items(self, first: Key, last: Key) -> Iterator[tuple[Key, bytes]]:
        """Yield the items from a key to another, both included, with their keys.

        Args:
            first: The first key; it need not be there.
            last: The last one.

        Raises:
            Malformed: a block can't be understood, or keys do not ascend from one to the next.
        """
        before: Key | None = None
        for block in self._leaves(self._root, first, last):
            lines = block.lines
            if before is not None and lines and lines[0][:3] <= before:
                raise Malformed("{name}: the keys of a tree of btrfs do not ascend", name=self._forest.name)
            for line in lines[bisect_left(lines, first) :]:
                if line[:3] > last:
                    return
                yield line[:3], _data(block, line)
            if lines:
                before = lines[-1][:3]

    def _leaves(self, wanted: Reference, first: Key, last: Key) -> Iterator[Block]:
        block = self._forest.block(wanted)
        if not block.level:
            yield block
            return
        at = max(0, bisect_right(block.lines, (*first, TOP, TOP)) - 1)
        for line in block.lines[at:]:
            if line[:3] > last:
                return
            yield from self._leaves(Reference(line[3], block.level - 1, line[4], line[:3]), first, last)


def _data(block: Block, line: Line) -> bytes:
    at = _HEAD + line[3]
    return block.data[at : at + line[4]]

"""Where the blocks of a file lie in ext2, ext3 and ext4: a tree of extents, or blocks that point to blocks.

Source: the kernel's Documentation/filesystems/ext4/ifork.rst.
"""

import itertools
import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from rempart_agent.source.contract import Malformed

_EXTENT_MAGIC = 0xF30A
_DEPTH = 5
_UNWRITTEN = 32768
_HEADER = struct.Struct("<HHHH")
_LEAF = struct.Struct("<IHHI")
_INDEX = struct.Struct("<IIH")


class Run(NamedTuple):
    """Blocks of a file that lie one after the other; what lies in no run is zeros.

    Attributes:
        first: The first one, counted in the file.
        length: How many.
        at: Where it lies, counted on the disk.
    """

    first: int
    length: int
    at: int


class BlockMap:
    """Reads maps of one file system."""

    def __init__(self, block: Callable[[int], bytes], size: int, blocks: int, name: str) -> None:
        """Read no map yet.

        Args:
            block: Reads a block by its number.
            size: Of a block, in bytes.
            blocks: How many the file system has.
            name: Of the file system.
        """
        self._block = block
        self._size = size
        self._blocks = blocks
        self._name = name

    def extents(self, root: bytes) -> list[Run]:
        """Return the runs of a tree of extents; ``root`` are the 60 bytes in the inode.

        Raises:
            Malformed: it can't be a tree of this file system.
        """
        runs = list(self._node(root, None))
        for before, after in itertools.pairwise(runs):
            if before.first + before.length > after.first:
                raise Malformed("{name}: extents of a file overlap", name=self._name)
        return runs

    def _node(self, data: bytes, depth: int | None) -> Iterator[Run]:
        magic, count, _, deep = _HEADER.unpack_from(data)
        if magic != _EXTENT_MAGIC or deep > _DEPTH or (depth is not None and deep != depth):
            raise Malformed("{name}: a tree of extents can't be understood", name=self._name)
        if 12 * (count + 1) > len(data):
            raise Malformed("{name}: a tree of extents says more entries than there is room for", name=self._name)
        for number in range(1, count + 1):
            if deep:
                _, low, high = _INDEX.unpack_from(data, 12 * number)
                yield from self._node(self._checked_block(high << 32 | low), deep - 1)
            else:
                first, length, high, low = _LEAF.unpack_from(data, 12 * number)
                at = high << 32 | low
                if length > _UNWRITTEN:
                    continue
                if at + length > self._blocks:
                    raise Malformed("{name}: an extent lies beyond the end", name=self._name)
                yield Run(first, length, at)

    def _checked_block(self, number: int) -> bytes:
        if not 0 < number < self._blocks:
            raise Malformed("{name}: a map lies beyond the end", name=self._name)
        return self._block(number)

    def pointers(self, root: bytes, needed: int) -> list[Run]:
        """Return the runs of direct and indirect blocks.

        Args:
            root: The 60 bytes in the inode.
            needed: How many blocks the file has.

        Raises:
            Malformed: it can't be a map of this file system.
        """
        runs: list[Run] = []
        read = 0

        def add(first: int, at: int) -> None:
            if at >= self._blocks:
                raise Malformed("{name}: a block lies beyond the end", name=self._name)
            if runs and runs[-1].first + runs[-1].length == first and runs[-1].at + runs[-1].length == at:
                runs[-1] = runs[-1]._replace(length=runs[-1].length + 1)
            else:
                runs.append(Run(first, 1, at))

        def visit(number: int, level: int, first: int) -> None:
            nonlocal read
            read += 1
            if read > self._blocks:
                raise Malformed("{name}: a map has more blocks than the file system", name=self._name)
            each = (self._size // 4) ** (level - 1)
            for place, at in enumerate(struct.unpack(f"<{self._size // 4}I", self._checked_block(number))):
                if first + place * each >= needed:
                    return
                if at and level == 1:
                    add(first + place, at)
                elif at:
                    visit(at, level - 1, first + place * each)

        pointers = struct.unpack("<15I", root)
        for place, at in enumerate(pointers[:12]):
            if at and place < needed:
                add(place, at)
        first = 12
        for level, at in enumerate(pointers[12:], 1):
            if at and first < needed:
                visit(at, level, first)
            first += (self._size // 4) ** level
        return runs

"""Btrfs for tests: what the kernel wrote, and images whose blocks are changed and given a right checksum again.

Offsets are those of struct btrfs_header, btrfs_item and btrfs_super_block (include/uapi/linux/btrfs_tree.h).
"""

from __future__ import annotations

import lzma
import struct
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rempart_agent.images.btrfs_checksum import find_checksum
from rempart_agent.images.layer import Layer

RECORDED = Path(__file__).parents[2] / "agent" / "images" / "recorded"
SUPER, HEAD = 65536, 101
_PAGE = 4096


class Sparse(Layer):
    """A disk that is zeros but for some pages."""

    def __init__(self, data: bytes, name: str = "disk.raw") -> None:
        self.name, self.size = name, len(data)
        self.pages: dict[int, bytes] = {}
        for at in range(0, len(data), _PAGE):
            page = data[at : at + _PAGE]
            if page.count(0) != len(page):
                self.pages[at] = page

    def read_at(self, offset: int, size: int) -> bytes:
        self.expect(offset, size)
        start = offset - offset % _PAGE
        end = offset + size
        whole = b"".join(self.pages.get(at, bytes(_PAGE)) for at in range(start, end, _PAGE))
        return whole[offset - start : end - start]

    def with_pages(self, changed: Mapping[int, bytes]) -> Sparse:
        """Return a disk that has other bytes at some places, which begin with a page."""
        found = Sparse(b"", self.name)
        found.size, found.pages = self.size, dict(self.pages)
        for place, data in changed.items():
            for at in range(0, len(data), _PAGE):
                found.pages[place + at] = data[at : at + _PAGE].ljust(_PAGE, b"\0")
        return found

    def close(self) -> None:
        """Let go of nothing."""


@cache
def recorded() -> Sparse:
    """Return the disk that the kernel wrote, unpacked once for all; recorded/build_btrfs.sh tells how."""
    return Sparse(lzma.decompress((RECORDED / "btrfs.img.xz").read_bytes()))


def seal(block: bytes) -> bytes:
    """Return a block of a tree, or the super block, with the right checksum (CRC-32C)."""
    checksum, width = find_checksum(0, "test")
    return checksum(block[32:]).ljust(32, b"\0") + block[32:] if width == 4 else block


class Block(NamedTuple):
    """A block of a tree.

    Attributes:
        place: Where it lies on the disk.
        owner: The number of its tree.
        level: How far it is above the leaves.
        data: Its bytes.
    """

    place: int
    owner: int
    level: int
    data: bytes


def blocks(disk: Sparse) -> list[Block]:
    """Return all blocks of the newest generation of trees, and older ones that were not written over."""
    head = disk.read_at(SUPER, _PAGE)
    (size,) = struct.unpack_from("<I", head, 148)
    found = []
    for place, page in sorted(disk.pages.items()):
        if page[32:48] == head[32:48] and place != SUPER and page[64:72] != head[64:72] and not place % size:
            data = disk.read_at(place, size)
            (owner,) = struct.unpack_from("<Q", data, 88)
            found.append(Block(place, owner, data[100], data))
    return found


def change_item(
    disk: Sparse, owner: int, key: tuple[int, int, int], change: Callable[[bytearray], None], *, sealed: bool = True
) -> Sparse:
    """Return a disk on which an item is other than it was, in every block of a tree that has it.

    Args:
        disk: The disk, with CRC-32C.
        owner: The number of the tree.
        key: Of the item.
        change: Changes its data, whose size stays.
        sealed: Whether the blocks get a right checksum.
    """
    changed = {}
    for block in blocks(disk):
        if block.owner != owner or block.level:
            continue
        data = bytearray(block.data)
        (count,) = struct.unpack_from("<I", data, 96)
        for number in range(count):
            *found, at, size = struct.unpack_from("<QBQII", data, HEAD + 25 * number)
            if tuple(found) == key:
                item = data[HEAD + at : HEAD + at + size]
                change(item)
                data[HEAD + at : HEAD + at + size] = item
                changed[block.place] = seal(bytes(data)) if sealed else bytes(data)
    assert changed, "no such item"
    return disk.with_pages(changed)


def change_super(disk: Sparse, at: int, form: str, value: int) -> Sparse:
    """Return a disk whose super block says another number at an offset."""
    data = bytearray(disk.read_at(SUPER, _PAGE))
    struct.pack_into("<" + form, data, at, value)
    return disk.with_pages({SUPER: seal(bytes(data))})

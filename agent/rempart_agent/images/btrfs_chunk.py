"""Where the addresses of btrfs lie on its disk: chunks of one copy, or of several that are the same.

Source: struct btrfs_chunk of the kernel's include/uapi/linux/btrfs_tree.h; fs/btrfs/tree-checker.c
(btrfs_check_chunk_valid) for what must hold.
"""

import struct
from bisect import bisect_right
from typing import NamedTuple

from rempart_agent.images.btrfs_super import SuperBlock
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed, Unfit

KEY = struct.Struct("<QBQ")
CHUNK_OWNER, CHUNK_ITEM = 256, 228
_CHUNK = struct.Struct("<QQQQIIIHH")
_STRIPE = struct.Struct("<QQ16s")
_KINDS = 0x7  # data, system, metadata
_READ = _KINDS | 0x10 | 0x20 | 0x200 | 0x400  # RAID1, DUP, RAID1C3, RAID1C4: copies that are the same
_REFUSED = {0x8: "RAID0", 0x40: "RAID10", 0x80: "RAID5", 0x100: "RAID6"}
_MOST = 1_000_000


class Chunk(NamedTuple):
    """Addresses that lie together.

    Attributes:
        first: The first one.
        end: The one behind the last.
        copies: Where each copy begins on the disk.
    """

    first: int
    end: int
    copies: tuple[int, ...]


class Chunks:
    """The chunks of one file system.

    Args:
        layer: What it lies on.
        block: Its super block.

    Raises:
        Malformed: those that the super block names can't be understood.
        Unfit: one is spread in a way that is not read, or lies on another disk.
    """

    def __init__(self, layer: Layer, block: SuperBlock) -> None:
        self._layer, self._super, self._name = layer, block, layer.name
        self._chunks: dict[int, Chunk] = {}
        self._firsts: list[int] = []
        data, at = block.first_chunks, 0
        while at < len(data):
            if at + KEY.size + _CHUNK.size > len(data):
                raise Malformed("{name}: the first chunks of btrfs are cut off", name=self._name)
            owner, kind, first = KEY.unpack_from(data, at)
            if (owner, kind) != (CHUNK_OWNER, CHUNK_ITEM):
                raise Malformed("{name}: the first chunks of btrfs can't be understood", name=self._name)
            at += KEY.size
            at += self.add(first, data[at:])
        self.settle()

    def add(self, first: int, item: bytes) -> int:
        """Add a chunk, and return how many bytes of the item speak of it. ``settle`` follows the last one.

        Args:
            first: Its first address.
            item: What is said of it.

        Raises:
            Malformed: it can't be understood.
            Unfit: it is spread in a way that is not read, or lies on another disk.
        """
        if len(item) < _CHUNK.size:
            raise Malformed("{name}: a chunk of btrfs is cut off", name=self._name)
        length, _, _, kind, _, _, _, copies, _ = _CHUNK.unpack_from(item)
        size = _CHUNK.size + copies * _STRIPE.size
        if not copies or size > len(item) or not length or not kind & _KINDS or first + length >= 1 << 64:
            raise Malformed("{name}: a chunk of btrfs can't be understood", name=self._name)
        if kind & ~_READ:
            named = next((one for bit, one in _REFUSED.items() if kind & bit), f"the unknown kind {kind:#x}")
            raise Unfit("{name}: btrfs with a chunk of {named}, which is not read", name=self._name, named=named)
        places = []
        for number in range(copies):
            device, place, uuid = _STRIPE.unpack_from(item, _CHUNK.size + number * _STRIPE.size)
            if (device, uuid) != (self._super.device, self._super.device_uuid):
                raise Unfit(
                    "{name}: a part of btrfs lies on disk {device}, which is missing", name=self._name, device=device
                )
            if place + length > self._layer.size:
                raise Unfit("{name}: a chunk of btrfs lies beyond the end: the disk is cut off", name=self._name)
            places.append(place)
        self._chunks[first] = Chunk(first, first + length, tuple(places))
        if len(self._chunks) > _MOST:
            raise Unfit("{name}: btrfs with more than {most} chunks", name=self._name, most=_MOST)
        return int(size)

    def settle(self) -> None:
        """Take note of what was added.

        Raises:
            Malformed: chunks overlap.
        """
        self._firsts = sorted(self._chunks)
        end = 0
        for first in self._firsts:
            if first < end:
                raise Malformed("{name}: chunks of btrfs overlap", name=self._name)
            end = self._chunks[first].end

    def copies(self, address: int, size: int) -> list[int]:
        """Return where bytes lie on the disk, once for each copy.

        Args:
            address: The first one's.
            size: How many.

        Raises:
            Malformed: they lie in no chunk.
        """
        at = bisect_right(self._firsts, address) - 1
        chunk = self._chunks[self._firsts[at]] if at >= 0 else None
        if chunk is None or address + size > chunk.end:
            raise Malformed(
                "{name}: btrfs names the address {address}, which lies nowhere", name=self._name, address=address
            )
        return [place + address - chunk.first for place in chunk.copies]

"""The content of files of btrfs: extents in the tree or on the disk, packed or not, and a checksum for each sector.

Source: struct btrfs_file_extent_item of the kernel's include/uapi/linux/btrfs_tree.h; fs/btrfs/tree-checker.c
(check_extent_data_item) and file-item.c (btrfs_lookup_bio_sums).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from rempart_agent.images.btrfs_inode import EXTENT_DATA
from rempart_agent.images.btrfs_packing import MOST, unpack
from rempart_agent.images.btrfs_tree import Forest, Tree
from rempart_agent.images.cache import Cache
from rempart_agent.source.contract import Malformed, Unfit

_HEAD = struct.Struct("<QQBBHB")
_PLACE = struct.Struct("<QQQQ")
_INLINE, _PREALLOCATED = 0, 2
_SUMS, _SUM_ITEM = (1 << 64) - 10, 128
_KEPT = 16 << 20


class Extent(NamedTuple):
    """Bytes of a file that lie together.

    Attributes:
        first: The first one, counted in the file.
        size: How many.
        address: Where they lie, or where the packed extent begins; 0 for zeros.
        stored: How many bytes are stored there.
        inside: Where they begin in what is stored, unpacked.
        whole: How many bytes that is, unpacked.
        packing: How it is packed; 0 for not at all.
        data: What is stored in the tree itself; None for what lies on the disk.
    """

    first: int
    size: int
    address: int
    stored: int
    inside: int
    whole: int
    packing: int
    data: bytes | None = None


class Contents:
    """Reads the files of one file system.

    Args:
        forest: Its trees.
        sums: The one of the checksums; None where there is none.
    """

    def __init__(self, forest: Forest, sums: Tree | None) -> None:
        self._forest, self._sums, self._name = forest, sums, forest.name
        self._sector = forest.super.sector_size
        self._unpacked: Cache[tuple[int, int, int], bytes] = Cache(_KEPT)

    def read(self, tree: Tree, number: int, offset: int, size: int, summed: bool) -> bytes:
        """Return bytes of a file that ends behind them.

        Args:
            tree: What it stands in.
            number: Of its inode.
            offset: Where they begin.
            size: How many.
            summed: Whether its data have checksums.

        Raises:
            Malformed: what is stored is not what was written.
            Unfit: it can't be read.
        """
        parts: list[bytes] = []
        end = offset + size
        for one in self._extents(tree, number, offset, end):
            if one.first > offset:
                parts.append(bytes(one.first - offset))
                offset = one.first
            step = min(end, one.first + one.size) - offset
            parts.append(self._part(one, offset - one.first, step, summed))
            offset += step
        if offset < end:
            parts.append(bytes(end - offset))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def fingerprint(self, tree: Tree, number: int) -> Iterator[bytes]:
        """Yield what tells files with the same stored content from others: items that are the same say the same.

        Args:
            tree: What the file stands in.
            number: Of its inode.
        """
        for key, item in tree.items((number, EXTENT_DATA, 0), (number, EXTENT_DATA, (1 << 64) - 1)):
            yield struct.pack("<QI", key[2], len(item)) + item[8:]  # without the generation

    def _extents(self, tree: Tree, number: int, offset: int, end: int) -> Iterator[Extent]:
        """Yield the extents that hold bytes from one offset to another, in their order."""
        before = tree.last((number, EXTENT_DATA, offset))
        first = before[0][2] if before is not None and before[0][:2] == (number, EXTENT_DATA) else offset
        at = 0
        for key, item in tree.items((number, EXTENT_DATA, first), (number, EXTENT_DATA, end - 1)):
            found = self._extent(key[2], item)
            if found.first < at:
                raise Malformed("{name}: extents of the file {number} overlap", name=self._name, number=number)
            at = found.first + found.size
            if at > offset:
                yield found

    def _extent(self, first: int, item: bytes) -> Extent:
        if len(item) < _HEAD.size:
            raise Malformed("{name}: an extent of btrfs is cut off", name=self._name)
        _, whole, packing, encrypted, other, kind = _HEAD.unpack_from(item)
        if encrypted or other:
            raise Unfit("{name}: an extent of btrfs is encrypted, or encoded in an unknown way", name=self._name)
        if kind == _INLINE:
            data = item[_HEAD.size :]
            if first or (not packing and len(data) != whole) or whole > self._forest.super.node_size:
                raise Malformed("{name}: an extent of btrfs can't be understood", name=self._name)
            return Extent(first, whole, 0, len(data), 0, whole, packing, data)
        if kind > _PREALLOCATED or len(item) != _HEAD.size + _PLACE.size:
            raise Malformed("{name}: an extent of btrfs can't be understood", name=self._name)
        address, stored, inside, size = _PLACE.unpack_from(item, _HEAD.size)
        if not address or kind == _PREALLOCATED:
            address = 0
        elif inside + size > (whole if packing else stored):
            raise Malformed("{name}: an extent of btrfs ends before the file's part of it", name=self._name)
        if (
            not size
            or first + size >= 1 << 64
            or any(one % self._sector for one in (first, address, stored, inside, size))
        ):
            raise Malformed("{name}: an extent of btrfs does not lie in whole sectors", name=self._name)
        return Extent(first, size, address, stored, inside, whole, packing)

    def _part(self, one: Extent, start: int, size: int, summed: bool) -> bytes:
        """Return bytes of an extent, from ``start`` of those that the file has of it."""
        if not one.address and one.data is None:
            return bytes(size)
        start += one.inside
        if one.data is not None or one.packing:
            found = self._unpack(one, summed)[start : start + size]
            if len(found) != size:
                raise Malformed("{name}: a packed extent of btrfs ends before the file's part of it", name=self._name)
            return found
        low = start - start % self._sector
        high = min(one.stored, -(-(start + size) // self._sector) * self._sector)
        return self._stored(one.address + low, high - low, summed)[start - low : start - low + size]

    def _unpack(self, one: Extent, summed: bool) -> bytes:
        """Return what an extent holds; the last few that lay on the disk are kept."""
        key = one.address, one.whole, one.packing
        found = self._unpacked.get(key) if one.data is None else None
        if found is not None:
            return found
        if one.data is not None:
            return unpack(one.packing, one.data, one.whole, self._sector, self._name) if one.packing else one.data
        if one.whole > MOST or one.stored > one.whole + self._sector:
            raise Malformed("{name}: a packed extent of btrfs is larger than what it holds", name=self._name)
        found = unpack(one.packing, self._stored(one.address, one.stored, summed), one.whole, self._sector, self._name)
        self._unpacked.put(key, found, len(found) + 200)
        return found

    def _stored(self, address: int, size: int, summed: bool) -> bytes:
        if not summed:
            found = self._forest.read(address, size, lambda _: True)
        else:
            sums = self._sums_of(address, size // self._sector)
            sector, checksum = self._sector, self._forest.super.checksum

            def right(data: bytes) -> bool:
                made = [checksum(data[at : at + sector]) for at in range(0, len(data), sector)]
                return b"".join(made) == sums

            found = self._forest.read(address, size, right)
        if found is None:
            raise Malformed("{name}: the checksum of data at {address} is wrong", name=self._name, address=address)
        return found

    def _sums_of(self, address: int, count: int) -> bytes:
        """Return the checksums of sectors."""
        sums, width, sector = self._sums, self._forest.super.width, self._sector
        end = address + count * sector
        parts: list[bytes] = []
        before = sums.last((_SUMS, _SUM_ITEM, address)) if sums is not None else None
        if sums is not None and before is not None and before[0][:2] == (_SUMS, _SUM_ITEM):
            for key, item in sums.items(before[0], (_SUMS, _SUM_ITEM, end - 1)):
                skipped = (address - key[2]) // sector
                if (address - key[2]) % sector or skipped < 0 or len(item) % width:
                    break
                part = item[skipped * width : (skipped + (end - address) // sector) * width]
                parts.append(part)
                address += len(part) // width * sector
        if address != end:
            raise Malformed("{name}: data at {address} have no checksum", name=self._name, address=address)
        return b"".join(parts)

"""One sparse extent of VMDK (VMware's "Virtual Disk Format 5.0"): grains that two levels of tables lead to.

streamOptimized extents hold compressed grains, and their tables at the end. A hosted extent keeps its tables twice:
both copies must say the same.
"""

import struct
import sys
from array import array
from typing import NamedTuple

from rempart_agent.images.blocks import Blocks
from rempart_agent.images.cache import Cache
from rempart_agent.images.compression import inflate
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed, Unfit

MAGIC = b"KDMV"
_SECTOR = 512
_HEADER = struct.Struct("<4sIIQQQQIQQQB4sH")
_NEWLINES = b"\n \r\n"  # as they were written: a transfer as text would have changed them
_REDUNDANT, _ZEROED, _COMPRESSED, _MARKERS = 1 << 1, 1 << 2, 1 << 16, 1 << 17
_AT_END = 0xFFFFFFFFFFFFFFFF
_GRAIN = struct.Struct("<QI")
_UNPACKED = 8 << 20
_MOST_GRAIN = 8 << 20
_MOST_GRAINS = 1 << 25  # 2 TiB, the most that VMware has in an extent, in grains of 64 KiB


class Header(NamedTuple):
    """What is needed of a header: all but the last two in sectors."""

    flags: int
    capacity: int
    grain: int
    descriptor: int
    descriptor_size: int
    redundant: int
    directory: int
    entries: int
    compressed: bool


def read_header(file: Layer) -> Header:
    """Return the header of a sparse extent: the one at its end where the first one points there.

    Raises:
        Unfit: the file is cut.
        Malformed: it contradicts the format, or the extent was not closed properly.
    """
    first = _parse(file.read_at(0, _SECTOR), file.name)
    if first.directory != _AT_END:
        return first
    # the last three sectors: a marker, the header once more, a marker of the end
    last = file.read_at(max(file.size - 3 * _SECTOR, 0), 3 * _SECTOR)
    if struct.unpack_from("<QII", last) != (1, 0, 3) or any(last[2 * _SECTOR :]):
        raise Unfit("{name}: its tables are missing: the file is cut", name=file.name)
    found = _parse(last[_SECTOR : 2 * _SECTOR], file.name)
    if found.directory == _AT_END or found.capacity != first.capacity or found.grain != first.grain:
        raise Malformed("{name}: the two headers of the VMDK extent differ", name=file.name)
    return found._replace(descriptor=first.descriptor, descriptor_size=first.descriptor_size)


def _parse(raw: bytes, name: str) -> Header:
    fields = _HEADER.unpack_from(raw)
    magic, version, flags, capacity, grain, place, size, entries, redundant, directory, _, dirty, ends, method = fields
    if magic != MAGIC or version not in {1, 2, 3} or (flags & 1 and ends != _NEWLINES):
        raise Malformed(
            "{name}: the header of the VMDK extent is damaged, or of version {version}", name=name, version=version
        )
    if dirty:
        raise Malformed("{name}: marked as in use, so it was not closed properly", name=name)
    if not 0 < grain * _SECTOR <= _MOST_GRAIN or grain & (grain - 1) or not 0 < entries <= 512:
        raise Malformed(
            "{name}: grains of {grain} sectors, {entries} in a table", name=name, grain=grain, entries=entries
        )
    compressed = bool(flags & _COMPRESSED)
    if compressed and (method != 1 or not flags & _MARKERS):
        raise Unfit("{name}: compressed by method {method}, which is not known", name=name, method=method)
    return Header(flags, capacity, grain, place, size, redundant, directory, entries, compressed)


class SparseExtent(Blocks):
    """The bytes of one sparse extent.

    Raises:
        Unfit: the file is cut.
        Malformed: see ``read_header``; the tables contradict each other.
    """

    def __init__(self, file: Layer) -> None:
        self.header = header = read_header(file)
        super().__init__(file, header.capacity * _SECTOR, header.grain * _SECTOR)
        self._first = 2 if header.flags & _ZEROED else 1  # entries below: zeros
        self._unpacked: Cache[int, bytes] = Cache(_UNPACKED)
        self._grains = self._tables()
        self._check()

    def _tables(self) -> "array[int]":
        """Return where every grain lies, in sectors."""
        header = self.header
        grains = -(-header.capacity // header.grain)
        if grains > _MOST_GRAINS:
            raise Malformed("{name}: {grains} grains, which no extent has", name=self.name, grains=grains)
        places = self._directory(header.directory, grains)
        copies = places
        if header.flags & _REDUNDANT and header.redundant and not header.compressed:
            copies = self._directory(header.redundant, grains)
        found = array("I")
        for index, (place, copy) in enumerate(zip(places, copies, strict=True)):
            size = min(header.entries, grains - index * header.entries) * 4
            table = self._file.read_at(place * _SECTOR, size) if place else bytes(size)
            if copy != place and (not copy or not place or self._file.read_at(copy * _SECTOR, size) != table):
                raise Malformed("{name}: the two copies of the VMDK tables differ", name=self.name)
            found.frombytes(table)
        if sys.byteorder == "big":
            found.byteswap()
        return found

    def _directory(self, place: int, grains: int) -> "array[int]":
        return _numbers(self._file.read_at(place * _SECTOR, -(-grains // self.header.entries) * 4))

    def _check(self) -> None:
        if not self.header.compressed:
            self._check_last()
            return
        for index in range(len(self._grains)):
            if self._grains[index] >= self._first:
                self._file.expect(*self._packed(index))

    def _check_last(self) -> None:
        """Raise unless the grain that lies last is all there; before it there is room for all others."""
        last = max(self._grains, default=0)
        if last >= self._first:
            left = self.size - self._grains.index(last) * self._block
            self._file.expect(last * _SECTOR, min(self._block, left))

    def place(self, index: int) -> int:
        """See Blocks.place."""
        sector = self._grains[index]
        return 0 if sector < self._first else sector * _SECTOR

    def _packed(self, index: int) -> tuple[int, int]:
        """Return where a compressed grain begins, behind its marker, and its length."""
        place = self._grains[index] * _SECTOR
        sector, size = _GRAIN.unpack(self._file.read_at(place, _GRAIN.size))
        if sector != index * self.header.grain or not 0 < size <= 2 * _MOST_GRAIN:
            raise Malformed("{name}: grain {index} says that it is another one", name=self.name, index=index)
        return place + _GRAIN.size, size

    def read_at(self, offset: int, size: int) -> bytes:
        """See Layer.read_at."""
        if not self.header.compressed:
            return super().read_at(offset, size)
        self.expect(offset, size)
        parts = []
        while size:
            index, inside = divmod(offset, self._block)
            length = min(size, self._block - inside)
            if self._grains[index] < self._first:
                parts.append(bytes(length))
            else:
                parts.append(self._unpack(index)[inside : inside + length])
            offset += length
            size -= length
        return b"".join(parts)

    def _unpack(self, index: int) -> bytes:
        grain = self._unpacked.get(index)
        if grain is None:
            size = min(self._block, self.size - index * self._block)
            grain = inflate(self._file.read_at(*self._packed(index)), size, 15, self.name)
            self._unpacked.put(index, grain, len(grain))
        return grain


def _numbers(data: bytes) -> "array[int]":
    found = array("I", data)
    if sys.byteorder == "big":
        found.byteswap()
    return found

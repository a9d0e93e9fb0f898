"""qcow2, versions 2 and 3, as docs/interop/qcow2.rst of QEMU describes it: the active state of the disk.

Read by us: libqcow leaves compressed clusters out without a word, and refuses zstd and extended L2 entries. Every
offset is followed when the image is opened, so that a file that was cut is known before any of it is believed.
"""

import sys
from array import array
from collections.abc import Iterator
from typing import NamedTuple

from rempart_agent.images.cache import Cache
from rempart_agent.images.compression import inflate, unpack_zstd
from rempart_agent.images.layer import Layer
from rempart_agent.images.qcow2_header import read_header
from rempart_agent.source.contract import Malformed

_OFFSET = 0x00FFFFFFFFFFFE00  # bits 9 to 55
_COPIED = 1 << 63  # no snapshot shares it: of no concern to a reader
_COMPRESSED = 1 << 62
_ZERO = 1
_RESERVED = ~(_OFFSET | _COPIED | _COMPRESSED | _ZERO)
_RESERVED_L1 = ~(_OFFSET | _COPIED)
_UNPACKED = 8 << 20  # bytes of clusters that are kept unpacked
_TABLES = 8 << 20  # bytes of L2 tables that are kept
_ONES = (1 << 32) - 1


class _Run(NamedTuple):
    """Bytes that follow each other.

    Attributes:
        size: How many.
        host: Where they lie in the file; 0 for zeros that are stored nowhere.
        packed: Bytes of a packed cluster; 0 where they are stored as they are.
        inside: How far into the packed cluster they begin.
    """

    size: int
    host: int
    packed: int = 0
    inside: int = 0


class Qcow2(Layer):
    """The disk in a qcow2 file.

    Args:
        file: The file's bytes. They are closed with this layer.

    Raises:
        Unfit: the file is cut, or of a kind that is not read; see ``read_header``.
        Malformed: it contradicts the format, or says itself that it is not sound.
    """

    def __init__(self, file: Layer) -> None:
        self.name, self._file, self.below = file.name, file, (file,)
        self._header = header = read_header(file)
        self.size, self._cluster = header.size, header.cluster
        self._width = 2 if header.extended else 1  # numbers in an entry
        self._entries = header.cluster // (8 * self._width)
        self._tables: Cache[int, array[int]] = Cache(_TABLES)
        self._unpacked: Cache[tuple[int, int], bytes] = Cache(_UNPACKED)
        self._l1 = _numbers(file.read_at(header.l1_offset, header.l1_entries * 8))
        self._check_whole()

    def _check_whole(self) -> None:
        for index, entry in enumerate(self._l1):
            if entry & _RESERVED_L1:
                raise Malformed("{name}: entry {index} of the L1 table has reserved bits", name=self.name, index=index)
            if not entry & _OFFSET:
                continue
            table = self._table(entry & _OFFSET)
            first = index * self._entries
            for place in range(0, len(table), self._width):
                if table[place] or table[place + self._width - 1]:
                    left = self.size - (first + place // self._width) * self._cluster
                    if left > 0:
                        self._check_entry(table, place, min(left, self._cluster))

    def _check_entry(self, table: "array[int]", place: int, size: int) -> None:
        """Raise unless the bytes that an entry needs for its first ``size`` are all in the file."""
        host, packed = self._where(table[place])
        if self._width == 2:
            states = table[place + 1]
            if packed and states:
                raise Malformed("{name}: a compressed cluster has subclusters", name=self.name)
            if (states & states >> 32) & _ONES or (states & _ONES and not host):
                raise Malformed("{name}: a subcluster is data and zero, or data without a place", name=self.name)
            size = min(size, (states & _ONES).bit_length() * (self._cluster // 32))
        if packed:
            if host + packed > self._file.size:  # the file may end within the last sector, but not within its data
                self._unpack(host, packed)
        elif host:
            self._file.expect(host, size)

    def _where(self, entry: int) -> tuple[int, int]:
        """Return where a cluster lies in the file, 0 for nowhere, and the bytes that it takes there packed, or 0."""
        if entry & _COMPRESSED:
            shift = 62 - (self._header.bits - 8)
            if entry & _COPIED:
                raise Malformed("{name}: a compressed cluster is marked as copied", name=self.name)
            host, sectors = entry & ((1 << shift) - 1), (entry ^ _COMPRESSED) >> shift
            self._file.expect(host, 1)
            return host, (sectors + 1) * 512 - host % 512
        host = entry & _OFFSET
        zero = entry & _ZERO
        if entry & _RESERVED or host % self._cluster or (zero and (self._width == 2 or self._header.version == 2)):
            raise Malformed(
                "{name}: an entry {entry} of an L2 table that qcow2 does not have", name=self.name, entry=f"{entry:#x}"
            )
        return 0 if zero else host, 0

    def _table(self, offset: int) -> "array[int]":
        table = self._tables.get(offset)
        if table is None:
            if offset % self._cluster:
                raise Malformed("{name}: an L2 table does not begin with a cluster", name=self.name)
            table = _numbers(self._file.read_at(offset, self._cluster))
            self._tables.put(offset, table, self._cluster)
        return table

    def read_at(self, offset: int, size: int) -> bytes:
        """See Layer.read_at."""
        self.expect(offset, size)
        parts = []
        for run in _joined(self._runs(offset, size)):
            if run.packed:
                cluster = self._unpack(run.host, run.packed)
                parts.append(cluster if run.size == self._cluster else cluster[run.inside : run.inside + run.size])
            else:
                parts.append(self._file.read_at(run.host, run.size) if run.host else bytes(run.size))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _runs(self, offset: int, size: int) -> Iterator[_Run]:
        while size:
            cluster, inside = divmod(offset, self._cluster)
            length = min(size, self._cluster - inside)
            index, place = divmod(cluster, self._entries)
            where = self._l1[index] & _OFFSET
            if not where:  # as far as this table would have reached
                length = min(size, (self._entries - place) * self._cluster - inside)
                yield _Run(length, 0)
            else:
                table = self._table(where)
                host, packed = self._where(table[place * self._width])
                if packed:
                    yield _Run(length, host, packed, inside)
                elif self._width == 1:
                    yield _Run(length, host + inside if host else 0)
                else:
                    yield from self._subclusters(table[place * 2 + 1], host, inside, length)
            offset += length
            size -= length

    def _subclusters(self, states: int, host: int, inside: int, size: int) -> Iterator[_Run]:
        part = self._cluster // 32
        while size:
            number, within = divmod(inside, part)
            length = min(size, part - within)
            yield _Run(length, host + inside if states >> number & 1 else 0)
            inside += length
            size -= length

    def _unpack(self, host: int, packed: int) -> bytes:
        cluster = self._unpacked.get((host, packed))
        if cluster is None:
            data = self._file.read_at(host, min(packed, self._file.size - host))
            if self._header.zstd:
                cluster = unpack_zstd(data, self._cluster, self.name)
            else:
                cluster = inflate(data, self._cluster, -12, self.name)
            self._unpacked.put((host, packed), cluster, self._cluster)
        return cluster

    def close(self) -> None:
        """See Layer.close."""
        self._unpacked.clear()
        self._tables.clear()
        self._file.close()


def _numbers(data: bytes) -> "array[int]":
    numbers = array("Q", data)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def _joined(runs: Iterator[_Run]) -> Iterator[_Run]:
    """Yield runs, those that lie next to each other in the file, or are zeros next to each other, as one."""
    last: _Run | None = None
    for run in runs:
        if last is not None and _follows(last, run):
            last = _Run(last.size + run.size, last.host)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def _follows(last: _Run, run: _Run) -> bool:
    if last.packed or run.packed:
        return False
    return last.host + last.size == run.host if last.host and run.host else last.host == run.host

"""The blocks of SquashFS: of data, and of 8 KiB that inodes, names and tables are written in.

Source: the kernel's Documentation/filesystems/squashfs.rst, fs/squashfs/block.c and cache.c.
"""

from rempart_agent.images.cache import Cache
from rempart_agent.images.layer import Layer
from rempart_agent.images.squashfs_packing import Unpacker
from rempart_agent.source.contract import Malformed

_BLOCK = 8192
_PLAIN, _PLAIN_DATA = 1 << 15, 1 << 24
_KEPT, _KEPT_DATA = 16 << 20, 16 << 20


class Blocks:
    """Blocks of one file system.

    Args:
        layer: What it lies on.
        used: How many bytes of the layer it has.
        unpack: What unpacks them.
    """

    def __init__(self, layer: Layer, used: int, unpack: Unpacker) -> None:
        self.name = layer.name
        self._layer, self._used, self._unpack = layer, used, unpack
        self._kept: Cache[int, tuple[bytes, int]] = Cache(_KEPT)
        self._data: Cache[tuple[int, int], bytes] = Cache(_KEPT_DATA)

    def raw(self, at: int, size: int) -> bytes:
        """Return bytes as they lie; ``Malformed`` where the file system ends before them.

        Args:
            at: Where they begin, in bytes from the file system's start.
            size: How many.

        Raises:
            Malformed: The file system ends before them.
        """
        if at + size > self._used:
            raise Malformed("{name}: squashfs names a place beyond its end", name=self.name)
        return self._layer.read_at(at, size)

    def block(self, at: int) -> tuple[bytes, int]:
        """Return a block of 8 KiB, unpacked, and where the next one lies.

        Raises:
            Malformed: It lies beyond the end, holds too many bytes or none, or is damaged.
        """
        found = self._kept.get(at)
        if found is None:
            head = int.from_bytes(self.raw(at, 2), "little")
            size = head & ~_PLAIN
            if not 0 < size <= _BLOCK:
                raise Malformed("{name}: a block of squashfs with {size} bytes", name=self.name, size=size)
            data = self.raw(at + 2, size)
            if not head & _PLAIN:
                data = self._unpack(data, _BLOCK, self.name)
            found = data, at + 2 + size
            self._kept.put(at, found, _BLOCK)
        return found

    def data(self, at: int, word: int, most: int) -> bytes:
        """Return a block of data, unpacked.

        Args:
            at: Where it lies.
            word: Its size there, with a bit for one that is not packed.
            most: How many bytes it may hold.

        Raises:
            Malformed: it can't be understood.
        """
        size = word & ~_PLAIN_DATA
        if not 0 < size <= most:
            raise Malformed(
                "{name}: a block of data with {size} bytes, more than {most}", name=self.name, size=size, most=most
            )
        found = self._data.get((at, word))
        if found is None:
            found = self.raw(at, size)
            if not word & _PLAIN_DATA:
                found = self._unpack(found, most, self.name)
            self._data.put((at, word), found, len(found))
        return found

    def entry(self, index: int, count: int, number: int, width: int) -> bytes:
        """Return an entry of a table: its blocks lie where an index of 8 bytes each says.

        Args:
            index: Where the index lies.
            count: How many entries there are.
            number: Which one.
            width: Bytes of an entry.

        Raises:
            Malformed: there is none of this number, or it lies nowhere.
        """
        if number >= count:
            raise Malformed(
                "{name}: squashfs names the entry {number} of a table of {count}",
                name=self.name,
                number=number,
                count=count,
            )
        block, place = divmod(number * width, _BLOCK)
        at = int.from_bytes(self.raw(index + 8 * block, 8), "little")
        found = self.block(at)[0][place : place + width]
        if len(found) < width:
            raise Malformed("{name}: a table of squashfs is cut off", name=self.name)
        return found


class Cursor:
    """Reads on through blocks of 8 KiB.

    Args:
        blocks: Of the file system.
        at: Where the first one lies.
        place: Where to begin in it.
        end: Where the last one ends, at the latest.

    Raises:
        Malformed: it begins beyond ``end`` or beyond its block, or the block is damaged.
    """

    def __init__(self, blocks: Blocks, at: int, place: int, end: int) -> None:
        self._blocks, self._at, self._end = blocks, at, end
        self._data, self._next = self._block(at)
        self._place = place
        if place > len(self._data):
            raise Malformed("{name}: squashfs names a place beyond a block's end", name=blocks.name)

    def _block(self, at: int) -> tuple[bytes, int]:
        if at >= self._end:
            raise Malformed("{name}: a table of squashfs ends too early", name=self._blocks.name)
        return self._blocks.block(at)

    def where(self) -> tuple[int, int]:
        """Return where it stands: a block, and the place in it."""
        return self._at, self._place

    def take(self, size: int) -> bytes:
        """Return the next bytes; ``Malformed`` where there are not so many.

        Raises:
            Malformed: A block is empty or damaged, or lies beyond the end of the table.
        """
        found = self._data[self._place : self._place + size]
        self._place += len(found)
        if len(found) == size:
            return found
        parts, size = [found], size - len(found)
        while size:
            self._at = self._next
            self._data, self._next = self._block(self._at)
            parts.append(self._data[:size])
            self._place = len(parts[-1])
            size -= self._place
            if not self._data:
                raise Malformed("{name}: a block of squashfs is empty", name=self._blocks.name)
        return b"".join(parts)

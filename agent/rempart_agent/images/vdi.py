"""VDI, the format of VirtualBox: types 1 (dynamic) and 2 (fixed), as block/vdi.c of QEMU and VDICore.h describe it.

Read by us: no library on PyPI reads it.
"""

import struct
import sys
from array import array

from rempart_agent.images.blocks import Blocks, check_table
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed, Unfit

MAGIC_AT, MAGIC = 0x40, b"\x7f\x10\xda\xbe"
_HEADER = struct.Struct("<4sIIII256sII12xI4xQIIII16s16s16s16s")  # from the magic number on
_NOWHERE = 0xFFFFFFFE  # discarded; 0xffffffff: never written


class Vdi(Blocks):
    """The disk in a VDI file.

    Raises:
        Unfit: the file is cut, or holds differences to another one.
        Malformed: it contradicts the format.
    """

    def __init__(self, file: Layer) -> None:
        fields = _HEADER.unpack(file.read_at(MAGIC_AT, _HEADER.size))
        magic, version, _, kind, _, _, map_at, self._data, sector, size, block, extra, count, _ = fields[:14]
        name = file.name
        if magic != MAGIC or version != 0x10001:
            raise Malformed("{name}: not VDI of version 1.1", name=name)
        if kind not in {1, 2} or any(any(uuid) for uuid in fields[16:]):
            raise Unfit("{name}: it holds differences to another image; convert it to an image of its own", name=name)
        if sector != 512 or block < 512 or block & (block - 1) or extra or size > count * block:
            raise Malformed(
                "{name}: {count} blocks of {block} bytes for a disk of {size}",
                name=name,
                count=count,
                block=block,
                size=size,
            )
        super().__init__(file, size, block)
        self._map = array("I")
        self._map.frombytes(file.read_at(map_at, check_table(name, count, 4)))
        if sys.byteorder == "big":
            self._map.byteswap()
        self.check_whole()

    def place(self, index: int) -> int:
        """See Blocks.place."""
        number = self._map[index]
        return 0 if number >= _NOWHERE else self._data + number * self._block

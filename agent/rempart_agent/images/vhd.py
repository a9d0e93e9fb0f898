"""VHD, the older format of Hyper-V and of Azure, as the "Virtual Hard Disk Image Format Specification" describes it.

Fixed and dynamic disks, read by us: libvhdi opens images whose checksums are wrong, without a word. Both copies of the
footer, the checksums and every block are looked at before a byte is believed.
"""

import struct
import sys
from array import array

from rempart_agent.images.blocks import Blocks, check_table
from rempart_agent.images.layer import Layer
from rempart_agent.images.pieces import Piece, Pieces
from rempart_agent.images.signature import read_part
from rempart_agent.source.contract import Malformed, Unfit

MAGIC = b"conectix"
_FOOTER = struct.Struct(">8sIIQI4s4s4sQQHBBII16s")
_HEADER = struct.Struct(">8sQQIIII")
_FIXED, _DYNAMIC, _DIFFERENCING = 2, 3, 4
_NOWHERE = 0xFFFFFFFF


def open_vhd(file: Layer) -> Layer:
    """Return the disk in a VHD file.

    Raises:
        Unfit: the file is cut, or holds differences to another one.
        Malformed: it contradicts the format, or a checksum is wrong.
    """
    raw = read_part(file, -512, 512)
    if raw[:8] != MAGIC:
        raise Unfit("{name}: no footer of VHD at its end: the file is cut", name=file.name)
    fields = _FOOTER.unpack_from(raw)
    _, _, version, header, _, creator, _, _, _, size, cylinders, heads, sectors, kind, checksum, _ = fields
    if version != 0x10000 or _checksum(raw, 64) != checksum:
        raise Malformed("{name}: the checksum of the VHD footer is wrong", name=file.name)
    if creator == b"vpc ":  # Virtual PC shows what cylinders, heads and sectors make up
        size = cylinders * heads * sectors * 512
    if not size:
        raise Malformed("{name}: a VHD of no bytes", name=file.name)
    if kind == _FIXED:
        return Pieces(file.name, [Piece(size, file)])
    if kind == _DIFFERENCING:
        raise Unfit("{name}: it holds differences to another image; convert it to an image of its own", name=file.name)
    if kind != _DYNAMIC:
        raise Malformed("{name}: VHD of type {kind}", name=file.name, kind=kind)
    if file.read_at(0, 512) != raw:
        raise Malformed("{name}: the two copies of the VHD footer differ", name=file.name)
    return _Dynamic(file, header, size)


class _Dynamic(Blocks):
    """A dynamic disk: each block begins with a bitmap of its sectors, which says nothing where there is no parent."""

    def __init__(self, file: Layer, header: int, size: int) -> None:
        raw = file.read_at(header, 1024)
        magic, _, table, version, count, block, checksum = _HEADER.unpack_from(raw)
        if magic != b"cxsparse" or version != 0x10000 or _checksum(raw, 36) != checksum:
            raise Malformed("{name}: the header of the dynamic VHD is damaged", name=file.name)
        if not 512 <= block <= 1 << 30 or block & (block - 1) or size > count * block:
            raise Malformed(
                "{name}: {count} blocks of {block} bytes for a disk of {size}",
                name=file.name,
                count=count,
                block=block,
                size=size,
            )
        super().__init__(file, size, block)
        self._bitmap = -(-block // 512 // 8 // 512) * 512
        needed = -(-size // block)
        self._table = array("I")
        self._table.frombytes(file.read_at(table, check_table(file.name, needed, 4)))
        if sys.byteorder == "little":
            self._table.byteswap()
        self.check_whole()

    def place(self, index: int) -> int:
        """See Blocks.place."""
        sector = self._table[index]
        return 0 if sector == _NOWHERE else sector * 512 + self._bitmap


def _checksum(raw: bytes, at: int) -> int:
    """Return the sum of all bytes but those of the checksum itself, inverted."""
    return ~(sum(raw) - sum(raw[at : at + 4])) & 0xFFFFFFFF

"""The super block of SquashFS 4.0.

Source: struct squashfs_super_block of the kernel's fs/squashfs/squashfs_fs.h; fs/squashfs/super.c for what must hold.
"""

import struct

from rempart_agent.images.layer import Layer
from rempart_agent.images.squashfs_packing import Unpacker, unpacker
from rempart_agent.source.contract import Malformed, Unfit

SIZE = 96
_FIELDS = struct.Struct("<4sIIIIHHHHHHQQQQQQQQ")
_NONE = (1 << 64) - 1
_MOST_INODES = 16 << 20


def is_squashfs(layer: Layer) -> bool:
    """Tell whether SquashFS lies on a layer, of whatever version."""
    return layer.size >= SIZE and layer.read_at(0, 4) == b"hsqs"


class SuperBlock:
    """What a file system says of itself.

    Attributes:
        block_size: Bytes of a block of data.
        used: Bytes of the whole file system.
        inodes: How many there are.
        root: Where the top folder's inode lies: its block in the upper bits, its place there in the lower 16.
        fragments: How many there are.
        ids: How many owners there are.
        inode_table: Where the inodes begin.
        folder_table: Where the names begin, behind the inodes.
        folder_end: Where the names end at the latest.
        fragment_index: Where the index of the fragments lies; None where there are none.
        id_index: Where the index of the owners lies.
        attribute_index: Where the index of the extended attributes lies; None where there are none.
        unpack: What unpacks its blocks.
    """

    def __init__(self, layer: Layer) -> None:
        """Read it.

        Raises:
            Unfit: the file system is cut off, or can't be read here.
            Malformed: it can't be understood.
        """
        name = layer.name
        fields = _FIELDS.unpack(layer.read_at(0, SIZE))
        magic, self.inodes, _, self.block_size, self.fragments, compressor, log, _, self.ids, major, minor = fields[:11]
        self.root, self.used, self.id_index, attributes, self.inode_table, self.folder_table = fields[11:17]
        fragments, exported = fields[17:]
        if magic != b"hsqs":
            raise Malformed("{name}: no squashfs", name=name)
        if (major, minor) != (4, 0):
            raise Unfit(
                "{name}: squashfs of version {major}.{minor}, which is not read", name=name, major=major, minor=minor
            )
        if not 12 <= log <= 20 or self.block_size != 1 << log or not self.inodes or not self.ids:
            raise Malformed("{name}: the super block of squashfs can't be understood", name=name)
        if self.used > layer.size:
            raise Unfit(
                "{name}: squashfs of {used} bytes is cut off at {size}", name=name, used=self.used, size=layer.size
            )
        if self.inodes > _MOST_INODES:
            raise Unfit(
                "{name}: squashfs with {inodes} files, more than {most_inodes}",
                name=name,
                inodes=self.inodes,
                most_inodes=_MOST_INODES,
            )
        self.unpack: Unpacker = unpacker(compressor, name)
        self.fragment_index = fragments if fragments != _NONE and self.fragments else None
        self.attribute_index = attributes if attributes != _NONE else None
        self.folder_end = min(one for one in (fragments, exported, self.id_index) if one != _NONE)
        order = [SIZE, self.inode_table, self.folder_table, self.folder_end, self.id_index, self.used]
        if order != sorted(order) or not self.inode_table < self.folder_table or self.id_index == self.used:
            raise Malformed("{name}: the tables of squashfs can't lie where it says", name=name)
        if self.fragments and self.fragment_index is None:
            raise Malformed("{name}: squashfs has fragments, and no table of them", name=name)
        if self.attribute_index is not None and not self.id_index < self.attribute_index < self.used:
            raise Malformed("{name}: the tables of squashfs can't lie where it says", name=name)

"""The super block of ext2, ext3 and ext4, and where inodes lie by it.

Source: the kernel's Documentation/filesystems/ext4 (super.rst, group_descr.rst) and fs/ext4/super.c (descriptor_loc,
ext4_bg_has_super).
"""

import struct
import uuid

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed, Missing, Unfit

_AT, _SIZE = 1024, 1024
_HAS_JOURNAL, _SPARSE_SUPER2 = 0x4, 0x200  # compatible
_FILETYPE, _RECOVER, _JOURNAL_DEVICE, _META_BG, _EXTENTS, _64BIT = 0x2, 0x4, 0x8, 0x10, 0x40, 0x80  # incompatible
_SPARSE_SUPER = 0x1  # compatible for reading
_KNOWN = _FILETYPE | _META_BG | _EXTENTS | _64BIT | 0x100 | 0x200 | 0x2000 | 0x8000
_REFUSED = {
    0x1: "compression",
    0x400: "ea_inode",
    0x1000: "dirdata",
    0x4000: "large_dir",
    0x10000: "encrypt",
    0x20000: "casefold",  # the kernel finds /etc/SHADOW as /etc/shadow there, and this reader would not
}
_CLEAN, _ERRORS = 1, 2


def is_ext(layer: Layer) -> bool:
    """Tell whether an ext file system lies on a layer."""
    return layer.size >= _AT + _SIZE and layer.read_at(_AT + 0x38, 2) == b"\x53\xef"


class SuperBlock:
    """What a file system says of itself.

    Attributes:
        kind: ``ext2``, ``ext3`` or ``ext4``.
        uuid: As fstab writes it.
        label: As it is set.
        block_size: In bytes.
        blocks: How many there are.
        inode_size: In bytes.
        file_types: Whether entries of folders tell what they name, which takes a byte of their names' length.
    """

    def __init__(self, layer: Layer) -> None:
        """Read it.

        Raises:
            Unfit: the file system was not unmounted cleanly, or has what can't be read here.
            Malformed: it can't be understood.
        """
        data = layer.read_at(_AT, _SIZE)
        self._layer = layer
        self._name = name = layer.name

        def number(at: int, kind: str = "I") -> int:
            return int(struct.unpack_from("<" + kind, data, at)[0])

        compat, incompat, self._ro_compat = number(0x5C), number(0x60), number(0x64)
        self._compat = compat
        self.kind = kind = "ext4" if incompat & _EXTENTS else "ext3" if compat & _HAS_JOURNAL else "ext2"
        self.uuid = str(uuid.UUID(bytes=data[0x68:0x78]))
        self.label = data[0x78:0x88].split(b"\0")[0].decode("utf-8", "replace")
        if incompat & _RECOVER:
            raise Unfit(
                "{name}: {kind} needs recovery (its journal holds changes): run e2fsck -f first", name=name, kind=kind
            )
        if incompat & _JOURNAL_DEVICE:
            raise Unfit("{name}: a journal device of ext4, and no file system", name=name)
        if not number(0x3A, "H") & _CLEAN or number(0x3A, "H") & _ERRORS:
            raise Unfit(
                "{name}: {kind} was not unmounted cleanly, or has errors: run e2fsck -f first", name=name, kind=kind
            )
        unread = [1 << bit for bit in range(32) if incompat & ~_KNOWN & 1 << bit]
        if unread:
            named = ", ".join(_REFUSED.get(one, f"feature {one:#x}") for one in unread)
            raise Unfit("{name}: {kind} with {named} can't be read", name=name, kind=kind, named=named)
        self.file_types = bool(incompat & _FILETYPE)
        if number(0x18) > 6:
            raise Malformed("{name}: {kind} with blocks of no possible size", name=name, kind=kind)
        self.block_size = 1024 << number(0x18)
        self.blocks = number(0x4) | (number(0x150) << 32 if incompat & _64BIT else 0)
        self._inodes, self._first, self._per_group = number(0x0), number(0x14), number(0x20)
        self._inodes_per_group = number(0x28)
        self.inode_size = number(0x58, "H") if number(0x4C) else 128
        self._descriptor_size = max(32, number(0xFE, "H")) if incompat & _64BIT else 32
        self._meta_from = number(0x104) if incompat & _META_BG else 1 << 32
        self._backups = (number(0x24C), number(0x250))
        if (
            self.inode_size < 128
            or self.inode_size > self.block_size
            or self.inode_size & (self.inode_size - 1)
            or not self._per_group
            or not self._inodes_per_group
            or self._descriptor_size > self.block_size
        ):
            raise Malformed("{name}: the super block of {kind} can't be understood", name=name, kind=kind)
        if self.blocks * self.block_size > layer.size:
            raise Unfit(
                "{name}: {kind} of {blocks} bytes is cut off at {size}",
                name=name,
                kind=kind,
                blocks=self.blocks * self.block_size,
                size=layer.size,
            )
        self._tables: dict[int, int] = {}

    def offset_of(self, inode: int) -> int:
        """Return where an inode lies, in bytes.

        Raises:
            Missing: there is none of this number.
            Malformed: it would lie beyond the end.
        """
        if not 0 < inode <= self._inodes:
            raise Missing("{name}: there is no inode {inode}", name=self._name, inode=inode)
        group, place = divmod(inode - 1, self._inodes_per_group)
        table = self._tables.get(group)
        if table is None:
            table = self._tables[group] = self._table(group)
        return table * self.block_size + place * self.inode_size

    def _table(self, group: int) -> int:
        each = self.block_size // self._descriptor_size
        number, place = divmod(group, each)
        apart = self.block_size == 1024 and not self._first  # with bigalloc the super block is in block 1 all the same
        if number < self._meta_from:
            block = self._first + 1 + number + apart
        else:
            block = int(self._has_super(each * number)) + each * number * self._per_group + self._first
            block += apart and number == 0
        found = self._layer.read_at(block * self.block_size + place * self._descriptor_size, self._descriptor_size)
        (table,) = struct.unpack_from("<I", found, 8)
        if self._descriptor_size >= 64:
            table |= struct.unpack_from("<I", found, 0x28)[0] << 32
        if not 0 < table < self.blocks:
            raise Malformed("{name}: the inodes of group {group} lie beyond the end", name=self._name, group=group)
        return int(table)

    def _has_super(self, group: int) -> bool:
        if group == 0:
            return True
        if self._compat & _SPARSE_SUPER2:
            return group in self._backups
        if group == 1 or not self._ro_compat & _SPARSE_SUPER:
            return True
        for base in (3, 5, 7):
            power = base
            while power < group:
                power *= base
            if power == group:
                return True
        return False

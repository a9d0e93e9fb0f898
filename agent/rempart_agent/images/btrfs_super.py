"""The super block of btrfs: the first one, at 64 KiB, which the kernel mounts by; its copies are not looked at.

Source: struct btrfs_super_block of the kernel's include/uapi/linux/btrfs_tree.h; fs/btrfs/disk-io.c
(btrfs_validate_super) for what must hold.
"""

import struct
import uuid

from rempart_agent.images.btrfs_checksum import find_checksum
from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Malformed, Unfit

_AT, _SIZE = 65536, 4096
_MAGIC = b"_BHRfS_M"
_HEAD = struct.Struct("<16sQQ8sQQQQQQQQQIIIIIQQQQHBBB")  # from byte 32 on
_DEVICE = struct.Struct("<QQQIIIQQQIBB16s16s")
_WRITTEN, _RELOC = 1, 2
_SEEDING = 1 << 32
_METADATA_UUID = 1 << 10
_KNOWN = {
    0x1: "mixed backrefs",
    0x2: "default subvolume",
    0x4: "mixed groups",
    0x8: "lzo",
    0x10: "zstd",
    0x20: "big metadata",
    0x40: "extended iref",
    0x80: "raid56",  # a chunk says whether it is; the flag stays when none is any more
    0x100: "skinny metadata",
    0x200: "no holes",
    _METADATA_UUID: "metadata uuid",
    0x800: "raid1c34",
    0x10000: "simple quota",
}
_REFUSED = {0x1000: "zoned", 0x2000: "extent tree v2", 0x4000: "raid stripe tree"}
_SIZES = frozenset(1 << power for power in range(12, 17))
_MOST_CHUNKS = 2048
_MOST_LEVEL = 7


def is_btrfs(layer: Layer) -> bool:
    """Tell whether btrfs lies on a layer."""
    return layer.size >= _AT + _SIZE and layer.read_at(_AT + 64, 8) == _MAGIC


class SuperBlock:
    """What a file system says of itself.

    Attributes:
        uuid: As fstab writes it.
        label: As it is set.
        fsid: As each block of a tree has it.
        node_size: Bytes of such a block.
        sector_size: Bytes that have a checksum of data.
        generation: Of the tree of roots.
        root: Where that begins.
        root_level: How many levels it has above its leaves.
        chunk_root: Where the tree begins that says where all others lie.
        chunk_level: How many levels that one has above its leaves.
        chunk_generation: Of it.
        first_chunks: Where that tree itself lies.
        root_folder: What stands in the tree of roots for the name of the default subvolume.
        device: The number of this disk in the file system.
        device_uuid: And its UUID there.
        checksum: What computes checksums.
        width: Bytes of one.
    """

    def __init__(self, layer: Layer) -> None:
        """Read it.

        Raises:
            Unfit: the file system was not unmounted cleanly, is cut off, or has what can't be read here.
            Malformed: it can't be understood.
        """
        name = layer.name
        data = layer.read_at(_AT, _SIZE)
        fields = _HEAD.unpack_from(data, 32)
        fsid, at, flags, magic, self.generation, self.root, self.chunk_root, log = fields[:8]
        _, _, _, self.root_folder, devices, self.sector_size, self.node_size, _, _, chunks = fields[8:18]
        self.chunk_generation, _, _, incompat, kind, self.root_level, self.chunk_level, _ = fields[18:]
        if magic != _MAGIC or at != _AT:
            raise Malformed("{name}: no btrfs", name=name)
        self.checksum, self.width = find_checksum(kind, name)
        if self.checksum(data[32:]) != data[: self.width]:
            raise Malformed("{name}: the checksum of the super block of btrfs is wrong", name=name)
        self._check_flags(name, flags, incompat)
        if log:
            raise Unfit("{name}: btrfs was not unmounted cleanly (its log holds changes): mount it once", name=name)
        if devices != 1:
            raise Unfit("{name}: btrfs over {devices} disks, which is not read", name=name, devices=devices)
        if (
            self.node_size not in _SIZES
            or self.sector_size not in _SIZES
            or self.sector_size > self.node_size
            or chunks > _MOST_CHUNKS
            or self.root_level > _MOST_LEVEL
            or self.chunk_level > _MOST_LEVEL
        ):
            raise Malformed("{name}: the super block of btrfs can't be understood", name=name)
        device = _DEVICE.unpack_from(data, 201)
        self.device, total, self.device_uuid = device[0], device[1], device[12]
        if total > layer.size:
            raise Unfit("{name}: btrfs of {total} bytes is cut off at {size}", name=name, total=total, size=layer.size)
        self.uuid = str(uuid.UUID(bytes=fsid))
        self.fsid = data[571:587] if incompat & _METADATA_UUID else fsid
        self.label = data[299:555].split(b"\0")[0].decode("utf-8", "replace")
        self.first_chunks = data[811 : 811 + chunks]

    def _check_flags(self, name: str, flags: int, incompat: int) -> None:
        if flags & _SEEDING:
            raise Unfit("{name}: btrfs that other file systems grow from (seed), which is not read", name=name)
        if flags & ~(_WRITTEN | _RELOC):
            raise Unfit(
                "{name}: btrfs with errors, or with a change by btrfstune or btrfs-image that did not end", name=name
            )
        unread = [1 << bit for bit in range(64) if incompat >> bit & 1 and 1 << bit not in _KNOWN]
        if unread:
            named = ", ".join(_REFUSED.get(one, f"feature {one:#x}") for one in unread)
            raise Unfit("{name}: btrfs with {named} can't be read", name=name, named=named)

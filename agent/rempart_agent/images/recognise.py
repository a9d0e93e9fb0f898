"""What lies on a layer, by what its format says of itself: one function for each kind, so that an error names it.

A kind is answered where its magic number stands and the fields beside it make sense. What answers to two kinds is
``several``, which nobody may read as one of them; what needs a key, a second disk or another system comes first.
"""

import struct
from collections.abc import Callable

from rempart_agent.images.layer import Layer
from rempart_agent.images.partition import is_mbr
from rempart_agent.images.signature import find_marks, read_part

SEVERAL, UNKNOWN, EMPTY = "several", "unknown", "empty"
_STEP = 1 << 20
_ZEROS = bytes(_STEP)
_SEARCHED = 16 << 30  # bytes that are read at most to know that a layer is empty
_PAGES = 4096, 8192, 16384, 32768, 65536
_RAID = 0xA92B4EFC
_ZFS = 0x00BAB10C


def recognise(layer: Layer) -> str:
    """Return what a layer holds: a key of ``KINDS``, another kind by its name, or one of the constants above.

    Raises:
        Unfit, Malformed: the layer can't be read.
    """
    found = [kind for kind, holds in KINDS.items() if holds(layer)]
    found += [kind for kind in find_marks(layer) if kind not in found]
    for kind in found:
        if kind in OUTER:
            return kind
    if len(found) > 1:
        return SEVERAL
    if found:
        return found[0]
    return EMPTY if is_empty(layer) else UNKNOWN


def is_ext(layer: Layer) -> bool:
    """ext2, ext3 or ext4: the superblock at 1024 (``struct ext4_super_block`` of Linux)."""
    block = read_part(layer, 1024, 1024)
    if block[56:58] != b"\x53\xef":
        return False
    inodes, blocks = struct.unpack_from("<II", block)
    first, size = struct.unpack_from("<II", block, 20)
    return bool(inodes and blocks) and first <= 1 and size <= 6


def is_xfs(layer: Layer) -> bool:
    """XFS: the superblock at 0 (``xfs_dsb``)."""
    block = read_part(layer, 0, 512)
    if block[:4] != b"XFSB":
        return False
    size, blocks = struct.unpack_from(">IQ", block, 4)
    return 512 <= size <= 65536 and not size & (size - 1) and blocks > 0


def is_btrfs(layer: Layer) -> bool:
    """Btrfs: the superblock at 64 KiB, which says where it lies."""
    block = read_part(layer, 65536, 4096)
    return block[64:72] == b"_BHRfS_M" and int.from_bytes(block[48:56], "little") == 65536


def is_squashfs(layer: Layer) -> bool:
    """SquashFS of version 4."""
    block = read_part(layer, 0, 96)
    return block[:4] == b"hsqs" and int.from_bytes(block[28:30], "little") == 4


def is_ntfs(layer: Layer) -> bool:
    """NTFS: its boot sector."""
    block = read_part(layer, 0, 512)
    sector = int.from_bytes(block[11:13], "little")
    return block[3:11] == b"NTFS    " and block[510:] == b"\x55\xaa" and sector in {256, 512, 1024, 2048, 4096}


def is_fat(layer: Layer) -> bool:
    """FAT12, FAT16 or FAT32: a boot sector whose fields FAT allows."""
    block = read_part(layer, 0, 512)
    if block[510:] != b"\x55\xaa" or block[0] not in {0xEB, 0xE9} or is_bitlocker(layer):
        return False
    sector, cluster, reserved, fats = struct.unpack_from("<HBHB", block, 11)
    power = cluster and not cluster & (cluster - 1)
    return sector in {512, 1024, 2048, 4096} and bool(power) and reserved > 0 and fats in {1, 2} and block[21] >= 0xF0


def is_swap(layer: Layer) -> bool:
    """Swap space, of any size of page."""
    return any(read_part(layer, page - 10, 10) in {b"SWAPSPACE2", b"SWAP-SPACE"} for page in _PAGES)


def is_hibernated(layer: Layer) -> bool:
    """Swap space with the memory of a machine that was put to sleep."""
    marks = b"S1SUSPEND", b"S2SUSPEND", b"ULSUSPEND", b"LINHIB0001"
    return any(read_part(layer, page - 10, 10).startswith(marks) for page in _PAGES)


def is_iso(layer: Layer) -> bool:
    """ISO 9660: the first volume descriptor."""
    return read_part(layer, 32769, 5) == b"CD001"


def is_luks(layer: Layer) -> bool:
    """LUKS 1 or 2, by the first header or, where that is lost, by the second one."""
    first = read_part(layer, 0, 8)
    if first[:6] == b"LUKS\xba\xbe":
        return first[6:] in {b"\0\x01", b"\0\x02"}
    return any(read_part(layer, 0x4000 << power, 6) == b"SKUL\xba\xbe" for power in range(9))


def is_bitlocker(layer: Layer) -> bool:
    """BitLocker: of a fixed disk, or of a removable one, which looks like FAT."""
    block = read_part(layer, 0, 512)
    guid = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
    return block[3:11] == b"-FVE-FS-" or guid in {block[160:176], block[424:440]}


def is_lvm(layer: Layer) -> bool:
    """A physical volume of LVM2: its label lies in one of the first four sectors."""
    labels = (read_part(layer, sector * 512, 32) for sector in range(4))
    return any(label[:8] == b"LABELONE" and label[24:] == b"LVM2 001" for label in labels)


def is_raid(layer: Layer) -> bool:
    """A member of a RAID: Linux md with any metadata, DDF, Intel."""
    sectors = layer.size // 512
    for place in (0, 4096, ((sectors - 16) & ~7) * 512):
        if read_part(layer, place, 8) == struct.pack("<II", _RAID, 1) and place >= 0:
            return True
    old = read_part(layer, (layer.size & ~65535) - 65536, 4) if layer.size >= 65536 else b""
    if old in {struct.pack("<I", _RAID), struct.pack(">I", _RAID)}:
        return True
    return (
        read_part(layer, -512, 4) == b"\xde\x11\xde\x11" or read_part(layer, -1024, 24) == b"Intel Raid ISM Cfg Sig. "
    )


def is_zfs(layer: Layer) -> bool:
    """A disk of a ZFS pool: an uberblock in one of its four labels."""
    for label in (0, 256 << 10, -(512 << 10), -(256 << 10)):
        if label < 0:
            label += layer.size & ~((256 << 10) - 1)  # noqa: PLW2901 - from the end, in whole labels
        ring = read_part(layer, label + (128 << 10), 128 << 10) if label >= 0 else b""
        for place in range(0, len(ring), 1024):
            if ring[place : place + 8] in {struct.pack("<Q", _ZFS), struct.pack(">Q", _ZFS)}:
                return True
    return False


def is_partitioned(layer: Layer) -> bool:
    """A partition table, MBR or GPT: this is a disk, or a disk within a partition."""
    return is_mbr(read_part(layer, 0, 512).ljust(512, b"\0")) or any(
        read_part(layer, sector, 8) == b"EFI PART" for sector in (512, 4096)
    )


def is_empty(layer: Layer) -> bool:
    """Nothing but zeros, all over; a layer of more than 16 GiB is not searched, and not called empty."""
    if layer.size > _SEARCHED:
        return False
    for start in range(0, layer.size, _STEP):
        part = layer.read_at(start, min(_STEP, layer.size - start))
        if part != (_ZEROS if len(part) == _STEP else bytes(len(part))):
            return False
    return True


KINDS: dict[str, Callable[[Layer], bool]] = {
    "luks": is_luks,
    "bitlocker": is_bitlocker,
    "raid": is_raid,
    "zfs": is_zfs,
    "hibernated": is_hibernated,
    "lvm": is_lvm,
    "ext": is_ext,
    "xfs": is_xfs,
    "btrfs": is_btrfs,
    "squashfs": is_squashfs,
    "ntfs": is_ntfs,
    "fat": is_fat,
    "swap": is_swap,
    "iso9660": is_iso,
    "partitions": is_partitioned,
}
OUTER = frozenset({"luks", "bitlocker", "raid", "zfs", "hibernated", "bcache", "dm-integrity", "iso9660"})
"""What is around the rest: it is not read at all, whatever shows through it."""

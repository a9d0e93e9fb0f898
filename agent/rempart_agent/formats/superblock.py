"""Telling what lies on a block device by its superblock.

Sources: the on-disk formats of the filesystems; names as blkid(8) has them. ``read`` looks at devices, ``identify`` is
pure.
"""

import os
from typing import Any, Dict, Iterable, Iterator, NamedTuple, Tuple

HEAD = 0x12000
"""How much of a device's beginning is looked at, in bytes."""
TAIL = 0x20000
"""How much of its end."""


class Kind(NamedTuple):
    """How a kind of superblock is known: by a magic; and where its uuid and label lie, counted from ``base``."""

    name: str
    base: int
    magic_at: int
    magic: bytes
    uuid_at: int = -1
    label: Tuple[int, int] = (0, 0)


_KINDS = (
    Kind("crypto_LUKS", 0, 0, b"LUKS\xba\xbe"),
    Kind("LVM2_member", 0, 0, b"LABELONE"),
    Kind("linux_raid_member", 0, 0, b"\xfc\x4e\x2b\xa9", 16, (32, 32)),
    Kind("linux_raid_member", 4096, 0, b"\xfc\x4e\x2b\xa9", 16, (32, 32)),
    Kind("bcache", 4096, 24, bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81"), 40, (72, 32)),
    Kind("bcachefs", 4096, 24, bytes.fromhex("c68573f666ce90a9d96a60cf803df7ef"), 56, (72, 32)),
    Kind("BitLocker", 0, 3, b"-FVE-FS-"),
    Kind("xfs", 0, 0, b"XFSB", 32, (108, 12)),
    Kind("squashfs", 0, 0, b"hsqs"),
    Kind("apfs", 0, 32, b"NXSB", 72),
    Kind("ntfs", 0, 3, b"NTFS    "),
    Kind("exfat", 0, 3, b"EXFAT   "),
    Kind("vfat", 0, 82, b"FAT32   "),
    Kind("vfat", 0, 54, b"FAT1"),
    Kind("ext", 1024, 56, b"\x53\xef", 104, (120, 16)),
    Kind("f2fs", 1024, 0, b"\x10\x20\xf5\xf2", 108),
    Kind("erofs", 1024, 0, b"\xe2\xe1\xf5\xe0", 48, (64, 16)),
    Kind("nilfs2", 1024, 6, b"\x34\x34", 152, (168, 80)),
    Kind("hfsplus", 1024, 0, b"H+"),
    Kind("hfsplus", 1024, 0, b"HX"),
    Kind("jfs", 32768, 0, b"JFS1", 136, (152, 16)),
    Kind("iso9660", 32768, 1, b"CD001", -1, (40, 32)),
    Kind("udf", 32768, 1, b"BEA01"),
    Kind("btrfs", 65536, 64, b"_BHRfS_M", 32, (299, 256)),
    Kind("reiserfs", 65536, 52, b"ReIsEr", 84, (100, 16)),
)
_PAGES = (4096, 8192, 16384, 32768, 65536)
_NO_MEDIUM = (6, 123, 124)  # ENXIO, ENOMEDIUM, EMEDIUMTYPE: an empty drive


def read(nodes: Iterable[str]) -> Dict[str, Dict[str, str]]:
    """Look at block devices.

    Args:
        nodes: Their device files.

    Returns:
        Device file to ``type``, ``uuid`` and ``label``, as far as they are known; or to ``denied`` or ``unfit`` with
        the reason why it could not be read.
    """
    return {node: _read_one(node) for node in nodes}


def _read_one(node: str) -> Dict[str, str]:
    import stat

    try:
        if not stat.S_ISBLK(os.stat(node).st_mode):
            return {"unfit": "not a block device"}
        descriptor = os.open(node, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            size = os.lseek(descriptor, 0, os.SEEK_END)
            head = os.pread(descriptor, HEAD, 0)
            tail = os.pread(descriptor, TAIL, max(0, size - TAIL))
        finally:
            os.close(descriptor)
    except PermissionError as error:
        return {"denied": str(error.strerror)}
    except OSError as error:
        return {} if error.errno in _NO_MEDIUM else {"unfit": str(error.strerror)}
    return identify(head, tail, size)


def identify(head: bytes, tail: bytes, size: int) -> Dict[str, str]:
    """Return ``type``, ``uuid`` and ``label`` of what lies on a device, as far as they are known.

    Args:
        head: Its first ``HEAD`` bytes.
        tail: Its last ``TAIL`` bytes.
        size: Its size in bytes.
    """
    for found in _candidates(head, tail, size):
        return {key: value for key, value in found.items() if value}
    return {}


def _candidates(head: bytes, tail: bytes, size: int) -> Iterator[Dict[str, str]]:
    for page in _PAGES:
        if head[page - 10 : page] in (b"SWAPSPACE2", b"SWAP-SPACE"):
            yield {"type": "swap", "uuid": _uuid(head, 1036), "label": _label(head, 1052, 16)}
        elif head[page - 10 : page - 1] in (b"S1SUSPEND", b"S2SUSPEND", b"ULSUSPEND", b"LINHIB000"):
            yield {"type": "swsuspend", "uuid": _uuid(head, 1036), "label": _label(head, 1052, 16)}
    if head[16384:16388] in (b"\1\1\0\0", b"\1\0\0\0") and b"pool_guid" in head[16384:]:
        yield {"type": "zfs_member"}
    for kind in _KINDS:
        for base in (0, 512, 1024, 1536) if kind.name == "LVM2_member" else (kind.base,):
            at = base + kind.magic_at
            if head[at : at + len(kind.magic)] == kind.magic:
                yield _describe(kind, head, base)
    yield from _array_at_end(tail, size)


def _array_at_end(tail: bytes, size: int) -> Iterator[Dict[str, str]]:
    """Find the superblock of a software RAID that lies at the end of its members (versions 1.0 and 0.90, md(4))."""
    start = size - len(tail)
    for at in ((size // 512 - 16) // 8 * 8 * 512, (size & ~0xFFFF) - 0x10000):
        if at >= start and tail[at - start :][:4] == b"\xfc\x4e\x2b\xa9":
            yield {"type": "linux_raid_member"}


def _describe(kind: Kind, head: bytes, base: int) -> Dict[str, str]:
    found = {"type": kind.name}
    if kind.uuid_at >= 0:
        found["uuid"] = _uuid(head, base + kind.uuid_at)
    if kind.label[1]:
        found["label"] = _label(head, base + kind.label[0], kind.label[1])
    special: Any = {
        "ext": _ext,
        "crypto_LUKS": _luks,
        "LVM2_member": _lvm,
        "vfat": _vfat,
        "ntfs": lambda head, _: {"uuid": head[72:80][::-1].hex().upper()},
        "exfat": lambda head, _: {"uuid": _serial(head[100:104])},
    }.get(kind.name)
    if special:
        found.update(special(head, base + (82 if kind.magic == b"FAT32   " else 0)))
    return found


def _ext(head: bytes, base: int) -> Dict[str, str]:
    compatible, needed, read_only = (_number(head, base + at) for at in (92, 96, 100))
    if needed & 0x8:
        return {"type": "jbd"}
    if not compatible & 0x4 and not needed & ~0x12:
        return {"type": "ext2"}
    if compatible & 0x4 and not needed & ~0x16 and not read_only & ~0x7:
        return {"type": "ext3"}
    return {"type": "ext4"}


def _luks(head: bytes, base: int) -> Dict[str, str]:
    return {"uuid": _label(head, 168, 40), "label": _label(head, 24, 48) if head[7:8] == b"\2" else ""}


def _lvm(head: bytes, base: int) -> Dict[str, str]:
    at = base + _number(head, base + 20)
    text = head[at : at + 32].decode("ascii", "replace")
    cuts = (0, 6, 10, 14, 18, 22, 26, 32)
    uuid = "-".join(text[a:b] for a, b in zip(cuts, cuts[1:]))  # noqa: RUF007 - Python 3.8
    return {"uuid": uuid if text.isalnum() else ""}


def _vfat(head: bytes, base: int) -> Dict[str, str]:
    at = 67 if base else 39  # FAT32 has the fields further on
    label = _label(head, at + 4, 11).strip()
    return {"uuid": _serial(head[at : at + 4]), "label": "" if label == "NO NAME" else label}


def _serial(data: bytes) -> str:
    text = data[::-1].hex().upper()
    return text[:4] + "-" + text[4:]


def _uuid(data: bytes, at: int) -> str:
    text = data[at : at + 16].hex()
    if len(text) < 32 or not text.strip("0"):
        return ""
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _label(data: bytes, at: int, size: int) -> str:
    return data[at : at + size].split(b"\0", 1)[0].decode("utf-8", "replace").rstrip()


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")

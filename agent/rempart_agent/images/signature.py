"""Marks of formats that are not read: a few bytes at a fixed place, so that an error can name them.

The places are those of the formats' own headers, as libblkid has them too (util-linux, libblkid/src/superblocks).
"""

from typing import NamedTuple

from rempart_agent.images.layer import Layer


class Mark(NamedTuple):
    """Some bytes that stand at an offset from the beginning of a layer, or before its end where that is negative."""

    kind: str
    offset: int
    magic: bytes


MARKS = (
    Mark("exfat", 3, b"EXFAT   "),
    Mark("refs", 3, b"ReFS\0\0\0\0"),
    Mark("apfs", 32, b"NXSB"),
    Mark("hfs", 1024, b"H+\0\x04"),
    Mark("hfs", 1024, b"HX\0\x05"),
    Mark("f2fs", 1024, b"\x10\x20\xf5\xf2"),
    Mark("erofs", 1024, b"\xe2\xe1\xf5\xe0"),
    Mark("jfs", 32768, b"JFS1"),
    Mark("reiserfs", 65588, b"ReIsErFs"),
    Mark("reiserfs", 65588, b"ReIsEr2Fs"),
    Mark("reiserfs", 65588, b"ReIsEr3Fs"),
    Mark("reiser4", 65536, b"ReIsEr4"),
    Mark("bcache", 4120, bytes.fromhex("c68573f64e1a45ca8265f57f48ba6d81")),
    Mark("bcachefs", 4120, bytes.fromhex("c68573f666ce90a9d96a60cf803df7ef")),
    Mark("ocfs2", 8192, b"OCFSV2"),
    Mark("gfs2", 65536, b"\x01\x16\x19\x70\0\0\0\x01"),
    Mark("cramfs", 0, b"\x45\x3d\xcd\x28"),
    Mark("cramfs", 0, b"\x28\xcd\x3d\x45"),
    Mark("romfs", 0, b"-rom1fs-"),
    Mark("squashfs", 0, b"sqsh"),
    Mark("udf", 0x8801, b"NSR0"),
    Mark("udf", 0x9001, b"NSR0"),
    Mark("ufs", 8192 + 0x55C, b"\x54\x19\x01\0"),
    Mark("ufs", 65536 + 0x55C, b"\x19\x01\x54\x19"),
    Mark("vmfs", 1 << 20, b"\x0d\xd0\x01\xc0"),
    Mark("vmfs", 0x200000, b"\x5e\xf1\xab\x2f"),
    Mark("dm-verity", 0, b"verity\0\0"),
    Mark("dm-integrity", 0, b"integrt\0"),
    Mark("vdo", 0, b"dmvdo001"),
    Mark("stratis", 4112, b"!Stra0tis\x86\xff\x02^"),
    Mark("snapshot", 0, b"SnAp"),
    Mark("lvm1", 0, b"HM\x01\0"),
    Mark("lvm1", 0, b"HM\x02\0"),
    Mark("drbd", -4036, b"\x83\x74\x02\x6b"),
)


def read_part(layer: Layer, offset: int, size: int) -> bytes:
    """Return bytes of a layer that may be shorter.

    Args:
        layer: The layer.
        offset: Where they begin, from its end where it is negative.
        size: How many.

    Returns:
        The bytes; ``b""`` where the layer has no such place.
    """
    place = offset if offset >= 0 else layer.size + offset
    return layer.read_at(place, size) if 0 <= place <= layer.size - size else b""


def find_marks(layer: Layer) -> list[str]:
    """Return the kinds of all marks that a layer carries, each once."""
    found = (mark.kind for mark in MARKS if read_part(layer, mark.offset, len(mark.magic)) == mark.magic)
    return list(dict.fromkeys(found))

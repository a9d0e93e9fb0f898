"""Disks of one volume group that LVM itself made, and what their metadata would say otherwise."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from rempart_testing.disks import Memory

RECORDED = Path(__file__).parents[2] / "agent/images/recorded"
AREA = 4096  # where pvcreate puts the metadata area
EXTENT = 1 << 20


@cache
def disk(name: str) -> bytes:
    """Return one of the two disks that ``build_lvm.sh`` recorded: ``one`` or ``two``."""
    return lzma.decompress((RECORDED / f"lvm-{name}.raw.xz").read_bytes())


def both() -> list[Memory]:
    """Return both disks as layers."""
    return [Memory(disk("one"), "one.raw"), Memory(disk("two"), "two.raw")]


def crc(data: bytes) -> int:
    """Return the checksum of LVM (lib/misc/crc.c): CRC-32 with another beginning, not inverted at its end."""
    return zlib.crc32(data, 0xF597A6CF ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def metadata(data: bytes) -> str:
    """Return the text on a disk, by the first entry of its header."""
    place, size = struct.unpack_from("<QQ", data, AREA + 40)
    return data[AREA + place : AREA + place + size].decode().rstrip("\0")


def rewritten(data: bytes, change: Callable[[str], str], at: int = 512) -> bytes:
    """Return a disk with another text, at a place of its ring, all checksums right."""
    disk = bytearray(data)
    text = change(metadata(data)).encode()
    (length,) = struct.unpack_from("<Q", disk, AREA + 32)
    ring = length - 512
    for index, byte in enumerate(text):
        disk[AREA + 512 + (at - 512 + index) % ring] = byte
    struct.pack_into("<QQII", disk, AREA + 40, at, len(text), crc(text), 0)
    struct.pack_into("<I", disk, AREA, crc(bytes(disk[AREA + 4 : AREA + 512])))
    return bytes(disk)


def changed(change: Callable[[str], str]) -> list[Memory]:
    """Return both disks with other metadata, the same on both."""
    return [Memory(rewritten(disk(name), change), f"{name}.raw") for name in ("one", "two")]

"""Disks put together by the partition tools and by LVM, around file systems that are there already."""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import NamedTuple

from rempart_testing.images import need, run

MIB = 1 << 20
PACKED = Path(__file__).parents[2] / "images" / "packed"
STRIPE = 64 << 10
EXTENTS = 28
"""How many extents of 1 MiB the volume ``root`` of the packed disks of LVM has: ``packed/build_lvm.sh``."""


class Part(NamedTuple):
    """A partition of a disk.

    Attributes:
        number: Its number.
        words: What sfdisk(8) is told of it, beside its place.
        size: Its MiB; 0 for an extended one, which reaches to the end of the disk.
        content: The file that is laid into it; None for none.
    """

    number: int
    words: str
    size: int
    content: Path | None = None


def lay(disk: Path, content: Path, offset: int) -> None:
    """Write a file into a disk; what is zero stays a hole."""
    with disk.open("r+b") as target, content.open("rb") as source:
        place = offset
        while data := source.read(MIB):
            if data.strip(b"\0"):
                target.seek(place)
                target.write(data)
            place += len(data)


def make_disk(disk: Path, label: str, *parts: Part) -> Path:
    """Make a disk with a partition table.

    Args:
        disk: Where.
        label: ``gpt`` or ``dos``.
        parts: Its partitions, which follow each other with a gap of 1 MiB; an extended one begins before the next.
    """
    need("sfdisk")
    lines, places, start = [f"label: {label}", "unit: sectors"], [], 1
    end = sum(one.size + 1 for one in parts) + 3
    for one in parts:
        size = one.size or end - start - 1
        lines.append(f"{one.number} : start={start * MIB // 512}, size={size * MIB // 512}, {one.words}")
        places.append(start * MIB)
        start += one.size + 1
    with disk.open("wb") as file:
        file.truncate(end * MIB)
    run("sfdisk", "-q", str(disk), given="\n".join(lines) + "\n")
    for one, place in zip(parts, places, strict=True):
        if one.content is not None:
            lay(disk, one.content, place)
    return disk


def _unpack(name: str, folder: Path) -> Path:
    disk = folder / f"{name}.raw"
    with lzma.open(PACKED / f"{name}.raw.xz") as source, disk.open("wb") as target:
        for data in iter(lambda: source.read(MIB), b""):
            if data.strip(b"\0"):
                target.write(data)
            else:
                target.seek(len(data), 1)
        target.truncate()
    return disk


def make_linear(root: Path, folder: Path) -> list[Path]:
    """Lay a file system into the linear volume of a disk that LVM made."""
    folder.mkdir(exist_ok=True)
    disk = _unpack("lvm-linear", folder)
    lay(disk, root, MIB)
    return [disk]


def make_striped(root: Path, folder: Path) -> list[Path]:
    """Lay a file system into the volume that LVM striped over two disks."""
    folder.mkdir(exist_ok=True)
    disks = [_unpack(f"lvm-striped-{name}", folder) for name in ("one", "two")]
    with root.open("rb") as source, disks[0].open("r+b") as one, disks[1].open("r+b") as two:
        for number, data in enumerate(iter(lambda: source.read(STRIPE), b"")):
            target = (one, two)[number % 2]
            target.seek(MIB + number // 2 * STRIPE)
            target.write(data)
    return disks

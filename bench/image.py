"""``make bench``, images: how fast a disk comes out of its image, in bytes of the disk for each second of CPU.

The disk holds this machine's own programs and texts, as a golden image does, and is written by ``qemu-img``; it is read
once from its beginning to its end, a MiB at a time. The best of three readings counts: another program took its share
of the rest.

    .venv/bin/python bench/image.py [--size MIB]
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from rempart_agent.images.disk import open_disk

STEP = 1 << 20
ROUNDS = 3
FOLDERS = ("/usr/lib", "/usr/bin", "/usr/share")


class Case(NamedTuple):
    """One image: its name, what qemu-img is told, and the least that is aimed at in MB a second; 0 for no aim."""

    name: str
    arguments: tuple[str, ...]
    aim: int = 0


CASES = (
    Case("raw", ("-O", "raw"), 500),
    Case("qcow2", ("-O", "qcow2"), 500),
    Case("qcow2 zlib", ("-O", "qcow2", "-c"), 250),
    Case("qcow2 zstd", ("-O", "qcow2", "-c", "-o", "compression_type=zstd"), 500),
    Case("vmdk", ("-O", "vmdk")),
    Case("vmdk packed", ("-O", "vmdk", "-o", "subformat=streamOptimized")),
    Case("vhd", ("-O", "vpc", "-o", "force_size=on")),
    Case("vhdx", ("-O", "vhdx")),
    Case("vdi", ("-O", "vdi")),
)


def fill(path: Path, size: int) -> None:
    """Write a disk of files of this machine; where they do not suffice, from the first one again."""
    left = size
    with path.open("wb") as disk:
        while left > 0:
            before = left
            for folder in FOLDERS:
                for place, _, names in os.walk(folder):
                    for name in names:
                        left -= _append(disk.fileno(), os.path.join(place, name), left)
            if left == before:
                raise SystemExit("no files to be read below " + ", ".join(FOLDERS))


def _append(disk: int, path: str, left: int) -> int:
    if left <= 0 or os.path.islink(path) or not os.path.isfile(path):
        return 0
    try:
        with open(path, "rb") as file:
            return os.write(disk, file.read(min(left, 8 << 20)))
    except OSError:
        return 0


def read(path: Path) -> tuple[float, float]:
    """Return megabytes of the disk for each second of CPU, and the milliseconds that opening it took."""
    began = time.process_time()
    disk = open_disk(str(path))
    opened = time.process_time()
    for offset in range(0, disk.size, STEP):
        disk.read_at(offset, min(STEP, disk.size - offset))
    ended = time.process_time()
    disk.close()
    return disk.size / 1e6 / (ended - opened), (opened - began) * 1e3


def main() -> int:
    """Measure and print; 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--size", type=int, default=256, metavar="MIB", help="how large the disk is")
    size = parser.parse_args().size << 20
    if shutil.which("qemu-img") is None:
        print("qemu-img is not installed: images are left out")
        return 0
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        raw, image = Path(folder, "source.raw"), Path(folder, "disk")
        fill(raw, size)
        print(f"{size >> 20} MiB of {', '.join(FOLDERS)}: MB of the disk a second of CPU, ms to open it, image's share")
        for case in CASES:
            subprocess.run(["qemu-img", "convert", "-f", "raw", *case.arguments, raw, image], check=True)
            results = [read(image) for _ in range(ROUNDS)]
            speed, opening = max(one[0] for one in results), min(one[1] for one in results)
            below = speed < case.aim
            missed += below
            aim = f"aim {case.aim}{', missed' if below else ''}" if case.aim else ""
            share = image.stat().st_size / size
            print(f"  {case.name:12} {speed:7.0f} MB/s  {opening:7.1f} ms  {share:4.0%}  {aim}".rstrip())
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

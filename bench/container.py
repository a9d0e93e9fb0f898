"""``make bench``, container images: what reading one takes of CPU and memory, which must not grow with the image.

An archive of Docker with one layer of this machine's own files is read by a process of its own: a quarter of the size,
and the whole; plain, packed by gzip and by zstd.

    .venv/bin/python bench/container.py [--size MIB]
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import IO

import zstandard

FOLDERS = ("/usr/lib", "/usr/bin", "/usr/share")
MOST = 100
"""MiB of memory that are aimed at."""
PIECE = 1 << 20
LARGEST = 8 << 20
READ = """
import resource, sys, time
from rempart_agent.images.containers.container import open_container
began = time.process_time()
image = open_container(sys.argv[1])
opened = time.process_time()
size = count = 0
for one in image.stored():
    whole, count = image.status(one.node).st_size, count + 1
    for offset in range(0, whole, 1 << 20):
        size += len(image.read(one.node, offset, 1 << 20))
ended = time.process_time()
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
print(opened - began, ended - opened, size, count, memory)
"""


def fill(path: Path, size: int) -> None:
    """Write a layer of files of this machine; where they do not suffice, again under another name."""
    left, turn = size, 0
    with tarfile.open(path, "w") as layer:
        while left > 0:
            for folder in FOLDERS:
                for place, _, names in os.walk(folder):
                    for name in names:
                        whole = os.path.join(place, name)
                        if left <= 0 or os.path.islink(whole) or not os.path.isfile(whole):
                            continue
                        if os.path.getsize(whole) <= LARGEST:
                            layer.add(whole, f"{turn}{whole}", recursive=False)
                            left -= os.path.getsize(whole)
            turn += 1


def pack(layer: Path, how: str, target: IO[bytes]) -> None:
    """Write the layer as an image holds it."""
    with layer.open("rb") as source:
        if how == "gzip":
            with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=1) as packed:
                shutil.copyfileobj(source, packed, PIECE)
        elif how == "zstd":
            zstandard.ZstdCompressor().copy_stream(source, target)
        else:
            shutil.copyfileobj(source, target, PIECE)


def write(layer: Path, how: str, path: Path) -> None:
    """Write an archive of one image with one layer."""
    with layer.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    config = {"os": "linux", "architecture": "amd64", "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]}}
    manifest = [{"Config": "config.json", "RepoTags": ["bench:1"], "Layers": ["layer.tar"]}]
    blob = path.with_suffix(".blob")
    with blob.open("wb") as target:
        pack(layer, how, target)
    with tarfile.open(path, "w") as archive:
        archive.add(blob, "layer.tar")
        for name, said in (("config.json", config), ("manifest.json", manifest)):
            data = json.dumps(said).encode()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    blob.unlink()


def main() -> int:
    """Measure and print; 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--size", type=int, default=256, metavar="MIB", help="how large the layer is")
    whole = parser.parse_args().size << 20
    missed = 0
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        layer, path = Path(folder, "source.tar"), Path(folder, "image.tar")
        for size in (whole // 4, whole):
            fill(layer, size)
            for how in ("", "gzip", "zstd"):
                write(layer, how, path)
                command = [sys.executable, "-c", READ, str(path)]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                opening, reading, read, count, memory = map(float, done.stdout.split())
                below = memory > MOST
                missed += below
                kind = f"{size >> 20:5} MiB {how or 'plain':5} {count:7.0f} files"
                used = f"{opening:6.2f} s CPU to unpack and merge, {reading:5.2f} s to read {read / 1e6:5.0f} MB"
                print(f"  {kind}: {used}, {memory:4.0f} MiB of memory, aim {MOST}{', missed' * below}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Trees of files, read through the product and from folders that umoci unpacked, in one form to compare."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
from pathlib import Path

from rempart_agent.images.containers.container import Container

ROOT = os.geteuid() == 0
Tree = dict[str, tuple[object, ...]]


def read_tree(image: Container) -> Tree:
    """Return what a file system holds, by path."""
    found: Tree = {}
    nodes: dict[int, str] = {}
    todo = [("", image.root)]
    while todo:
        path, node = todo.pop()
        status = image.status(node)
        content = b""
        if stat.S_ISLNK(status.st_mode):
            content = os.fsencode(image.readlink(node))
        elif stat.S_ISREG(status.st_mode):
            content = hashlib.sha256(image.read(node, 0, status.st_size)).digest()
        elif stat.S_ISDIR(status.st_mode):
            todo += [(f"{path}/{one.name}", one.node) for one in image.entries(node)]
        said = status.st_mtime_ns or None
        found[path] = (*describe(status), content, image.xattr(node, "security.capability"), said)
        nodes.setdefault(node, path)
    return found


def read_folder(folder: Path, mine: Tree) -> Tree:
    """Return the same of an unpacked tree; the times of what no layer describes are those of the unpacking."""
    found: Tree = {}
    for place, folders, files in os.walk(folder):
        for name in ("", *folders, *files):
            whole = os.path.join(place, name).rstrip("/")
            path = "/" + os.path.relpath(whole, folder) if whole != str(folder) else ""
            status = os.lstat(whole)
            content = b""
            if stat.S_ISLNK(status.st_mode):
                content = os.fsencode(os.readlink(whole))
            elif stat.S_ISREG(status.st_mode):
                content = hashlib.sha256(Path(whole).read_bytes()).digest()
            names = os.listxattr(whole, follow_symlinks=False)
            kept = os.getxattr(whole, "security.capability") if "security.capability" in names else None
            time = status.st_mtime_ns if mine.get(path, (None,))[-1] is not None else None
            found[path] = (*describe(status), content, kept if ROOT else mine.get(path, (None, None))[-2], time)
    return found


def describe(status: os.stat_result) -> tuple[object, ...]:
    """Return what is compared of a file."""
    is_folder = stat.S_ISDIR(status.st_mode)
    size = 0 if is_folder else status.st_size
    owner = (status.st_uid, status.st_gid) if ROOT else ()
    device = status.st_rdev if stat.S_ISCHR(status.st_mode) else 0
    return (oct(status.st_mode), owner, size, 0 if is_folder else status.st_nlink, device)


def unpack(layout: Path, name: str, target: Path) -> Path:
    """Unpack an image as umoci does, and return its root."""
    rootless = [] if ROOT else ["--rootless"]
    command = ["umoci", "unpack", *rootless, "--image", f"{layout}:{name}", str(target)]
    subprocess.run(command, check=True, capture_output=True)
    return target / "rootfs"

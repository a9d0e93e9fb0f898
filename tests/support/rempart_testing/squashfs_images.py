"""SquashFS made by hand, so that it can say what no tool writes: folders and small files, nothing packed.

The structures are those of the kernel's fs/squashfs/squashfs_fs.h.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SYSTEM: Mapping[str, bytes | None] = {"/": None, "/etc": None, "/etc/passwd": b"root", "/var": None}
"""Paths and contents; None for a folder. An inode's number is its place here, from 1 on."""

_BLOCK = 4096
_FOLDER, _FILE = 32, 32  # bytes of an inode: squashfs_dir_inode; squashfs_reg_inode without blocks


@dataclass(frozen=True)
class Forged:
    """What is other than it should be, by path.

    Attributes:
        names: The names of a folder, and the inode that each stands for.
        numbers: The number that a folder gives an inode.
        said: The number that an inode gives itself.
        kinds: The kind that a folder gives an inode.
        same: Whose names a folder has.
        size: How many bytes a file says it has.
    """

    names: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    said: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)
    size: Mapping[str, int] = field(default_factory=dict)


def forge(image: Path, tree: Mapping[str, bytes | None], change: Forged | None = None) -> Path:
    """Write an image.

    Args:
        image: Where.
        tree: What it holds.
        change: What it says instead.
    """
    change = change or Forged()
    paths = list(tree)
    numbers = {path: number for number, path in enumerate(paths, 1)}
    places = {path: number * _FOLDER for number, path in enumerate(paths)}
    fragment = b"".join(one for one in tree.values() if one)
    folders, areas = b"", {}
    for path in paths:
        if tree[path] is None:
            written = b""
            for name, node in change.names.get(path, _children(path, paths)):
                number = change.numbers.get(node, numbers[node])
                kind = change.kinds.get(node, 1 if tree[node] is None else 2)
                # squashfs_dir_header of one entry, squashfs_dir_entry
                written += struct.pack("<III", 0, 0, number)
                written += struct.pack("<HhHH", places[node], 0, kind, len(name) - 1) + name.encode()
            areas[path] = len(folders), len(written) + 3
            folders += written
    for path, other in change.same.items():
        areas[path] = areas[other]
    inodes, at = b"", 0
    for path in paths:
        data = tree[path]
        said = change.said.get(path, change.numbers.get(path, numbers[path]))
        head = struct.pack("<HHHHII", 1 if data is None else 2, 0o755, 0, 0, 1_700_000_000, said)
        if data is None:
            place, size = areas[path]
            inodes += head + struct.pack("<IIHHI", 0, 2, size, place, 1)
        else:
            inodes += head + struct.pack("<IIII", 0, 0, at, change.size.get(path, len(data)))
            at += len(data)
    image.write_bytes(_together(fragment, inodes, folders, len(paths)))
    return image


def _children(path: str, paths: list[str]) -> tuple[tuple[str, str], ...]:
    found = ((one.rpartition("/")[2], one) for one in paths if one != "/" and (one.rpartition("/")[0] or "/") == path)
    return tuple(sorted(found))


def _together(fragment: bytes, inodes: bytes, folders: bytes, count: int) -> bytes:
    body = bytes(96) + fragment
    inode_table = len(body)
    body += _plain(inodes)
    folder_table = len(body)
    body += _plain(folders)
    fragment_entries = len(body)
    body += _plain(struct.pack("<QII", 96, len(fragment) | 1 << 24, 0))
    fragment_index = len(body)
    body += struct.pack("<Q", fragment_entries)
    ids = len(body)
    body += _plain(struct.pack("<I", 0))
    id_index = len(body)
    body += struct.pack("<Q", ids)
    none = (1 << 64) - 1
    head = struct.pack("<4sIIIIHHHHHH", b"hsqs", count, 0, _BLOCK, 1, 1, 12, 0, 1, 4, 0)
    head += struct.pack("<QQQQQQQQ", 0, len(body), id_index, none, inode_table, folder_table, fragment_index, none)
    return head + body[96:]


def _plain(data: bytes) -> bytes:
    return struct.pack("<H", len(data) | 1 << 15) + data

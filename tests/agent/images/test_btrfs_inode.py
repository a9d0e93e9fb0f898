"""Inodes and names of btrfs that can't be; those that can are held against the kernel's in test_btrfs.py."""

from __future__ import annotations

import os
import stat
import struct

import pytest

from rempart_agent.images.btrfs_inode import (
    Name,
    read_inode,
    read_names,
    read_reference,
    read_root_item,
    read_root_reference,
)
from rempart_agent.images.status import Times
from rempart_agent.source.contract import Malformed


def _inode(mode: int = 0o100644, size: int = 5, device: int = 0) -> bytes:
    """Return struct btrfs_inode_item."""
    head = struct.pack("<QQQQQIIIIQQQ", 1, 1, size, 0, 0, 2, 10, 20, mode, device, 1, 0) + bytes(32 - 8)
    return head.ljust(112, b"\0") + struct.pack("<qIqIqIqI", 1, 2, 3, 4, -5, 6, 7, 8)


def test_an_inode_is_read() -> None:
    inode = read_inode(_inode(), "disk")
    assert (inode.mode, inode.links, inode.owner, inode.size, inode.flags) == (0o100644, 2, (10, 20), 5, 1)
    assert inode.times == Times(1_000_000_002, -4_999_999_994, 3_000_000_004)
    device = read_inode(_inode(stat.S_IFBLK | 0o600, 0, 259 << 20 | 70000), "disk").device
    assert device == os.makedev(259, 70000)


@pytest.mark.parametrize(
    "item",
    [b"", _inode()[:159], _inode() + b"x", _inode(mode=0o170000), _inode(mode=0o644), _inode(mode=1 << 20 | 0o100644)],
)
def test_an_inode_that_can_not_be_is_refused(item: bytes) -> None:
    with pytest.raises(Malformed):
        read_inode(item, "disk")
    with pytest.raises(Malformed):
        read_inode(_inode(size=1 << 63), "disk")


def _name(name: bytes, value: bytes = b"", kind: int = 1) -> bytes:
    """Return struct btrfs_dir_item."""
    return struct.pack("<QBQQHHB", 300, 1, 0, 9, len(value), len(name), kind) + name + value


def test_names_of_one_hash_stand_in_one_item() -> None:
    item = _name(b"one") + _name(b"user.x", b"value", 8)
    assert list(read_names(item, "disk")) == [
        Name(b"one", (300, 1, 0), 1, b""),
        Name(b"user.x", (300, 1, 0), 8, b"value"),
    ]
    assert list(read_names(b"", "disk")) == []


@pytest.mark.parametrize(
    "item", [b"x", _name(b"one")[:-1], _name(b""), _name(b"n" * 256), _name(b"one", b"value"), _name(b"one") + b"x"]
)
def test_names_that_can_not_be_are_refused(item: bytes) -> None:
    with pytest.raises(Malformed):
        list(read_names(item, "disk"))


def test_what_is_said_of_trees_and_places() -> None:
    item = bytearray(439)
    struct.pack_into("<QQQ", item, 160, 7, 256, 1 << 20)  # generation, root_dirid, bytenr
    struct.pack_into("<I", item, 216, 1)
    item[238] = 2
    assert read_root_item(bytes(item), "disk") == (256, 1 << 20, 7, 2, 1)
    assert read_root_reference(struct.pack("<QQH", 258, 3, 4) + b"home", "disk") == (258, b"home")
    assert read_reference(struct.pack("<QH", 3, 3) + b"etc" + b"more", "disk") == b"etc"
    for broken in (
        lambda: read_root_item(bytes(item[:238]), "disk"),
        lambda: read_root_reference(b"short", "disk"),
        lambda: read_root_reference(struct.pack("<QQH", 258, 3, 4) + b"hom", "disk"),
        lambda: read_reference(struct.pack("<QH", 3, 3) + b"et", "disk"),
        lambda: read_reference(b"", "disk"),
    ):
        with pytest.raises(Malformed):
            broken()

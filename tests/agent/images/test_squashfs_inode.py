"""The inodes of SquashFS, as its structures have them (fs/squashfs/squashfs_fs.h)."""

from __future__ import annotations

import os
import stat
import struct

import pytest
from rempart_testing.disks import Memory

from rempart_agent.images.squashfs_blocks import Blocks, Cursor
from rempart_agent.images.squashfs_inode import NONE, Inode, read_inode
from rempart_agent.images.squashfs_packing import unpack_gzip
from rempart_agent.source.contract import Malformed


def _read(kind: int, form: str, *values: int | bytes, mode: int = 0o4755) -> Inode:
    """Return what is read of an inode of some kind, whose own fields are given."""
    data = struct.pack("<HHHHII", kind, mode, 1, 2, 3_000_000_000, 7) + struct.pack("<" + form, *values)
    layer = Memory(struct.pack("<H", len(data) | 0x8000) + data)
    return read_inode(Cursor(Blocks(layer, layer.size, unpack_gzip), 0, 0, layer.size), 4096, "image")


def test_each_kind_is_understood_short_and_long() -> None:
    folder = _read(1, "IIHHI", 11, 3, 40, 5, 1)  # squashfs_dir_inode
    assert (folder.kind, folder.mode, folder.owner) == (1, stat.S_IFDIR | 0o4755, (1, 2))
    assert (folder.time, folder.number, folder.start, folder.links, folder.size) == (3_000_000_000, 7, 11, 3, 40)
    assert (folder.place, folder.attributes) == (5, NONE)
    long = _read(8, "IIIIHHI", 3, 40, 11, 1, 0, 5, 9)  # squashfs_ldir_inode
    assert long == folder._replace(attributes=9)
    file = _read(2, "IIII", 96, NONE, 0, 9000)  # squashfs_reg_inode
    assert (file.mode, file.start, file.size, file.links, file.blocks) == (stat.S_IFREG | 0o4755, 96, 9000, 1, 3)
    assert _read(2, "IIII", 96, 0, 4, 9000).blocks == 2
    large = _read(9, "QQQIIII", 1 << 40, 1 << 41, 0, 2, NONE, 0, 9)  # squashfs_lreg_inode
    assert (large.start, large.size, large.links, large.blocks, large.attributes) == (1 << 40, 1 << 41, 2, 1 << 29, 9)
    link = _read(3, "II5s", 1, 5, b"there")  # squashfs_symlink_inode
    assert (stat.S_IFMT(link.mode), link.link, link.size) == (stat.S_IFLNK, b"there", 5)
    assert _read(10, "II5sI", 1, 5, b"there", 9) == link._replace(attributes=9)
    device = _read(4, "II", 1, 0x10203)  # squashfs_dev_inode; new_decode_dev of the kernel
    assert (stat.S_IFMT(device.mode), device.device) == (stat.S_IFBLK, os.makedev(0x102, 3))
    assert _read(12, "III", 1, 0x12300005, 9).device == os.makedev(0, 0x12305)
    for kind, what in ((6, stat.S_IFIFO), (7, stat.S_IFSOCK)):
        assert stat.S_IFMT(_read(kind, "I", 1).mode) == what  # squashfs_ipc_inode
        assert _read(kind + 7, "II", 1, 9).attributes == 9


def test_a_mode_is_no_more_than_permissions() -> None:
    assert _read(6, "I", 1, mode=0xFFFF).mode == stat.S_IFIFO | 0o7777


@pytest.mark.parametrize("kind", [0, 15, 65535])
def test_an_unknown_kind_is_refused(kind: int) -> None:
    with pytest.raises(Malformed, match="unknown kind"):
        _read(kind, "I", 1)


@pytest.mark.parametrize("size", [0, 65536, NONE])
def test_a_link_of_no_possible_length_is_refused(size: int) -> None:
    with pytest.raises(Malformed, match="the link 7"):
        _read(3, "II", 1, size)


def test_a_cut_inode_is_refused() -> None:
    with pytest.raises(Malformed, match="too early"):
        _read(1, "I", 1)

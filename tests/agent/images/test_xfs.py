"""XFS against what mkfs.xfs put in."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from rempart_testing.images import FileLayer, differences, make_xfs

from rempart_agent.images.xfs import Xfs, access_list
from rempart_agent.source.contract import Malformed, Unfit

FIELDS = ("st_mode", "st_uid", "st_gid", "st_nlink", "st_size")


@pytest.mark.parametrize("options", [(), ("-m", "crc=0,finobt=0", "-n", "ftype=0")])
def test_all_that_was_put_in_comes_out(options: tuple[str, ...], tree: Path, tmp_path: Path) -> None:
    filesystem = Xfs(FileLayer(make_xfs(tree, tmp_path / "image", "-L", "top", *options)))
    assert filesystem.label == "top"
    assert differences(filesystem, tree, *FIELDS) == []


def test_a_log_that_holds_changes_is_refused(tree: Path, tmp_path: Path) -> None:
    image = make_xfs(tree / "deep", tmp_path / "image")
    with image.open("r+b") as file:
        block = file.read(512)
        (size,), (log,) = struct.unpack_from(">I", block, 4), struct.unpack_from(">Q", block, 48)
        (per_group,), shift = struct.unpack_from(">I", block, 84), block[124]
        # the flags of the one operation of the unmount record, 9 bytes behind its header: xlog_op_header
        file.seek(((log >> shift) * per_group + (log & ((1 << shift) - 1))) * size + 512 + 9)
        assert file.read(1)[0] & 0x20
        file.seek(-1, os.SEEK_CUR)
        file.write(b"\0")
    with pytest.raises(Unfit, match="not unmounted cleanly"):
        Xfs(FileLayer(image))


def test_parent_pointers_are_refused_since_long_links_come_out_wrong(tree: Path, tmp_path: Path) -> None:
    image = make_xfs(tree / "deep", tmp_path / "image", "-n", "parent=1")
    with pytest.raises(Unfit, match="0x80"):
        Xfs(FileLayer(image))


def test_a_cut_file_is_refused(tree: Path, tmp_path: Path) -> None:
    image = make_xfs(tree / "deep", tmp_path / "image")
    os.truncate(image, 100 << 20)
    with pytest.raises(Unfit, match="cut off"):
        Xfs(FileLayer(image))


def test_access_lists_are_told_as_a_program_sees_them() -> None:
    # fs/xfs/libxfs/xfs_format.h, struct xfs_acl: count, then tag, id, permissions, padding
    stored = struct.pack(">I", 2) + struct.pack(">IIHH", 1, 0xFFFFFFFF, 6, 0) + struct.pack(">IIHH", 2, 1234, 4, 0)
    seen = struct.pack("<I", 2) + struct.pack("<HHI", 1, 6, 0xFFFFFFFF) + struct.pack("<HHI", 2, 4, 1234)
    assert access_list(stored, "x") == seen
    with pytest.raises(Malformed):
        access_list(stored[:-1], "x")

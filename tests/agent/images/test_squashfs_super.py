"""The super block of SquashFS."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from rempart_testing.images import FileLayer
from rempart_testing.squashfs_images import SYSTEM, forge

from rempart_agent.images.squashfs_super import SuperBlock, is_squashfs
from rempart_agent.source.contract import Malformed, SourceError, Unfit


def _changed(tmp_path: Path, at: int, form: str, value: int) -> FileLayer:
    image = forge(tmp_path / "image", SYSTEM)
    data = bytearray(image.read_bytes())
    struct.pack_into(form, data, at, value)
    image.write_bytes(data)
    return FileLayer(image)


def test_it_says_what_it_says(tmp_path: Path) -> None:
    layer = FileLayer(forge(tmp_path / "image", SYSTEM))
    found = SuperBlock(layer)
    assert is_squashfs(layer)
    assert (found.block_size, found.inodes, found.used, found.ids) == (4096, 4, layer.size, 1)
    assert found.attribute_index is None


# Offsets in struct squashfs_super_block of the kernel's fs/squashfs/squashfs_fs.h
@pytest.mark.parametrize(
    ("at", "form", "value", "kind", "why"),
    [
        (0, "<I", 0, Malformed, "no squashfs"),  # s_magic
        (28, "<H", 3, Unfit, "version 3.0"),  # s_major
        (30, "<H", 1, Unfit, "version 4.1"),  # s_minor
        (4, "<I", 0, Malformed, "understood"),  # inodes
        (4, "<I", 1 << 31, Unfit, "2147483648 files"),
        (12, "<I", 4097, Malformed, "understood"),  # block_size
        (22, "<H", 13, Malformed, "understood"),  # block_log
        (22, "<H", 60000, Malformed, "understood"),
        (20, "<H", 9, Malformed, "unknown compressor 9"),  # compression
        (26, "<H", 0, Malformed, "understood"),  # no_ids
        (40, "<Q", 1 << 40, Unfit, "cut off"),  # bytes_used
        (48, "<Q", 1 << 40, Malformed, "tables"),  # id_table_start
        (64, "<Q", 5, Malformed, "tables"),  # inode_table_start
        (72, "<Q", 96, Malformed, "tables"),  # directory_table_start
        (56, "<Q", 100, Malformed, "tables"),  # xattr_id_table_start
        (80, "<Q", (1 << 64) - 1, Malformed, "no table"),  # fragment_table_start
    ],
)
def test_what_can_not_be_is_refused(
    at: int, form: str, value: int, kind: type[SourceError], why: str, tmp_path: Path
) -> None:
    with pytest.raises(kind, match=why):
        SuperBlock(_changed(tmp_path, at, form, value))

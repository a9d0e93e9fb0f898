"""Extended attributes of SquashFS."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from rempart_testing.disks import Memory
from rempart_testing.images import FileLayer, make_squashfs, nodes

from rempart_agent.images.squashfs import Squashfs
from rempart_agent.images.squashfs_attribute import find_attribute
from rempart_agent.images.squashfs_blocks import Blocks
from rempart_agent.images.squashfs_packing import unpack_gzip
from rempart_agent.source.contract import Malformed


@pytest.mark.parametrize("options", [(), ("-noX",)])
def test_attributes_come_out_as_they_were_put_in(options: tuple[str, ...], tmp_path: Path) -> None:
    top = tmp_path / "tree"
    top.mkdir()
    values = {}
    for number in range(700):  # more sets than a block of the table holds
        file = top / str(number)
        file.touch()
        values[file.name] = {"user.number": str(number).encode(), "user.shared": b"s" * 300, "user.empty": b""}
        try:
            for name, value in values[file.name].items():
                os.setxattr(file, name, value)
        except OSError:
            pytest.skip("no extended attributes here")
    (top / "none").touch()
    filesystem = Squashfs(FileLayer(make_squashfs(top, tmp_path / "image", *options)))
    found = nodes(filesystem)
    for file_name, expected in values.items():
        for name, value in expected.items():
            assert filesystem.xattr(found["/" + file_name], name) == value
    assert filesystem.xattr(found["/none"], "user.number") is None
    assert filesystem.xattr(found["/1"], "user.none") is None


def _plain(data: bytes) -> bytes:
    return struct.pack("<H", len(data) | 0x8000) + data


def _set(data: bytes, many: int = 1, place: int = 0) -> tuple[Blocks, int]:
    """Return blocks with one set, and where their index lies (squashfs_xattr_id_table, squashfs_xattr_id)."""
    values = _plain(data)
    table = _plain(struct.pack("<QII", place, many, len(data)))
    index = len(values) + len(table)
    whole = values + table + struct.pack("<QIIQ", 0, 1, 0, len(values))
    return Blocks(Memory(whole), len(whole), unpack_gzip), index


def _attribute(kind: int, name: bytes, value: bytes) -> bytes:
    return struct.pack("<HH", kind, len(name)) + name + struct.pack("<I", len(value)) + value


def test_a_value_may_lie_elsewhere() -> None:
    elsewhere = struct.pack("<I", 5) + b"value"
    data = elsewhere + _attribute(0x102, b"capability", struct.pack("<Q", 0)) + _attribute(1, b"x", b"own")
    blocks, index = _set(data, many=2, place=len(elsewhere))
    assert find_attribute(blocks, index, 0, "security.capability") == b"value"
    assert find_attribute(blocks, index, 0, "trusted.x") == b"own"
    assert find_attribute(blocks, index, 0, "user.x") is None


@pytest.mark.parametrize(
    ("data", "many", "place", "why"),
    [
        (_attribute(3, b"x", b""), 1, 0, "unknown kind 3"),
        (_attribute(0x302, b"x", b""), 1, 0, "unknown kind"),
        (_attribute(0x102, b"capability", b"12345"), 1, 0, "lies nowhere"),
        (_attribute(0x102, b"capability", struct.pack("<Q", 1 << 40)), 1, 0, "too early"),
        (struct.pack("<HHcI", 2, 1, b"x", 1 << 31), 1, 0, "has 2147483648 bytes"),
        (_attribute(2, b"x", b"y"), 2, 0, "too early"),
        (_attribute(2, b"x", b"y"), 0, 0, "has 0 extended"),
        (_attribute(2, b"x", b"y"), 1 << 31, 0, "extended attributes"),
        (_attribute(2, b"x", b"y"), 1, 9999, "beyond a block's end"),
        (_attribute(2, b"x", b"y"), 1, 1 << 60, "too early"),
    ],
)
def test_what_can_not_be_is_refused(data: bytes, many: int, place: int, why: str) -> None:
    blocks, index = _set(data, many, place)
    with pytest.raises(Malformed, match=why):
        find_attribute(blocks, index, 0, "security.capability")


def test_a_set_that_is_not_there_is_refused() -> None:
    blocks, index = _set(_attribute(2, b"x", b"y"))
    with pytest.raises(Malformed, match="of a table of 1"):
        find_attribute(blocks, index, 1, "security.x")

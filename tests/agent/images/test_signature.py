"""Formats that are told by a few bytes, and not read."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.disks import Memory, run

from rempart_agent.images.recognise import KINDS, recognise
from rempart_agent.images.signature import MARKS, Mark, find_marks, read_part


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: f"{mark.kind}-{mark.offset}")
def test_every_mark_is_found_where_it_stands(mark: Mark) -> None:
    data = bytearray(3 << 20)
    place = mark.offset if mark.offset >= 0 else len(data) + mark.offset
    data[place : place + len(mark.magic)] = mark.magic
    assert find_marks(Memory(bytes(data))) == [mark.kind]
    assert recognise(Memory(bytes(data))) == mark.kind
    assert find_marks(Memory(bytes(100))) == []


def test_a_place_that_a_layer_does_not_have_is_no_bytes() -> None:
    assert read_part(Memory(b"abc"), 1, 2) == b"bc"
    assert read_part(Memory(b"abc"), -2, 2) == b"bc"
    assert read_part(Memory(b"abc"), 1, 3) == b""
    assert read_part(Memory(b"abc"), -4, 1) == b""


@pytest.mark.parametrize(
    ("kind", "size", "command"),
    [
        ("exfat", 8, "mkfs.exfat"),
        ("f2fs", 64, "mkfs.f2fs -q"),
        ("cramfs", 1, "mkfs.cramfs -n test /etc/apt"),
        ("jfs", 32, "mkfs.jfs -q"),
        ("dm-verity", 1, ""),
    ],
)
def test_what_real_tools_write_has_its_name(tmp_path: Path, kind: str, size: int, command: str) -> None:
    disk = tmp_path / "disk.raw"
    disk.write_bytes(bytes(size << 20))
    if kind == "dm-verity":
        (tmp_path / "data").write_bytes(bytes(1 << 20))
        run("veritysetup", "format", tmp_path / "data", disk)
    else:
        run(*command.split(), disk)
    assert recognise(Memory(disk.read_bytes())) == kind


def test_no_mark_is_called_as_what_is_looked_at_more_closely() -> None:
    """A SquashFS of another version is the one exception: it must not be read as one of version 4."""
    assert {mark.kind for mark in MARKS} & set(KINDS) == {"squashfs"}

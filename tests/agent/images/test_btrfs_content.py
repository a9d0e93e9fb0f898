"""Extents and checksums of data that can't be; those that can are held against the kernel's in test_btrfs.py."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from rempart_testing.btrfs_images import Sparse, change_item, recorded
from rempart_testing.images import nodes

from rempart_agent.images.btrfs import Btrfs
from rempart_agent.source.contract import Malformed, SourceError, Unfit

DISK = recorded()
AT, PART = 256, 1 << 48
FOUND = nodes(Btrfs(DISK).mounted(("subvol=@",)))
SUMS, SUM_TREE = (1 << 64) - 10, 7


def _read(disk: Sparse, name: str) -> bytes:
    return Btrfs(disk).read(FOUND[name], 0, 1 << 25)


def _first_extent(name: str, change: Callable[[bytearray], None]) -> Sparse:
    return change_item(DISK, AT, (FOUND[name] % PART, 108, 0), change)


def _pack(form: str, at: int, value: int) -> Callable[[bytearray], None]:
    return lambda item: struct.pack_into("<" + form, item, at, value)


# Offsets of struct btrfs_file_extent_item.
@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        ("plain", _pack("B", 17, 1), "encrypted"),
        ("plain", _pack("H", 18, 1), "encoded"),
        ("plain", _pack("B", 20, 3), "can't be understood"),
        ("plain", _pack("B", 16, 9), "larger than what it holds|unknown way"),
        ("plain", _pack("Q", 21, 1 << 50), "no checksum"),
        ("plain", _pack("Q", 21, 12345), "whole sectors"),
        ("plain", _pack("Q", 29, 4096), "ends before"),
        ("plain", _pack("Q", 37, 1 << 40), "ends before"),
        ("plain", _pack("Q", 45, 0), "whole sectors"),
        ("zstd", _pack("Q", 8, 1 << 30), "larger than what it holds"),
        ("zstd", _pack("B", 16, 1), "damaged"),
        ("zlib", _pack("B", 16, 2), "LZO"),
        ("zstd-small", _pack("Q", 8, 1 << 20), "can't be understood"),
        ("one", _pack("Q", 8, 7), "can't be understood"),
    ],
)
def test_an_extent_that_can_not_be_is_refused(name: str, change: Callable[[bytearray], None], why: str) -> None:
    with pytest.raises((Malformed, Unfit), match=why):
        _read(_first_extent(f"/data/{name}", change), f"/data/{name}")


def test_extents_that_overlap_are_refused() -> None:
    def change(item: bytearray) -> None:
        inside, size = struct.unpack_from("<QQ", item, 37)
        struct.pack_into("<Q", item, 37, max(0, inside - 4096))
        struct.pack_into("<Q", item, 45, size + 4096)

    with pytest.raises(Malformed, match="overlap"):
        _read(_first_extent("/data/clone", change), "/data/clone")


def test_data_whose_checksum_is_another_one_or_missing_are_not_read() -> None:
    tree = Btrfs(DISK)
    sums = [key for key, _ in tree._contents._sums.items((SUMS, 128, 0), (SUMS, 128, (1 << 64) - 1))]  # type: ignore[union-attr]
    assert sums
    broken = DISK
    for key in sums:
        broken = change_item(broken, SUM_TREE, key, _pack("I", 0, 0))
    refused = 0
    for name in FOUND:
        if name.count("/") == 2 and name.startswith("/data/"):
            try:
                before = _read(DISK, name)
            except SourceError:
                continue
            try:
                assert _read(broken, name) == before
            except Malformed as error:
                assert "checksum of data" in str(error)  # noqa: PT017 - others are read
                refused += 1
    assert refused


def test_files_without_checksums_are_read() -> None:
    assert _read(DISK, "/data/nocow").startswith(b"1\n2\n3\n")

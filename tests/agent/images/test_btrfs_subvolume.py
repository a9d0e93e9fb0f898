"""Which subvolumes there are, where they stand, and which is the default one."""

from __future__ import annotations

import struct

import pytest
from rempart_testing.btrfs_images import Sparse, change_item, recorded

from rempart_agent.images.btrfs_checksum import name_hash
from rempart_agent.images.btrfs_subvolume import Subvolumes
from rempart_agent.images.btrfs_super import SuperBlock
from rempart_agent.images.btrfs_tree import Forest, Reference, Tree
from rempart_agent.source.contract import Malformed

DISK = recorded()
ROOTS, ROOT_ITEM, ROOT_REF, DIR_ITEM = 1, 132, 156, 84
DEFAULT = (6, DIR_ITEM, name_hash(b"default"))


def _read(disk: Sparse) -> Subvolumes:
    block = SuperBlock(disk)
    forest = Forest(disk, block)
    return Subvolumes(forest, Tree(forest, Reference(block.root, block.root_level, block.generation)))


def test_each_has_a_path_and_what_was_deleted_is_none() -> None:
    found = _read(DISK)
    assert {one.number: found.path(one.number) for one in found.all} == {
        5: "",
        256: "@",
        257: "@home",
        258: "@snapshots",
        259: "@/var/lib/nested",
        260: "@/var/lib/nested/er",
        261: "@snapshots/1/snapshot",
    }
    assert found.default == 5


def test_the_default_one_is_the_one_that_is_set() -> None:
    assert _read(change_item(DISK, ROOTS, DEFAULT, lambda item: struct.pack_into("<Q", item, 0, 257))).default == 257
    assert _read(change_item(DISK, ROOTS, DEFAULT, lambda item: item.__setitem__(-1, 0))).default == 5
    with pytest.raises(Malformed, match="default subvolume"):
        _read(change_item(DISK, ROOTS, DEFAULT, lambda item: struct.pack_into("<Q", item, 0, 999)))


def test_one_that_is_being_deleted_is_not_there() -> None:
    gone = change_item(DISK, ROOTS, (257, ROOT_ITEM, 0), lambda item: struct.pack_into("<I", item, 216, 0))
    assert 257 not in _read(gone).index


def test_subvolumes_that_stand_in_one_another_have_a_name_too() -> None:
    """259 stands in 256, and 256 in 259: each path would have no end."""
    circle = change_item(DISK, ROOTS, (5, ROOT_REF, 256), lambda item: struct.pack_into("<Q", item, 0, 1 << 40))
    found = _read(circle)
    with pytest.raises(Malformed, match="no name"):
        found.path(259)


def test_what_can_not_be_is_refused() -> None:
    with pytest.raises(Malformed, match="can't be understood"):
        _read(change_item(DISK, ROOTS, (257, ROOT_ITEM, 0), lambda item: struct.pack_into("<Q", item, 168, 255)))
    with pytest.raises(Malformed, match="no tree of files"):
        _read(change_item(DISK, ROOTS, (5, ROOT_ITEM, 0), lambda item: struct.pack_into("<I", item, 216, 0)))

"""What the super block of btrfs says, and what is refused by it."""

from __future__ import annotations

import pytest
from rempart_testing.btrfs_images import SUPER, change_super, recorded
from rempart_testing.disks import Memory

from rempart_agent.images.btrfs_super import SuperBlock, is_btrfs
from rempart_agent.source.contract import Malformed, Unfit

DISK = recorded()


def test_it_is_read() -> None:
    block = SuperBlock(DISK)
    assert (block.uuid, block.label) == ("11111111-2222-4333-8444-555555555555", "system")
    assert (block.node_size, block.sector_size, block.width, block.device) == (16384, 4096, 4, 1)


def test_btrfs_is_told_by_its_magic_number() -> None:
    assert is_btrfs(DISK)
    assert not is_btrfs(Memory(bytes(1 << 20)))
    assert not is_btrfs(Memory(b"short"))


# Offsets of struct btrfs_super_block, flags of include/uapi/linux/btrfs_tree.h and fs/btrfs/fs.h.
@pytest.mark.parametrize(
    ("at", "form", "value", "why"),
    [
        (56, "Q", 1 | 1 << 32, "seed"),
        (56, "Q", 1 | 1 << 35, "did not end"),
        (56, "Q", 1 | 1 << 2, "errors"),
        (96, "Q", 1 << 20, "not unmounted cleanly"),
        (112 + 24, "Q", 2, "over 2 disks"),
        (188, "Q", 0x1000, "zoned"),
        (188, "Q", 0x2000, "extent tree v2"),
        (188, "Q", 0x4000, "raid stripe tree"),
        (188, "Q", 1 << 40, "feature 0x10000000000"),
        (196, "H", 9, "checksums of the unknown kind 9"),
        (209, "Q", 1 << 40, "cut off"),
        (144, "I", 512, "can't be understood"),
        (148, "I", 1 << 20, "can't be understood"),
        (148, "I", 5000, "can't be understood"),
        (160, "I", 4000, "can't be understood"),
        (198, "B", 8, "can't be understood"),
    ],
)
def test_what_can_not_be_read_is_refused_with_the_reason(at: int, form: str, value: int, why: str) -> None:
    with pytest.raises((Malformed, Unfit), match=why):
        SuperBlock(change_super(DISK, at, form, value))


def test_one_flipped_byte_is_seen() -> None:
    page = bytearray(DISK.read_at(SUPER, 4096))
    page[3000] ^= 1
    with pytest.raises(Malformed, match="checksum of the super block"):
        SuperBlock(DISK.with_pages({SUPER: bytes(page)}))

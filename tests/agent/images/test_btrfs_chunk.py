"""Where addresses lie: one copy, several, and what is refused."""

from __future__ import annotations

import struct

import pytest
from rempart_testing.btrfs_images import recorded

from rempart_agent.images.btrfs_chunk import Chunks
from rempart_agent.images.btrfs_super import SuperBlock
from rempart_agent.source.contract import Malformed, Unfit

DISK = recorded()
BLOCK = SuperBlock(DISK)
MIB = 1 << 20
DATA, RAID1, DUP, RAID1C3, RAID1C4 = 1, 0x10, 0x20, 0x200, 0x400
FAR = 1 << 40


def _chunk(kind: int, *places: int, length: int = MIB, device: int = 0, uuid: bytes = b"") -> bytes:
    """Return struct btrfs_chunk."""
    head = struct.pack("<QQQQIIIHH", length, 2, 65536, kind, 4096, 4096, 4096, len(places), 1)
    return head + b"".join(
        struct.pack("<QQ16s", device or BLOCK.device, place, uuid or BLOCK.device_uuid) for place in places
    )


def _with(item: bytes) -> Chunks:
    chunks = Chunks(DISK, BLOCK)
    chunks.add(FAR, item)
    chunks.settle()
    return chunks


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        (DATA, (5 * MIB,)),
        (DATA | DUP, (5 * MIB, 9 * MIB)),
        (DATA | RAID1, (5 * MIB, 9 * MIB)),
        (DATA | RAID1C3, (5 * MIB, 9 * MIB, 11 * MIB)),
        (4 | RAID1C4, (5 * MIB, 9 * MIB, 11 * MIB, 13 * MIB)),
    ],
)
def test_copies_that_are_the_same_are_known(kind: int, places: tuple[int, ...]) -> None:
    assert _with(_chunk(kind, *places)).copies(FAR + 4096, 100) == [place + 4096 for place in places]


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (_chunk(DATA | 0x8, MIB, 2 * MIB), "RAID0"),
        (_chunk(DATA | 0x40, MIB, 2 * MIB), "RAID10"),
        (_chunk(DATA | 0x80, MIB, 2 * MIB), "RAID5"),
        (_chunk(DATA | 0x100, MIB, 2 * MIB), "RAID6"),
        (_chunk(DATA | 0x4000, MIB), "unknown kind"),
        (_chunk(DATA | RAID1, MIB, device=7), "disk 7, which is missing"),
        (_chunk(DATA, MIB, uuid=b"u" * 16), "missing"),
        (_chunk(DATA, DISK.size - 4096), "cut off"),
        (_chunk(DATA), "can't be understood"),
        (_chunk(0, MIB), "can't be understood"),
        (_chunk(DATA, MIB, length=0), "can't be understood"),
        (_chunk(DATA, MIB)[:70], "can't be understood"),
        (b"short", "cut off"),
    ],
)
def test_what_can_not_be_read_is_refused(item: bytes, why: str) -> None:
    with pytest.raises((Malformed, Unfit), match=why):
        _with(item)


def test_addresses_without_a_place_and_chunks_that_overlap_are_refused() -> None:
    chunks = _with(_chunk(DATA, MIB))
    for address, size in ((0, 1), (FAR - 1, 1), (FAR + MIB, 1), (FAR + MIB - 1, 2)):
        with pytest.raises(Malformed, match="lies nowhere"):
            chunks.copies(address, size)
    chunks.add(FAR + 4096, _chunk(DATA, MIB))
    with pytest.raises(Malformed, match="overlap"):
        chunks.settle()

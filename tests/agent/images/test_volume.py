"""What may hold a file system, over all disks of a machine."""

from __future__ import annotations

import struct

import pytest
from rempart_testing.disks import Memory
from rempart_testing.lvm_disks import both

from rempart_agent.images.recognise import recognise
from rempart_agent.images.volume import list_volumes
from rempart_agent.source.contract import Malformed, SourceError


def _mbr(*kinds: int) -> bytes:
    entries = b"".join(
        bytes([0, 0, 0, 0, kind, 0, 0, 0]) + (index + 1).to_bytes(4, "little") + (1).to_bytes(4, "little")
        for index, kind in enumerate(kinds)
    )
    return bytes(440) + b"\x01\0\xfe\xca\0\0" + entries.ljust(64, b"\0") + b"\x55\xaa" + bytes(512 * len(kinds))


def test_every_volume_of_every_disk_is_listed() -> None:
    disks = [Memory(_mbr(0x83, 0x82), "system.raw"), Memory(bytes(4096), "data.raw")]
    found = [
        (one.name, one.disk, one.partition and (one.partition.number, one.partition.uuid))
        for one in list_volumes(disks)
    ]
    assert found == [
        ("system.raw partition 1", 0, (1, "cafe0001-01")),
        ("system.raw partition 2", 0, (2, "cafe0001-02")),
        ("data.raw", 1, None),
    ]


def test_volumes_of_lvm_follow_whatever_carries_them() -> None:
    """One of the two physical volumes lies in a partition, the other one on a whole disk."""
    one, two = both()
    table = bytearray(_mbr(0x8E))
    table[446 + 8 : 446 + 16] = struct.pack("<II", 2048, one.size // 512)
    disks = [Memory(bytes(table[:512]).ljust(1 << 20, b"\0") + one.data, "system.raw"), two]
    found = [(volume.name, volume.disk, volume.mapper, volume.physical) for volume in list_volumes(disks)]
    assert found == [
        ("system.raw partition 1", 0, "", True),
        ("two.raw", 1, "", True),
        ("vg-data/root", -1, "vg--data-root", False),
        ("vg-data/alone", -1, "vg--data-alone", False),
        ("vg-data/striped", -1, "vg--data-striped", False),
        ("vg-data/with-hyphen", -1, "vg--data-with--hyphen", False),
        ("vg-data/bad", -1, "vg--data-bad", False),
    ]


def test_a_physical_volume_within_a_volume_is_not_taken_for_one() -> None:
    """LVM does not look there either (scan_lvs): whoever needs that volume learns that it was not read."""
    one, two = both()
    data = bytearray(one.data)
    data[(1 << 20) + 512 : (1 << 20) + 1024] = one.data[512:1024]
    (root,) = [volume for volume in list_volumes([Memory(bytes(data)), two]) if volume.name == "vg-data/root"]
    assert (recognise(root.layer), root.physical) == ("lvm", False)


def test_a_disk_that_is_a_file_system_and_has_partitions_is_read_as_neither() -> None:
    """Linux would mount either of them: it depends on what fstab says."""
    disk = bytearray(_mbr(0x83))
    with_xfs = b"XFSB" + struct.pack(">IQ", 4096, 100) + bytes(disk[16:])
    with pytest.raises(Malformed, match=r"disk\.raw: it has a partition table, and is several as well"):
        list_volumes([Memory(with_xfs)])


def test_a_partition_that_is_not_read_hides_no_other() -> None:
    first, second = list_volumes([Memory(_mbr(0x42, 0x83))])
    assert second.layer.read_at(0, 1) == b"\0"
    with pytest.raises(SourceError):
        first.layer.read_at(0, 1)


def test_a_table_that_contradicts_itself_is_not_passed_over() -> None:
    with pytest.raises(Malformed, match=r"data\.raw"):
        list_volumes([Memory(bytes(512)), Memory(_mbr(0xEE), "data.raw")])

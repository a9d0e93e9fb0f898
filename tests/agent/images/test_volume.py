"""What may hold a file system, over all disks of a machine."""

from __future__ import annotations

import pytest
from rempart_testing.disks import Memory

from rempart_agent.images.volume import list_volumes
from rempart_agent.source.contract import Malformed


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


def test_a_table_that_contradicts_itself_is_not_passed_over() -> None:
    with pytest.raises(Malformed, match=r"data\.raw"):
        list_volumes([Memory(bytes(512)), Memory(_mbr(0xEE), "data.raw")])

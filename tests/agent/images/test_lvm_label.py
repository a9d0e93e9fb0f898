"""Labels and metadata areas of physical volumes, as pvcreate and vgcreate wrote them."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, Memory, damaged, survive
from rempart_testing.lvm_disks import AREA, crc, disk, metadata, rewritten

from rempart_agent.images.lvm_label import read_label
from rempart_agent.source.contract import Malformed, SourceError, Unfit


def test_a_label_names_its_volume_and_its_metadata() -> None:
    found = read_label(Memory(disk("one")))
    assert len(found.uuid) == 32
    assert found.texts == (metadata(disk("one")),)
    assert found.areas == 1
    assert "vg-data {" in found.texts[0]


def test_metadata_that_wrap_around_the_end_of_their_ring_are_whole() -> None:
    (length,) = struct.unpack_from("<Q", disk("one"), AREA + 32)
    wrapped = rewritten(disk("one"), str, at=length - 700)
    assert read_label(Memory(wrapped)).texts == (metadata(disk("one")),)


def test_a_volume_of_no_group_has_no_text() -> None:
    data = bytearray(disk("one"))
    data[AREA + 40 : AREA + 64] = bytes(24)
    struct.pack_into("<I", data, AREA, crc(bytes(data[AREA + 4 : AREA + 512])))
    found = read_label(Memory(bytes(data)))
    assert (found.texts, found.areas) == ((), 1)


def _spoiled(place: int, value: bytes, seal: bool = False) -> Memory:
    data = bytearray(disk("one"))
    data[place : place + len(value)] = value
    if seal:
        struct.pack_into("<I", data, AREA, crc(bytes(data[AREA + 4 : AREA + 512])))
    return Memory(bytes(data))


@pytest.mark.parametrize(
    ("place", "value", "seal", "why"),
    [
        (512, b"X", False, "no label"),
        (512 + 8, b"\x02", False, "label .* damaged"),
        (512 + 40, b"\xff", False, "label .* damaged"),
        (AREA, b"\xff", False, "header .* damaged"),
        (AREA + 4, b"X", True, "header .* damaged"),
        (AREA + 20, b"\x02", True, "header .* damaged"),
        (AREA + 24, b"\xff\xff", True, "header .* damaged"),
        (AREA + 40, b"\x10\0\0\0\0\0\0\0", True, "outside"),
        (AREA + 48, b"\xff" * 8, True, "outside"),
        (AREA + 48, b"\0" * 8, True, "outside"),
        (AREA + 600, b"\xff", False, "label"),
    ],
)
def test_a_wrong_place_or_checksum_is_malformed(place: int, value: bytes, seal: bool, why: str) -> None:
    if place == AREA + 600:
        (text,) = struct.unpack_from("<Q", disk("one"), AREA + 40)
        place, why = AREA + text + 9, "checksum of the LVM metadata"
    with pytest.raises(Malformed, match=why):
        read_label(_spoiled(place, value, seal))


def test_a_cut_disk_is_known_by_its_label() -> None:
    with pytest.raises(Unfit, match="cut"):
        read_label(Memory(disk("one")[:-1]))
    with pytest.raises(SourceError):
        read_label(Memory(disk("one")[:700]))


@settings(max_examples=CASES)
@given(st.data())
def test_a_damaged_label_ends_in_a_volume_or_in_our_error(data: st.DataObject) -> None:
    bad = data.draw(damaged(disk("one")[: 2 << 20], ((512, 700), (AREA, AREA + 80), (AREA + 512, AREA + 3000))))
    survive(lambda: read_label(Memory(bad)))

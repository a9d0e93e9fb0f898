"""VHDX as qemu-img writes it, and as it must not be believed."""

from __future__ import annotations

import struct
import uuid
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, Memory, convert, damaged, made, read_all, read_in_steps, run, sample, survive

from rempart_agent.images.crc32c import crc32c
from rempart_agent.images.vhdx import Vhdx
from rempart_agent.source.contract import Malformed, SourceError, Unfit

SIZE = (5 << 20) + 1536
HEADERS = (64 << 10, 128 << 10)
REGIONS = (192 << 10, 256 << 10)
BAT = uuid.UUID("2dc27766-f623-4200-9d64-115e9bfd4a08").bytes_le
METADATA = uuid.UUID("8b7ca206-4790-4b9a-b8fe-575f050f886e").bytes_le
PARAMETERS = uuid.UUID("caa16737-fa36-4d43-b3b6-33f0aa44e76b").bytes_le


@pytest.mark.parametrize("share", [0.3, 3], ids=["sparse", "full"])
@pytest.mark.parametrize("options", [[], ["-o", "block_size=1M"], ["-o", "block_size=256M"], ["-o", "subformat=fixed"]])
def test_a_disk_is_what_qemu_wrote(tmp_path: Path, options: list[str], share: float) -> None:
    data = sample(SIZE, share=share)
    read_in_steps(Vhdx(Memory(convert(data, tmp_path, "vhdx", *options).read_bytes())), data)


def test_blocks_beyond_the_first_bitmap_are_found(tmp_path: Path) -> None:
    """After 4,096 blocks of 1 MiB the table has an entry for a bitmap."""
    place = (4097 << 20) + 512
    raw = tmp_path / "source.raw"
    with raw.open("wb") as file:
        file.truncate(4100 << 20)
        file.seek(place)
        file.write(sample(2 << 20))
    run("qemu-img", "convert", "-f", "raw", "-O", "vhdx", "-o", "block_size=1M", raw, tmp_path / "disk.vhdx")
    layer = Vhdx(Memory((tmp_path / "disk.vhdx").read_bytes()))
    assert layer.read_at(place - 512, (2 << 20) + 1024) == bytes(512) + sample(2 << 20) + bytes(512)


@pytest.mark.parametrize("missing", [1, 1_000_000, 4_000_000])
def test_a_cut_file_is_an_error_and_never_zeros(missing: int) -> None:
    whole = made("vhdx", "-o", "block_size=1M", size=4 << 20, share=3)
    with pytest.raises(Unfit, match="beyond its end"):
        Vhdx(Memory(whole[:-missing]))


def _sealed(data: bytearray) -> bytes:
    """Return an image with its checksums made anew; what is damaged in both copies stays."""
    for places, size in ((HEADERS, 4096), (REGIONS, 65536)):
        for place in places:
            data[place + 4 : place + 8] = bytes(4)
            struct.pack_into("<I", data, place + 4, crc32c(bytes(data[place : place + size])))
    return bytes(data)


def _both(places: tuple[int, int], at: int, value: bytes) -> Memory:
    data = bytearray(made("vhdx"))
    for place in places:
        data[place + at : place + at + len(value)] = value
    return Memory(_sealed(data), "disk.vhdx")


def test_a_log_that_was_not_replayed_is_refused() -> None:
    """The log's GUID of [MS-VHDX] 2.2.2; a disk with one may hold other bytes than its table says."""
    with pytest.raises(Unfit, match="log must be replayed"):
        Vhdx(_both(HEADERS, 48, b"\x11" * 16))


@pytest.mark.parametrize("place", [*HEADERS, *REGIONS])
def test_each_copy_of_what_has_two_must_be_sound(place: int) -> None:
    data = bytearray(made("vhdx"))
    data[place + 100] ^= 1
    with pytest.raises(Malformed, match=r"damaged|differ"):
        Vhdx(Memory(bytes(data)))
    if place in REGIONS:
        data[REGIONS[0] + 100] = data[REGIONS[1] + 100] = 0x55
        with pytest.raises(Malformed, match="region table is damaged"):
            Vhdx(Memory(bytes(data)))


def test_what_is_required_and_not_known_is_refused() -> None:
    regions = made("vhdx")[REGIONS[0] : REGIONS[0] + 200]
    place = regions.index(BAT)
    with pytest.raises(Unfit, match="not known"):
        Vhdx(_both(REGIONS, place, b"\x99" * 16 + bytes(12) + b"\x01"))
    with pytest.raises(Malformed, match="lacks a region"):
        Vhdx(_both(REGIONS, place, b"\x99" * 16 + bytes(16)))
    with pytest.raises(Malformed, match="lacks a region"):
        Vhdx(_both(REGIONS, place + 16, bytes(16)))
    with pytest.raises(Malformed, match="region table"):
        Vhdx(_both(REGIONS, 8, struct.pack("<I", 2048)))
    with pytest.raises(Malformed, match="lacks a region"):
        Vhdx(_both(REGIONS, 8, struct.pack("<I", 0)))


def _item(form: str, *values: int) -> Memory:
    """Return an image with other parameters of its file (block size, flags)."""
    data = bytearray(made("vhdx"))
    (metadata,) = struct.unpack_from("<Q", data, data.index(METADATA) + 16)
    (offset,) = struct.unpack_from("<I", data, data.index(PARAMETERS) + 16)
    struct.pack_into(form, data, metadata + offset, *values)
    return Memory(bytes(data), "disk.vhdx")


def test_parameters_that_can_not_be_are_refused() -> None:
    with pytest.raises(Unfit, match="differences"):
        Vhdx(_item("<II", 8 << 20, 2))
    for block in (0, 512, 3 << 20, 512 << 20):
        with pytest.raises(Malformed, match="blocks of"):
            Vhdx(_item("<I", block))


@pytest.mark.parametrize("state", range(8))
def test_only_states_that_the_format_has_are_read(state: int) -> None:
    """[MS-VHDX] 2.5.1.1: 6 is stored, 0, 2, 3 are zeros; 7 needs a parent, 1 may be anything, 4 is nothing."""
    data = bytearray(made("vhdx", share=3))
    (bat,) = struct.unpack_from("<Q", data, data.index(BAT) + 16)
    stored = Vhdx(Memory(bytes(data))).read_at(0, 65536)
    data[bat] = data[bat] & ~7 | state
    if state in {0, 2, 3, 5}:
        assert Vhdx(Memory(bytes(data))).read_at(0, 65536) == bytes(65536)
    elif state == 6:
        assert Vhdx(Memory(bytes(data))).read_at(0, 65536) == stored
    else:
        with pytest.raises(Malformed, match="undefined"):
            Vhdx(Memory(bytes(data)))


@settings(max_examples=CASES)
@given(st.data())
def test_a_damaged_image_ends_in_bytes_or_in_our_error(data: st.DataObject) -> None:
    whole = made("vhdx")
    (bat,) = struct.unpack_from("<Q", whole, whole.index(BAT) + 16)
    (metadata,) = struct.unpack_from("<Q", whole, whole.index(METADATA) + 16)
    weak = ((64 << 10, (64 << 10) + 80), (192 << 10, (192 << 10) + 80), (metadata, metadata + 200), (bat, bat + 16))
    bad = bytearray(data.draw(damaged(whole, weak)))
    if len(bad) > 320 << 10:  # on purpose: the checksums are right
        bad[HEADERS[1] : HEADERS[1] + 4096] = bad[HEADERS[0] : HEADERS[0] + 4096]
        bad[REGIONS[1] : REGIONS[1] + 65536] = bad[REGIONS[0] : REGIONS[0] + 65536]
        _sealed(bad)
    survive(lambda: read_all(Vhdx(Memory(bytes(bad)))))


def test_another_beginning_is_no_vhdx() -> None:
    with pytest.raises(SourceError):
        Vhdx(Memory(b"vhdxfile"))
    with pytest.raises(Malformed):
        Vhdx(Memory(bytes(1 << 20)))

"""Sparse extents of VMDK as qemu-img writes them, and as they must not be believed."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, Memory, convert, damaged, made, read_all, read_in_steps, sample, survive

from rempart_agent.images.vmdk_sparse import SparseExtent, read_header
from rempart_agent.source.contract import Malformed, SourceError, Unfit

SIZE = (3 << 20) + 1536
STREAM = ("-o", "subformat=streamOptimized")


@pytest.mark.parametrize("share", [0.3, 3], ids=["sparse", "full"])
@pytest.mark.parametrize("options", [(), STREAM, ("-o", "zeroed_grain=on")])
def test_a_disk_is_what_qemu_wrote(tmp_path: Path, options: tuple[str, ...], share: float) -> None:
    data = sample(SIZE, share=share)
    read_in_steps(SparseExtent(Memory(convert(data, tmp_path, "vmdk", *options).read_bytes())), data)


@pytest.mark.parametrize("missing", [1, 512, 70_000, 1_000_000, 2_900_000])
@pytest.mark.parametrize("kind", ["plain", "stream", "tables at the end"])
def test_a_cut_file_is_an_error_and_never_zeros(kind: str, missing: int) -> None:
    data = sample(3 << 20, share=3)
    whole = made("vmdk", *(() if kind == "plain" else STREAM), size=3 << 20, share=3)
    if kind == "tables at the end":
        whole = _streamed(whole)
    try:
        layer = SparseExtent(Memory(whole[:-missing]))
    except Unfit:
        return
    assert kind == "stream"
    assert missing <= 512  # what was cut off was not part of the last grain: it filled a sector up
    assert layer.read_at(0, len(data)) == data


def _streamed(whole: bytes) -> bytes:
    """Return an extent whose tables are told at its end, as VMware streams one ("Virtual Disk Format 5.0")."""
    first = bytearray(whole[:512])
    struct.pack_into("<Q", first, 56, 0xFFFFFFFFFFFFFFFF)
    marker = struct.pack("<QII", 1, 0, 3).ljust(512, b"\0")
    return (
        bytes(first) + whole[512:].ljust(-(-len(whole) // 512) * 512 - 512, b"\0") + marker + whole[:512] + bytes(512)
    )


def test_tables_at_the_end_are_read(tmp_path: Path) -> None:
    data = sample(SIZE)
    whole = _streamed(convert(data, tmp_path, "vmdk", *STREAM).read_bytes())
    read_in_steps(SparseExtent(Memory(whole)), data)
    other = bytearray(whole)
    other[-1024 + 12] ^= 1
    with pytest.raises(Malformed, match=r"headers .* differ"):
        SparseExtent(Memory(bytes(other)))
    assert read_header(Memory(whole)).descriptor == 1


def _with(place: int, form: str, value: int, *options: str) -> Memory:
    data = bytearray(made("vmdk", *options))
    struct.pack_into(form, data, place, value)
    return Memory(bytes(data), "disk.vmdk")


@pytest.mark.parametrize(
    ("place", "form", "value"),
    [
        # struct SparseExtentHeader of "Virtual Disk Format 5.0"
        (0, "<I", 0),
        (4, "<I", 4),
        (20, "<Q", 0),
        (20, "<Q", 3),
        (20, "<Q", 1 << 40),
        (12, "<Q", 1 << 60),
        (44, "<I", 0),
        (44, "<I", 513),
        (44, "<I", 0xFFFFFFFF),
        (56, "<Q", 1 << 50),
        (72, "<B", 1),  # uncleanShutdown
        (74, "<B", 0x0A),  # nonEndLineChar: it went through a transfer as text
    ],
)
@pytest.mark.parametrize("options", [(), STREAM])
def test_a_header_that_can_not_be_is_refused(options: tuple[str, ...], place: int, form: str, value: int) -> None:
    with pytest.raises(SourceError, match=r"disk\.vmdk: "):
        SparseExtent(_with(place, form, value, *options))


def test_a_compression_that_is_not_known_is_refused() -> None:
    with pytest.raises(Unfit, match="method 2"):
        SparseExtent(_with(77, "<H", 2, *STREAM))


def test_the_two_copies_of_the_tables_must_say_the_same() -> None:
    whole = made("vmdk")
    for which in (48, 56):
        (directory,) = struct.unpack_from("<Q", whole, which)
        (table,) = struct.unpack_from("<I", whole, directory * 512)
        data = bytearray(whole)
        struct.pack_into("<I", data, table * 512 + 4, 128)
        with pytest.raises(Malformed, match="copies"):
            SparseExtent(Memory(bytes(data)))
        data = bytearray(whole)
        struct.pack_into("<I", data, directory * 512, 0)
        with pytest.raises(Malformed, match="copies"):
            SparseExtent(Memory(bytes(data)))


def _tables(data: bytes, directory: int) -> int:
    """Return where the first table of grains lies, by a directory in sectors."""
    return int(struct.unpack_from("<I", data, directory * 512)[0]) * 512


def test_a_compressed_grain_says_which_one_it_is() -> None:
    data = bytearray(made("vmdk", *STREAM, share=3))
    (directory,) = struct.unpack_from("<Q", data, 56)
    table = _tables(bytes(data), directory)
    first, second = struct.unpack_from("<II", data, table)
    struct.pack_into("<II", data, table, second, first)
    with pytest.raises(Malformed, match="another one"):
        SparseExtent(Memory(bytes(data)))


def test_a_damaged_grain_is_an_error_when_it_is_read() -> None:
    data = bytearray(made("vmdk", *STREAM, share=3))
    (directory,) = struct.unpack_from("<Q", data, 56)
    (first,) = struct.unpack_from("<I", data, _tables(bytes(data), directory))
    data[first * 512 + 12 : first * 512 + 400] = bytes(388)
    layer = SparseExtent(Memory(bytes(data)))
    assert layer.read_at(65536, 100) == sample(300_000, share=3)[65536:65636]
    with pytest.raises(Malformed, match="compressed data"):
        layer.read_at(65000, 1000)


@pytest.mark.parametrize("options", [(), STREAM])
@settings(max_examples=CASES // 2)
@given(st.data())
def test_a_damaged_image_ends_in_bytes_or_in_our_error(options: tuple[str, ...], data: st.DataObject) -> None:
    whole = made("vmdk", *options)
    (directory,) = struct.unpack_from("<Q", whole, 56)
    table = _tables(whole, directory)
    bad = bytearray(data.draw(damaged(whole, ((0, 80), (directory * 512, directory * 512 + 8), (table, table + 32)))))
    if not options and data.draw(st.booleans()) and len(bad) > 80:
        bad[48:56] = bytes(8)  # one copy of the tables, so that no other one contradicts it
    survive(lambda: read_all(SparseExtent(Memory(bytes(bad)))))


def test_huge_numbers_take_no_time() -> None:
    """A directory full of nothing: as many grains as an extent may have, and more."""
    data = bytearray(made("vmdk"))
    struct.pack_into("<QQ", data, 12, (1 << 25) * 8, 8)
    struct.pack_into("<Q", data, 48, 0)
    data[21 * 512 :] = bytes(300_000)
    struct.pack_into("<Q", data, 56, 21)
    survive(lambda: read_all(SparseExtent(Memory(bytes(data)))))
    struct.pack_into("<QQ", data, 12, (1 << 62), 8)
    with pytest.raises(Malformed, match="which no extent has"):
        SparseExtent(Memory(bytes(data)))

"""VDI as qemu-img writes it, and as it must not be believed."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, Memory, convert, damaged, made, read_all, read_in_steps, sample, survive

from rempart_agent.images.vdi import Vdi
from rempart_agent.source.contract import Malformed, SourceError, Unfit

SIZE = (3 << 20) + 1536


@pytest.mark.parametrize("share", [0.3, 3], ids=["sparse", "full"])
@pytest.mark.parametrize("options", [[], ["-o", "static=on"]])
def test_a_disk_is_what_qemu_wrote(tmp_path: Path, options: list[str], share: float) -> None:
    data = sample(SIZE, share=share)
    read_in_steps(Vdi(Memory(convert(data, tmp_path, "vdi", *options).read_bytes())), data)


def test_discarded_blocks_are_zeros(tmp_path: Path) -> None:
    whole = bytearray(convert(sample(SIZE, share=3), tmp_path, "vdi").read_bytes())
    (table,) = struct.unpack_from("<I", whole, 0x154)
    for entry in (0xFFFFFFFE, 0xFFFFFFFF):
        struct.pack_into("<I", whole, table + 4, entry)
        assert Vdi(Memory(bytes(whole))).read_at(1 << 20, 1 << 20) == bytes(1 << 20)


@pytest.mark.parametrize("missing", [1, 100_000, 2_000_000, 3_900_000])
def test_a_cut_file_is_an_error_and_never_zeros(missing: int) -> None:
    whole = made("vdi", size=4 << 20, share=3)
    with pytest.raises(Unfit, match="beyond its end"):
        Vdi(Memory(whole[:-missing]))


def _with(place: int, value: int) -> Memory:
    data = bytearray(made("vdi"))
    struct.pack_into("<I", data, place, value)
    return Memory(bytes(data), "disk.vdi")


@pytest.mark.parametrize(
    ("place", "value", "error"),
    [
        # the fields of VdiHeader, block/vdi.c of QEMU
        (0x40, 0, Malformed),
        (0x44, 0x10000, Malformed),
        (0x4C, 3, Unfit),  # undo
        (0x4C, 4, Unfit),  # differencing
        (0x168, 4096, Malformed),
        (0x170, 0xFFFFFFFF, Malformed),
        (0x174, 0xFFFFFFFF, Malformed),
        (0x178, 0, Malformed),
        (0x178, 3 << 19, Malformed),
        (0x17C, 1, Malformed),
        (0x180, 0xFFFFFFFF, Malformed),
        (0x1A8, 1, Unfit),  # uuid_link
        (0x1B8, 1, Unfit),  # uuid_parent
    ],
)
def test_a_header_that_can_not_be_is_refused(place: int, value: int, error: type[SourceError]) -> None:
    with pytest.raises(error, match=r"disk\.vdi: "):
        Vdi(_with(place, value))


@settings(max_examples=CASES)
@given(st.data())
def test_a_damaged_image_ends_in_bytes_or_in_our_error(data: st.DataObject) -> None:
    bad = data.draw(damaged(made("vdi"), ((0x40, 0x1C8), (0x200, 0x210))))
    survive(lambda: read_all(Vdi(Memory(bad))))

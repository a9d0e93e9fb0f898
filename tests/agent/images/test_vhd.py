"""VHD as qemu-img writes it, and as it must not be believed."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, Memory, convert, damaged, made, read_all, read_in_steps, run, sample, survive

from rempart_agent.images.vhd import open_vhd
from rempart_agent.source.contract import Malformed, SourceError, Unfit

SIZE = (5 << 20) + 1536
FIXED = ["-o", "subformat=fixed"]


@pytest.mark.parametrize("share", [0.3, 3], ids=["sparse", "full"])
@pytest.mark.parametrize("options", [[], FIXED, ["-o", "force_size=on"], ["-o", "subformat=fixed,force_size=on"]])
def test_a_disk_is_what_qemu_reads(tmp_path: Path, options: list[str], share: float) -> None:
    written = convert(sample(SIZE, share=share), tmp_path, "vpc", *options)
    run("qemu-img", "convert", "-f", "vpc", "-O", "raw", written, tmp_path / "back.raw")
    read_in_steps(open_vhd(Memory(written.read_bytes())), (tmp_path / "back.raw").read_bytes())


@pytest.mark.parametrize("missing", [1, 512, 100_000, 4_000_000])
def test_a_cut_file_is_an_error_and_never_zeros(missing: int) -> None:
    whole = made("vpc", size=5 << 20, share=3)
    with pytest.raises(Unfit, match="cut"):
        open_vhd(Memory(whole[:-missing]))


@pytest.mark.parametrize("missing", [1_500_000, 3_000_000])
@pytest.mark.parametrize("options", [[], FIXED])
def test_a_block_that_is_missing_is_an_error_and_never_zeros(options: list[str], missing: int) -> None:
    """The footer is there: somebody cut a piece out, and not off."""
    whole = made("vpc", *options, size=5 << 20, share=3)
    with pytest.raises(Unfit, match="beyond its end"):
        open_vhd(Memory(whole[: -512 - missing] + whole[-512:]))


def _sealed(data: bytearray, start: int, at: int, size: int) -> None:
    struct.pack_into(">I", data, start + at, 0)
    struct.pack_into(">I", data, start + at, ~sum(data[start : start + size]) & 0xFFFFFFFF)


def _with(place: int, form: str, value: int | bytes, options: tuple[str, ...] = (), *, seal: bool = True) -> Memory:
    """Return an image with another footer, in both places."""
    data = bytearray(made("vpc", *options))
    for start in {len(data) - 512} | (set() if options else {0}):
        struct.pack_into(form, data, start + place, value)
        if seal:
            _sealed(data, start, 64, 512)
    return Memory(bytes(data), "disk.vhd")


@pytest.mark.parametrize(
    ("place", "form", "value", "error"),
    [
        # the fields of the footer in "Virtual Hard Disk Image Format Specification"
        (12, ">I", 0x20000, Malformed),
        (16, ">Q", 1 << 62, Unfit),
        (48, ">Q", 0, Malformed),
        (48, ">Q", 1 << 62, Malformed),
        (60, ">I", 4, Unfit),
        (60, ">I", 5, Malformed),
    ],
)
def test_a_footer_that_can_not_be_is_refused(place: int, form: str, value: int, error: type[SourceError]) -> None:
    with pytest.raises(error, match=r"disk\.vhd: "):
        open_vhd(_with(place, form, value))


def test_a_wrong_checksum_is_an_error() -> None:
    with pytest.raises(Malformed, match="checksum of the VHD footer"):
        open_vhd(_with(48, ">Q", 512, seal=False))
    with pytest.raises(Malformed, match="checksum of the VHD footer"):
        open_vhd(_with(48, ">Q", 512, tuple(FIXED), seal=False))
    data = bytearray(made("vpc"))
    data[512 + 700] ^= 1
    with pytest.raises(Malformed, match="header of the dynamic VHD"):
        open_vhd(Memory(bytes(data)))


def test_copies_of_the_footer_that_differ_are_an_error() -> None:
    data = bytearray(made("vpc"))
    data[100] ^= 1
    with pytest.raises(Malformed, match="copies of the VHD footer differ"):
        open_vhd(Memory(bytes(data)))


@pytest.mark.parametrize(
    ("place", "value"), [(28, 0), (28, 0xFFFFFFFF), (32, 0), (32, 3 << 20), (32, 0x80000000), (16, 1 << 30)]
)
def test_a_header_that_can_not_be_is_refused(place: int, value: int) -> None:
    data = bytearray(made("vpc"))
    struct.pack_into(">I", data, 512 + place, value)
    if (place, value) == (28, 0xFFFFFFFF):  # a table that is longer than needed is read as far as it is needed
        _sealed(data, 512, 36, 1024)
        open_vhd(Memory(bytes(data)))
        return
    _sealed(data, 512, 36, 1024)
    with pytest.raises(SourceError):
        open_vhd(Memory(bytes(data)))


def test_virtual_pc_shows_what_its_geometry_makes_up() -> None:
    """The same as vpc_open of QEMU; every other creator is believed about the size."""
    data = _with(28, "4s", b"vpc ", tuple(FIXED))
    assert open_vhd(data).size == open_vhd(_with(28, "4s", b"win ", tuple(FIXED))).size
    smaller = bytearray(data.data)
    struct.pack_into(">HBB", smaller, len(smaller) - 512 + 56, 5, 4, 17)
    _sealed(smaller, len(smaller) - 512, 64, 512)
    assert open_vhd(Memory(bytes(smaller))).size == 5 * 4 * 17 * 512


@settings(max_examples=CASES)
@given(st.data())
def test_a_damaged_image_ends_in_bytes_or_in_our_error(data: st.DataObject) -> None:
    whole = made("vpc")
    bad = bytearray(
        data.draw(damaged(whole, ((0, 90), (512, 560), (1536, 1552), (len(whole) - 512, len(whole) - 420))))
    )
    if data.draw(st.booleans()) and len(bad) == len(whole):  # on purpose: the checksums are right
        bad[-512:] = bad[:512]
        for start, at, size in ((0, 64, 512), (512, 36, 1024), (len(bad) - 512, 64, 512)):
            _sealed(bad, start, at, size)
    survive(lambda: read_all(open_vhd(Memory(bytes(bad)))))

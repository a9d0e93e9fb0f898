"""What the header of a qcow2 file says, and what it may not say."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from rempart_testing.disks import Memory, convert, run, sample, small_qcow2

from rempart_agent.images.disk import open_disk
from rempart_agent.images.qcow2_header import Header, read_header
from rempart_agent.source.contract import Malformed, Unfit


def _with(place: int, form: str, value: int) -> Memory:
    data = bytearray(small_qcow2())
    struct.pack_into(form, data, place, value)
    return Memory(bytes(data), "disk.qcow2")


def test_a_header_is_what_qemu_was_told() -> None:
    size = 300_032  # whole sectors
    assert read_header(Memory(small_qcow2())) == Header(3, size, 65536, 16, 196608, 1)
    options = ("-c", "-o", "compression_type=zstd,extended_l2=on,cluster_size=32k")
    found = read_header(Memory(small_qcow2(*options)))
    assert (found.version, found.size, found.cluster, found.bits) == (3, size, 32768, 15)
    assert (found.zstd, found.extended) == (True, True)
    assert read_header(Memory(small_qcow2("-o", "compat=0.10"))).version == 2


@pytest.mark.parametrize(
    ("place", "form", "value", "why"),
    [
        (8, ">Q", 512, "backing file"),
        (32, ">I", 1, "encrypted"),
        (32, ">I", 2, "encrypted"),
        (72, ">Q", 1 << 2, "external data file"),
        (72, ">Q", 1 << 5, "not known"),
        (72, ">Q", 1 << 63, "not known"),
        (72, ">Q", 1 << 3, "compression type"),
        (104, ">B", 1, "compression type"),
    ],
)
def test_what_is_not_read_is_refused_by_name(place: int, form: str, value: int, why: str) -> None:
    with pytest.raises(Unfit, match=rf"disk\.qcow2: .*{why}"):
        read_header(_with(place, form, value))


@pytest.mark.parametrize(
    ("place", "form", "value", "why"),
    [
        (4, ">I", 1, "version"),
        (4, ">I", 4, "version"),
        (20, ">I", 8, "clusters"),
        (20, ">I", 22, "clusters"),
        (36, ">I", (32 << 20) // 8 + 1, "L1 table"),
        (36, ">I", 0, "L1 table"),
        (40, ">Q", 7, "L1 table"),
        (24, ">Q", 1 << 62, "L1 table"),
        (72, ">Q", 1 << 0, "in use"),
        (72, ">Q", 1 << 1, "corrupt"),
        (100, ">I", 72, "header"),
    ],
)
def test_a_contradiction_in_the_header_is_malformed(place: int, form: str, value: int, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_header(_with(place, form, value))


def test_real_images_that_stand_on_others_are_refused(tmp_path: Path) -> None:
    base, child = convert(sample(100_000), tmp_path, "qcow2"), tmp_path / "child.qcow2"
    run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base, child)
    apart = tmp_path / "apart.qcow2"
    run("qemu-img", "create", "-q", "-f", "qcow2", "-o", f"data_file={tmp_path}/data.raw", apart, "1M")
    for path, why in ((child, "backing file"), (apart, "external data file")):
        with pytest.raises(Unfit, match=why):
            open_disk(str(path))

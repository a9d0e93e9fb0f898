"""qcow2 as qemu-img writes it, and as it must not be believed."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import (
    CASES,
    Memory,
    convert,
    damaged,
    read_all,
    read_in_steps,
    run,
    sample,
    small_qcow2,
    survive,
)

from rempart_agent.images.disk import open_disk
from rempart_agent.images.qcow2 import Qcow2
from rempart_agent.source.contract import Malformed, SourceError

SIZE = 1024 * 1024 + 3 * 512  # the last cluster is not full
LARGE = 2 * SIZE  # more than one cluster of 2 MiB
PLAIN = [
    "compat=0.10",
    "compat=1.1",
    "cluster_size=512",
    "cluster_size=4k",
    "cluster_size=2M",
    "preallocation=metadata",
]
EXTENDED = ["extended_l2=on,cluster_size=16k", "extended_l2=on,cluster_size=128k", "extended_l2=on,cluster_size=2M"]
PACKED = [
    *PLAIN[:-1],
    *EXTENDED,
    "compression_type=zstd",
    "compression_type=zstd,cluster_size=512",
    "compression_type=zstd,cluster_size=2M",
    "compression_type=zstd,extended_l2=on,cluster_size=64k",
]


@pytest.mark.parametrize("share", [0.3, 3], ids=["sparse", "full"])
@pytest.mark.parametrize("options", [*PLAIN, *EXTENDED])
def test_a_disk_is_what_qemu_wrote(tmp_path: Path, options: str, share: float) -> None:
    data = sample(LARGE if "2M" in options else SIZE, share=share)
    layer = open_disk(str(convert(data, tmp_path, "qcow2", "-o", options)))
    assert isinstance(layer, Qcow2)
    read_in_steps(layer, data)
    layer.close()


@pytest.mark.parametrize("share", [0.3, 3], ids=["sparse", "full"])
@pytest.mark.parametrize("options", PACKED)
def test_a_packed_disk_is_what_qemu_wrote(tmp_path: Path, options: str, share: float) -> None:
    data = sample(LARGE if "2M" in options else SIZE, share=share)
    layer = open_disk(str(convert(data, tmp_path, "qcow2", "-c", "-o", options)))
    read_in_steps(layer, data)
    layer.close()


@pytest.mark.parametrize(
    "options", ["compat=1.1", "compat=0.10", "extended_l2=on,cluster_size=64k", "lazy_refcounts=on"]
)
def test_writes_here_and_there_are_read_as_qemu_reads_them(tmp_path: Path, options: str) -> None:
    disk, raw = tmp_path / "disk.qcow2", tmp_path / "read.raw"
    run("qemu-img", "create", "-q", "-f", "qcow2", "-o", options, disk, "8M")
    script = ["write -P 1 0 3M", "write -P 2 1000k 1536", "write -P 3 4M 512"]
    run("qemu-io", "-f", "qcow2", *(word for line in script for word in ("-c", line)), disk)
    run("qemu-img", "snapshot", "-c", "before", disk)
    script = ["write -P 4 64k 64k", "write -c -P 5 5M 64k", "write -P 6 100k 2k", "discard 2M 64k"]
    script += [] if "0.10" in options else ["write -z 128k 64k", "write -z 196k 6k"]
    run("qemu-io", "-f", "qcow2", *(word for line in script for word in ("-c", line)), disk)
    run("qemu-img", "convert", "-O", "raw", disk, raw)
    layer = open_disk(str(disk))
    read_in_steps(layer, raw.read_bytes())
    layer.close()


@pytest.mark.parametrize("options", [["-c"], [], ["-c", "-o", "compression_type=zstd"], ["-o", "extended_l2=on"]])
@pytest.mark.parametrize("missing", [1, 600, 70_000, 600_000])
def test_a_cut_file_is_an_error_and_never_zeros(tmp_path: Path, options: list[str], missing: int) -> None:
    data = sample(SIZE, share=3)
    whole = convert(data, tmp_path, "qcow2", *options).read_bytes()
    try:
        layer = Qcow2(Memory(whole[:-missing]))
    except SourceError:
        return
    assert missing < 65536  # what was cut off was not part of the disk: its last cluster reaches beyond its end
    assert layer.read_at(0, SIZE) == data


def _entry(value: int, *options: str) -> Memory:
    """Return an image with another first entry in its first L2 table."""
    data = small_qcow2(*options)
    (l1,) = struct.unpack_from(">Q", data, 40)
    (l2,) = struct.unpack_from(">Q", data, l1)
    l2 &= 0x00FFFFFFFFFFFE00
    return Memory(data[:l2] + value.to_bytes(8, "big") + data[l2 + 8 :])


@pytest.mark.parametrize("bit", [0, 8, 56, 62])
def test_a_first_table_with_reserved_bits_is_malformed(bit: int) -> None:
    data = bytearray(small_qcow2())
    (l1,) = struct.unpack_from(">Q", data, 40)
    data[l1 + 7 - bit // 8] |= 1 << bit % 8
    with pytest.raises(Malformed, match="reserved bits"):
        Qcow2(Memory(bytes(data)))


@pytest.mark.parametrize(
    "value", [1 << 55, 1 << 62 | 1 << 50, (1 << 56) | 65536, 65536 | 2, 65536 + 512, 1 << 63 | 1 << 62 | 65536]
)
def test_an_entry_that_leads_nowhere_is_an_error(value: int) -> None:
    with pytest.raises(SourceError):
        Qcow2(_entry(value))


@pytest.mark.parametrize(
    "options", [(), ("-c",), ("-o", "extended_l2=on"), ("-c", "-o", "compression_type=zstd,cluster_size=512")]
)
@settings(max_examples=CASES // 4 or 1)
@given(st.data())
def test_a_damaged_image_ends_in_bytes_or_in_our_error(options: tuple[str, ...], data: st.DataObject) -> None:
    whole = small_qcow2(*options)
    (l1,) = struct.unpack_from(">Q", whole, 40)
    (l2,) = struct.unpack_from(">Q", whole, l1)
    l2 &= 0x00FFFFFFFFFFFE00
    bad = data.draw(damaged(whole, ((0, 112), (l1, l1 + 64), (l2, l2 + 512))))
    survive(lambda: read_all(Qcow2(Memory(bad))))

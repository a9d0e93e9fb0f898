"""Formats are told by what a file holds."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard
from rempart_testing.disks import Memory, convert, run, sample

from rempart_agent.images.disk_format import NOT_READ, RAW, tell_format


@pytest.mark.parametrize(
    ("form", "told"),
    [
        *(("qcow2", "qcow2"), ("vmdk", "vmdk"), ("vpc", "vhd"), ("vhdx", "vhdx"), ("vdi", "vdi"), ("raw", "raw")),
        *(("qed", "QED"), ("parallels", "Parallels"), ("qcow", "qcow of another version than 2 and 3")),
    ],
)
def test_what_qemu_writes_is_told(tmp_path: Path, form: str, told: str) -> None:
    assert tell_format(Memory(convert(sample(200_000), tmp_path, form).read_bytes())) == told


def test_a_descriptor_and_a_fixed_disk_are_told(tmp_path: Path) -> None:
    described = convert(sample(200_000), tmp_path, "vmdk", "-o", "subformat=monolithicFlat")
    assert tell_format(Memory(described.read_bytes())) == "vmdk"
    fixed = convert(sample(200_000), tmp_path, "vpc", "-o", "subformat=fixed")
    assert tell_format(Memory(fixed.read_bytes())) == "vhd"


def test_what_is_packed_is_told_by_its_packer() -> None:
    packed = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstandard.compress}
    for name, pack in packed.items():
        assert tell_format(Memory(pack(sample(10_000)))) == name
    tar, zipped = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("disk.raw"))
    with zipfile.ZipFile(zipped, "w") as other:
        other.writestr("disk.raw", b"")
    assert tell_format(Memory(tar.getvalue())) == "tar"
    assert tell_format(Memory(zipped.getvalue())) == "zip"


@pytest.mark.parametrize(("name", "offset", "magic"), NOT_READ)
def test_every_name_is_told(name: str, offset: int, magic: bytes) -> None:
    data = bytearray(4096)
    place = offset if offset >= 0 else len(data) + offset
    data[place : place + len(magic)] = magic
    assert tell_format(Memory(bytes(data))) == name


def test_a_raw_disk_has_no_mark(tmp_path: Path) -> None:
    (tmp_path / "disk.raw").write_bytes(bytes(4 << 20))
    run("sfdisk", "-q", tmp_path / "disk.raw", given="label: gpt\nsize=2048")
    assert tell_format(Memory((tmp_path / "disk.raw").read_bytes())) == RAW
    assert tell_format(Memory(b"")) == RAW

"""What lies on a layer, as the real tools write it."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.disks import CASES, Memory, run, sample, survive

from rempart_agent.images.recognise import EMPTY, KINDS, SEVERAL, UNKNOWN, is_empty, recognise
from rempart_agent.source.contract import SourceError

MADE = [
    ("ext", 4, ("mkfs.ext2", "-q")),
    ("ext", 16, ("mkfs.ext4", "-q")),
    ("ext", 4, ("mkfs.ext3", "-q", "-b", "4096")),
    ("xfs", 300, ("mkfs.xfs", "-q")),
    ("btrfs", 110, ("mkfs.btrfs", "-q")),
    ("ntfs", 4, ("mkfs.ntfs", "-q", "-F")),
    ("fat", 2, ("mkfs.fat", "-F", "12")),
    ("fat", 40, ("mkfs.fat", "-F", "16")),
    ("fat", 40, ("mkfs.fat", "-F", "32")),
    ("swap", 2, ("mkswap", "-q")),
    ("swap", 2, ("mkswap", "-q", "-p", "65536")),
    (
        "luks",
        20,
        ("cryptsetup", "luksFormat", "-q", "--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"),
    ),
    ("luks", 4, ("cryptsetup", "luksFormat", "-q", "--type", "luks1", "--pbkdf-force-iterations", "1000")),
]


@pytest.mark.parametrize(("kind", "size", "command"), MADE)
def test_it_is_what_the_tool_made(tmp_path: Path, kind: str, size: int, command: tuple[str, ...]) -> None:
    disk = tmp_path / "disk.raw"
    with disk.open("wb") as file:
        file.truncate(size << 20)
    run(*command, disk, given="a key\n")
    layer = Memory(disk.read_bytes())
    assert recognise(layer) == kind
    assert [name for name, holds in KINDS.items() if holds(layer)] == [kind]


def test_a_squashfs_and_an_iso(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/etc").write_bytes(sample(100_000))
    run("mksquashfs", tmp_path / "tree", tmp_path / "disk.squashfs", "-quiet")
    assert recognise(Memory((tmp_path / "disk.squashfs").read_bytes())) == "squashfs"
    run("xorriso", "-outdev", tmp_path / "disk.iso", "-map", tmp_path / "tree", "/")
    assert recognise(Memory((tmp_path / "disk.iso").read_bytes())) == "iso9660"


def test_a_disk_with_partitions(tmp_path: Path) -> None:
    disk = tmp_path / "disk.raw"
    for script in ("label: gpt\nsize=2048", "label: dos\nsize=2048"):
        disk.write_bytes(bytes(4 << 20))
        run("sfdisk", "-q", disk, given=script)
        assert recognise(Memory(disk.read_bytes())) == "partitions"


def _at(place: int, magic: bytes, size: int = 2 << 20) -> Memory:
    data = bytearray(size)
    data[place : place + len(magic)] = magic
    return Memory(bytes(data))


_MD = struct.pack("<II", 0xA92B4EFC, 1)


@pytest.mark.parametrize(
    ("kind", "place", "magic"),
    [
        # drivers/md/md_p.h of Linux: mdp_superblock_1 at the end, the beginning and 4 KiB; mdp_superblock_s
        ("raid", (2 << 20) - 8192, _MD),
        ("raid", 0, _MD),
        ("raid", 4096, _MD),
        ("raid", (2 << 20) - 65536, b"\xfc\x4e\x2b\xa9"),
        ("raid", (2 << 20) - 512, b"\xde\x11\xde\x11"),
        ("raid", (2 << 20) - 1024, b"Intel Raid ISM Cfg Sig. 1.3.00"),
        ("zfs", (128 << 10) + 7 * 1024, struct.pack("<Q", 0x00BAB10C)),
        ("zfs", (2 << 20) - (128 << 10), struct.pack(">Q", 0x00BAB10C)),
        ("bitlocker", 3, b"-FVE-FS-"),
        ("bitlocker", 424, bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")),
        ("luks", 0x8000, b"SKUL\xba\xbe\0\x02"),
        ("hibernated", 4086, b"S1SUSPEND\0"),
        ("lvm", 1536, b"LABELONE" + bytes(16) + b"LVM2 001"),
        ("partitions", 512, b"EFI PART"),
    ],
)
def test_what_needs_a_key_or_another_disk_has_its_name(kind: str, place: int, magic: bytes) -> None:
    assert recognise(_at(place, magic)) == kind


def test_a_mirrored_file_system_is_raid_and_not_the_file_system_that_shows_through(tmp_path: Path) -> None:
    disk = tmp_path / "disk.raw"
    disk.write_bytes(bytes(4 << 20))
    run("mkfs.ext4", "-q", disk)
    data = bytearray(disk.read_bytes())
    data[-8192:-8184] = _MD
    assert recognise(Memory(bytes(data))) == "raid"


def test_what_answers_to_two_names_is_read_as_neither(tmp_path: Path) -> None:
    disk = tmp_path / "disk.raw"
    disk.write_bytes(bytes(4 << 20))
    run("mkfs.ext4", "-q", disk)
    data = bytearray(disk.read_bytes())
    data[512:544] = b"LABELONE" + bytes(16) + b"LVM2 001"
    assert recognise(Memory(bytes(data))) == SEVERAL


def test_a_magic_number_alone_is_no_file_system() -> None:
    for place, magic in (
        (1080, b"\x53\xef"),
        (0, b"XFSB"),
        (65600, b"_BHRfS_M"),
        (510, b"\x55\xaa"),
        (0, b"LUKS\xba\xbe\0\x09"),
    ):
        assert recognise(_at(place, magic)) == UNKNOWN


def test_zeros_are_empty_and_one_byte_is_not() -> None:
    assert recognise(Memory(bytes(3_000_000))) == EMPTY
    assert recognise(Memory(b"")) == EMPTY
    assert recognise(_at(1_999_999, b"\x01", 2_000_000)) == UNKNOWN
    huge = Memory(b"")
    huge.size = 1 << 60
    assert not is_empty(huge)


def test_what_can_not_be_read_is_not_empty() -> None:
    cut = Memory(bytes(1 << 20))
    cut.size += 1 << 20

    def refuse(offset: int, size: int) -> bytes:
        if offset + size > 1 << 20:
            raise SourceError("cut")
        return bytes(size)

    cut.read_at = refuse  # type: ignore[method-assign]
    with pytest.raises(SourceError):
        recognise(cut)


@settings(max_examples=CASES)
@given(st.binary(max_size=9000), st.sampled_from([0, 440, 1024, 4000, 32768, 65536]))
def test_noise_is_something_too(noise: bytes, place: int) -> None:
    survive(lambda: recognise(_at(place, noise, 200_000)))

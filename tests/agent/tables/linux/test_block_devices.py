"""Table block_devices, and telling what lies on a device by its superblock."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget

from rempart_agent.formats import superblock
from rempart_agent.source.contract import Denied, Missing, NotObservable, Query, Unfit
from rempart_agent.tables.linux import block_devices
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]

UUID = uuid.UUID("33c5dd27-6d18-40fc-b23d-8d21a5c78703")
SIZE = 8 << 20


def _ask(target: RootTarget | LiveTarget, *columns: str) -> list[dict[str, Any]]:
    wanted = frozenset(columns or (c.name for c in block_devices.COLUMNS))
    return [dict(row) for row in block_devices.rows(target, Query(wanted))]


def _disk(*parts: tuple[int, bytes]) -> dict[str, str]:
    """Return what is recognised on a disk with some bytes on it, each from a place on, or before its end."""
    data = bytearray(SIZE)
    for place, content in parts:
        at = place % SIZE
        data[at : at + len(content)] = content
    return superblock.identify(bytes(data[: superblock.HEAD]), bytes(data[-superblock.TAIL :]), SIZE)


def _ext(compatible: int, needed: int, read_only: int = 0) -> list[tuple[int, bytes]]:
    features = struct.pack("<3I", compatible, needed, read_only)
    return [(1024 + 56, b"\x53\xef"), (1024 + 92, features), (1024 + 104, UUID.bytes), (1024 + 120, b"my data\0")]


@pytest.mark.parametrize("page", [4096, 8192, 16384, 32768, 65536])
def test_swap_is_known_by_the_end_of_its_first_page(page: int) -> None:
    found = _disk((page - 10, b"SWAPSPACE2"), (1036, UUID.bytes), (1052, b"sw\0"))
    assert found == {"type": "swap", "uuid": str(UUID), "label": "sw"}


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ([(0, b"LUKS\xba\xbe\0\1"), (168, b"511bca44-472a-4445-8eee-6d81281d266b\0")], "crypto_LUKS"),
        ([(512, b"LABELONE"), (512 + 20, struct.pack("<I", 32)), (512 + 32, b"a" * 32)], "LVM2_member"),
        ([(4096, b"\xfc\x4e\x2b\xa9")], "linux_raid_member"),
        ([(-65536, b"\xfc\x4e\x2b\xa9")], "linux_raid_member"),
        ([(-8192, b"\xfc\x4e\x2b\xa9")], "linux_raid_member"),
        ([(16384, b"\1\1\0\0"), (16500, b"pool_guid")], "zfs_member"),
        ([(3, b"-FVE-FS-")], "BitLocker"),
        ([(4086, b"S1SUSPEND\0")], "swsuspend"),
        (_ext(0, 0x2), "ext2"),
        (_ext(0x4, 0x2), "ext3"),
        (_ext(0x4, 0x42), "ext4"),
        (_ext(0x4, 0x2, 0x400), "ext4"),
        (_ext(0x4, 0x8), "jbd"),
        ([(0, b"XFSB")], "xfs"),
        ([(65536 + 64, b"_BHRfS_M")], "btrfs"),
        ([(82, b"FAT32   ")], "vfat"),
        ([(54, b"FAT16   ")], "vfat"),
        ([(3, b"NTFS    ")], "ntfs"),
        ([(3, b"EXFAT   ")], "exfat"),
        ([(1024, b"\x10\x20\xf5\xf2")], "f2fs"),
        ([(0, b"hsqs")], "squashfs"),
        ([(32769, b"CD001")], "iso9660"),
    ],
)
def test_what_lies_on_a_device(parts: list[tuple[int, bytes]], kind: str) -> None:
    assert _disk(*parts)["type"] == kind


def test_uuids_and_labels() -> None:
    assert _disk(*_ext(0x4, 0x42)) == {"type": "ext4", "uuid": str(UUID), "label": "my data"}
    luks = [(0, b"LUKS\xba\xbe\0\2"), (24, b"vault\0"), (168, b"511bca44-472a-4445-8eee-6d81281d266b\0")]
    assert _disk(*luks) == {
        "type": "crypto_LUKS",
        "uuid": "511bca44-472a-4445-8eee-6d81281d266b",
        "label": "vault",
    }
    lvm = [(512, b"LABELONE"), (512 + 20, struct.pack("<I", 32)), (544, b"abcdefGHIJklmnOPQRstuvWXYZ012345")]
    assert _disk(*lvm)["uuid"] == "abcdef-GHIJ-klmn-OPQR-stuv-WXYZ-012345"
    fat = [(82, b"FAT32   "), (67, b"\x12\x34\x56\x78"), (71, b"NO NAME    ")]
    assert _disk(*fat) == {"type": "vfat", "uuid": "7856-3412"}


def test_an_empty_device_is_nothing() -> None:
    assert _disk() == {}
    assert superblock.identify(b"", b"", 0) == {}


@given(st.binary(max_size=4096), st.binary(max_size=512), st.integers(0, 1 << 50))
def test_anything_on_a_device_is_looked_at_without_harm(head: bytes, tail: bytes, size: int) -> None:
    assert all(isinstance(value, str) for value in superblock.identify(head, tail, size).values())


@pytest.mark.parametrize(
    ("command", "size"),
    [
        ("mkfs.ext4 -q -L data", 16),
        ("mkfs.ext2 -q", 8),
        ("mkfs.xfs -q -L x", 320),
        ("mkfs.btrfs -q -L b", 128),
        ("mkfs.vfat -F 32 -n FAT", 64),
        ("mkfs.vfat -F 16", 16),
        ("mkfs.f2fs -q", 128),
        ("mkfs.exfat", 16),
        ("mkswap -L s", 8),
    ],
)
def test_real_filesystems_are_what_blkid_says(command: str, size: int, tmp_path: Path) -> None:
    words = command.split()
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    if not shutil.which(words[0], path=path) or not shutil.which("blkid", path=path):
        pytest.skip(words[0] + " or blkid is not installed")
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(size << 20)
    environment = {"PATH": path}
    subprocess.run([*words, str(image)], capture_output=True, check=True, env=environment)
    listing = subprocess.run(
        ["blkid", "-p", "-o", "export", str(image)], capture_output=True, text=True, check=True, env=environment
    ).stdout
    expected = {}
    for line in listing.splitlines():
        key, _, value = line.partition("=")
        if key in ("TYPE", "UUID", "LABEL"):
            expected[key.lower()] = value
    data = image.read_bytes()
    assert superblock.identify(data[: superblock.HEAD], data[-superblock.TAIL :], len(data)) == expected


SYS = "/sys/class/block/"
MACHINE = {
    "/sys/devices/pci/sda/size": "1000\n",
    "/sys/devices/pci/sda/queue/logical_block_size": "512\n",
    "/sys/devices/pci/sda/device/vendor": "ATA     \n",
    "/sys/devices/pci/sda/device/model": "Disk 9000  \n",
    "/sys/devices/pci/sda/device/wwid": "naa.5000\n",
    "/sys/devices/pci/sda/sda1/size": "900\n",
    "/sys/devices/pci/sda/sda1/partition": "1\n",
    "/sys/devices/virtual/dm-0/size": "800\n",
    "/sys/devices/virtual/dm-0/slaves/sda1/": "",
    "/sys/devices/virtual/dm-0/dm/uuid": "LVM-x\n",
    "/sys/devices/virtual/dm-0/dm/suspended": "0\n",
    "/sys/devices/virtual/loop0/size": "0\n",
    "/sys/devices/pci/nvme0c0n1/size": "7\n",
    "/sys/devices/pci/nvme0c0n1/hidden": "1\n",
    "/sys/devices/pci/cciss!c0d0/size": "7\n",
    "/sys/class/block/": "",
}
PLACES = {
    "sda": "pci/sda",
    "sda1": "pci/sda/sda1",
    "dm-0": "virtual/dm-0",
    "loop0": "virtual/loop0",
    "nvme0c0n1": "pci/nvme0c0n1",
    "cciss!c0d0": "pci/cciss!c0d0",
}


def _machine(machine: Machine, superblocks: object, **changes: str) -> RecordedTarget:
    target = machine({**MACHINE, **changes}, {"superblocks": superblocks})
    for name, place in PLACES.items():
        (Path(target.root) / f"sys/class/block/{name}").symlink_to("/sys/devices/" + place)
    return target


def test_a_root_filesystem_has_no_devices(tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        _ask(RootTarget(str(tmp_path)))


def test_a_machine_without_sysfs_is_an_error(machine_of: Machine) -> None:
    with pytest.raises(Missing):
        _ask(machine_of({"/sys/": ""}))


def test_disks_partitions_and_volumes(machine_of: Machine) -> None:
    on_disk = {
        "/dev/sda": {},
        "/dev/sda1": {"type": "LVM2_member"},
        "/dev/dm-0": {"type": "ext4", "uuid": str(UUID), "label": "data"},
    }
    rows = {row["name"]: row for row in _ask(_machine(machine_of, on_disk))}
    assert sorted(rows) == ["/dev/cciss/c0d0", "/dev/dm-0", "/dev/loop0", "/dev/sda", "/dev/sda1"]
    assert rows["/dev/sda"] == {
        "name": "/dev/sda",
        "vendor": "ATA",
        "model": "Disk 9000",
        "serial": "naa.5000",
        "size": 1000,
        "block_size": 512,
    }
    assert (rows["/dev/sda1"]["parent"], rows["/dev/dm-0"]["parent"]) == ("/dev/sda", "/dev/sda1")
    assert (rows["/dev/dm-0"]["type"], rows["/dev/dm-0"]["uuid"]) == ("ext4", str(UUID))
    assert "type" not in rows["/dev/loop0"]


def test_a_device_that_may_not_be_read_is_an_error_where_its_content_is_asked_for(machine_of: Machine) -> None:
    target = _machine(machine_of, {"/dev/sda": {"denied": "Permission denied"}})
    assert len(_ask(target, "name", "size")) == 5
    for column in ("type", "uuid", "label"):
        with pytest.raises(Denied, match="/dev/sda: Permission"):
            _ask(target, "name", column)


def test_a_device_that_can_not_be_read_is_an_error_unless_it_may_be_empty(machine_of: Machine) -> None:
    broken = {"/dev/sda": {"unfit": "Input/output error"}}
    with pytest.raises(Unfit):
        _ask(_machine(machine_of, broken))


def test_an_optical_drive_that_gives_nothing_is_empty(machine_of: Machine) -> None:
    broken = {"/dev/sda": {"unfit": "Input/output error"}}
    rows = _ask(_machine(machine_of, broken, **{"/sys/devices/pci/sda/removable": "1\n"}))
    assert "type" not in next(row for row in rows if row["name"] == "/dev/sda")


def test_a_suspended_volume_is_not_waited_for(machine_of: Machine) -> None:
    target = _machine(machine_of, {}, **{"/sys/devices/virtual/dm-0/dm/suspended": "1\n"})
    with pytest.raises(Unfit, match="suspended"):
        _ask(target, "type")


def test_this_machine_s_devices_are_those_of_sysfs() -> None:
    before = os.listdir("/sys/class/block")
    found = {row["name"] for row in _ask(LiveTarget(), "name", "size")}
    names = {*before, *os.listdir("/sys/class/block")}  # a loop device of another test comes or goes at any time
    assert found <= {"/dev/" + name.replace("!", "/") for name in names}
    assert found


def test_a_real_device_is_read(tmp_path: Path) -> None:
    if os.geteuid() or not shutil.which("losetup"):
        pytest.skip("needs root and losetup")
    image = tmp_path / "swap"
    data = bytearray(SIZE)
    data[4086:4096] = b"SWAPSPACE2"
    image.write_bytes(bytes(data))
    done = subprocess.run(["losetup", "-f", "--show", str(image)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("no loop device here")
    loop = done.stdout.strip()
    try:
        found = superblock.read([loop, str(image), "/dev/none"])
    finally:
        subprocess.run(["losetup", "-d", loop], check=True)
    assert found[loop] == {"type": "swap"}
    assert found[str(image)] == {"unfit": "not a block device"}
    assert found["/dev/none"] == {"unfit": "No such file or directory"}

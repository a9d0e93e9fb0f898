"""The root of a machine, and what keeps it from being judged."""

from __future__ import annotations

import lzma
import re
import subprocess
from pathlib import Path

import pytest
from rempart_testing.btrfs_images import RECORDED
from rempart_testing.container_images import docker_files, tar, write_tar
from rempart_testing.container_images import put as member
from rempart_testing.disks import convert
from rempart_testing.images import make_btrfs, make_ext, make_fat, make_xfs, need, run
from rempart_testing.lvm_disks import both, metadata, rewritten

from rempart_agent.engine import Images
from rempart_agent.images.machine import (
    SeveralSystems,
    close_all,
    identify_container,
    is_container,
    open_image,
    read_machine,
)
from rempart_agent.images.tree import Tree
from rempart_agent.source.contract import Malformed, Missing, Unfit

MIB = 1 << 20


def _system(top: Path, fstab: str = "") -> Path:
    (top / "etc").mkdir(parents=True)
    (top / "etc" / "os-release").write_text("ID=debian\n")
    (top / "etc" / "fstab").write_text(fstab)
    return top


def _read(*paths: Path, root: str = "") -> Tree:
    opened = [open_image(str(path)) for path in paths]
    try:
        return read_machine(opened, Images(tuple(map(str, paths)), root))
    except BaseException:
        close_all(opened)
        raise


def _disk(path: Path, *parts: Path) -> Path:
    """Return a disk with a partition table (sfdisk) and a partition for each file."""
    need("sfdisk")
    sizes = [part.stat().st_size for part in parts]
    with path.open("wb") as file:
        file.truncate(sum(sizes) + 4 * MIB)
    at = MIB
    table = "label: gpt\n"
    for number, size in enumerate(sizes):
        table += f"start={at // 512}, size={size // 512}, name=part{number}\n"
        at += size
    subprocess.run(["/usr/sbin/sfdisk", "-q", str(path)], input=table.encode(), check=True, capture_output=True)
    at = MIB
    with path.open("r+b") as file:
        for size, part in zip(sizes, parts, strict=True):
            file.seek(at)
            file.write(part.read_bytes())
            at += size
    return path


def test_root_and_what_its_fstab_mounts_are_one_tree(tmp_path: Path) -> None:
    fstab = "PARTLABEL=part1 /boot/efi vfat umask=0077 0 1\nLABEL=data /data ext4 nosuid\nUUID=9 none swap sw\n"
    (tmp_path / "esp").mkdir()
    (tmp_path / "esp" / "grub.cfg").write_text("menu")
    (tmp_path / "data" / "in").mkdir(parents=True)
    swap = tmp_path / "swap.img"
    swap.write_bytes(bytes(MIB))
    need("mkswap")
    run("mkswap", str(swap))
    disk = _disk(
        tmp_path / "disk",
        make_ext(_system(tmp_path / "root", fstab), tmp_path / "root.img", size=8 * MIB),
        make_fat(tmp_path / "esp", tmp_path / "esp.img"),
        swap,
    )
    data = make_ext(tmp_path / "data", tmp_path / "data.img", "-L", "data", size=8 * MIB)
    tree = _read(disk, data)
    assert [(mount.path, mount.kind) for mount in tree.mounts] == [
        ("/", "ext4" if tree.mounts[0].kind == "ext4" else "ext2"),
        ("/boot/efi", "vfat"),
        ("/data", tree.mounts[2].kind),
    ]
    assert tree.status("/boot/efi/grub.cfg").st_size == 4
    assert tree.find("/data/in").device == 3
    with pytest.raises(Unfit, match="fstab"):
        _read(disk)  # the disk with /data is missing


def test_two_systems_need_a_choice(tmp_path: Path) -> None:
    images = [
        make_ext(_system(tmp_path / name), tmp_path / f"{name}.img", "-L", name, size=4 * MIB)
        for name in ("one", "two")
    ]
    with pytest.raises(SeveralSystems) as error:
        _read(*images)
    assert len(error.value.volumes) == 2
    assert _read(*images, root="two").mounts[0].filesystem.label == "two"  # type: ignore[union-attr]
    with pytest.raises(SeveralSystems):
        _read(*images, root="three")


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ((0, b"LUKS\xba\xbe\0\x02"), "LUKS"),
        ((3, b"-FVE-FS-"), "BitLocker"),
        ((0x10030, (0x10000).to_bytes(16, "little") + b"_BHRfS_M"), "super block of btrfs"),
        ((0, b"sqsh"), "squashfs"),  # of version 3, the other way round
        ((4096, b"\xfc\x4e\x2b\xa9\x01\0\0\0"), "RAID"),
        ((32, b"NXSB"), "apfs"),
        ((0x8001, b"CD001"), "ISO"),
        ((0, b"what is this"), "no file system"),
    ],
)
def test_what_can_not_be_read_beside_a_whole_root_is_an_error(
    head: tuple[int, bytes], why: str, tmp_path: Path
) -> None:
    other = bytearray(2 * MIB)
    other[head[0] : head[0] + len(head[1])] = head[1]
    (tmp_path / "other.img").write_bytes(other)
    root = make_ext(_system(tmp_path / "root"), tmp_path / "root.img", size=4 * MIB)
    with pytest.raises((Malformed, Unfit), match=why):
        _read(_disk(tmp_path / "disk", root, tmp_path / "other.img"))


def test_a_root_that_may_be_something_else_is_not_read(tmp_path: Path) -> None:
    """A mirrored disk has the file system and the mark of the RAID; one with another mark is as open."""
    for place, mark, why in (
        (-8192, b"\xfc\x4e\x2b\xa9\x01\0\0\0", "RAID"),
        (512, b"LABELONE" + bytes(16) + b"LVM2 001", "several"),
    ):
        root = bytearray(make_ext(_system(tmp_path / why), tmp_path / "root.img", size=4 * MIB).read_bytes())
        start = place % len(root)
        root[start : start + len(mark)] = mark
        (tmp_path / "marked").write_bytes(root)
        with pytest.raises(Unfit, match=why):
            _read(tmp_path / "marked")


def test_a_root_on_lvm_over_two_disks(tmp_path: Path) -> None:
    one, two = both()
    root = make_ext(_system(tmp_path / "tree", "/dev/mapper/vg--data-root / ext4"), tmp_path / "root.img", size=4 * MIB)
    disks = [bytearray(one.data), bytearray(two.data)]
    for disk, extent, start in ((0, 0, 0), (0, 1, 1), (1, 2, 2), (1, 3, 3)):  # as lvs said; see build_lvm.sh
        disks[disk][MIB * (extent + 1) : MIB * (extent + 2)] = root.read_bytes()[MIB * start : MIB * (start + 1)]
    for disk in disks:  # the other volumes are empty
        for start in range(MIB, len(disk), 65536):
            if bytes(disk[start : start + 3]) in {b"one", b"two"}:
                disk[start : start + 65536] = bytes(65536)
    text = re.sub(r"\nbad \{.*?\n\}\n\}", "", metadata(one.data), flags=re.DOTALL)
    for name, disk in zip(("one", "two"), disks, strict=True):
        (tmp_path / name).write_bytes(rewritten(bytes(disk), lambda _: text))
    tree = _read(tmp_path / "one", tmp_path / "two")
    assert tree.status("/etc/os-release").st_size == len("ID=debian\n")
    with pytest.raises(Unfit, match="vg-data/root: a disk of volume group vg-data is missing"):
        _read(tmp_path / "one")


def _kernels_btrfs(path: Path) -> Path:
    path.write_bytes(lzma.decompress((RECORDED / "btrfs.img.xz").read_bytes()))
    return path


def test_of_subvolumes_that_hold_a_system_the_one_that_its_fstab_mounts_is_the_root(tmp_path: Path) -> None:
    """A snapshot holds the same fstab, which names the subvolume that it was taken of."""
    tree = _read(_kernels_btrfs(tmp_path / "disk"))
    assert [(mount.path, mount.kind, mount.options) for mount in tree.mounts] == [
        ("/", "btrfs", ("subvol=/@", "noatime")),
        ("/home", "btrfs", ("subvol=@home", "nosuid")),
    ]
    assert tree.status("/home/ann/own").st_size == len("mine\n")
    assert tree.status("/data/later").st_size == len("later\n")
    for wanted in ("@snapshots/1/snapshot", "/@snapshots/1/snapshot", "disk /@snapshots/1/snapshot"):
        tree = _read(tmp_path / "disk", root=wanted)
        with pytest.raises(Missing):
            tree.status("/data/later")
        assert tree.status("/data/removed").st_size > 0
    with pytest.raises(SeveralSystems) as error:
        _read(tmp_path / "disk", root="@none")
    assert error.value.volumes == ("disk /@",)


def test_subvolumes_of_which_none_says_that_it_is_the_root_need_a_choice(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    for name in ("one", "two"):
        _system(tmp_path / "tree" / name)
    options = ("--subvol", "rw:one", "--subvol", "rw:two")
    image = make_btrfs(tmp_path / "tree", tmp_path / "image", *options)
    with pytest.raises(SeveralSystems) as error:
        _read(image)
    assert error.value.volumes == ("image /one", "image /two")
    assert _read(image, root="two").mounts[0].filesystem is not None
    default = make_btrfs(tmp_path / "tree", tmp_path / "default", "--subvol", "rw:one", "--subvol", "default:two")
    assert _read(default).mounts[0].filesystem.subvolume == "two"  # type: ignore[union-attr]
    (tmp_path / "tree" / "one" / "etc" / "fstab").write_text("UUID=1 / btrfs subvol=one 0 0\n")
    default = make_btrfs(tmp_path / "tree", tmp_path / "default", "--subvol", "rw:one", "--subvol", "default:two")
    with pytest.raises(SeveralSystems):
        _read(default)


def test_a_subvolume_of_fstab_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    uuid = "11111111-2222-4333-8444-555555555556"
    _system(tmp_path / "tree", f"UUID={uuid} / btrfs defaults 0 0\nUUID={uuid} /home btrfs subvol=@home 0 0\n")
    image = make_btrfs(tmp_path / "tree", tmp_path / "image", "-U", uuid)
    with pytest.raises(Unfit, match=r"/etc/fstab.*no subvolume '@home'"):
        _read(image)


@pytest.mark.parametrize("form", ["monolithicSparse", "streamOptimized", "monolithicFlat", "twoGbMaxExtentSparse"])
def test_a_disk_in_several_files_is_read(form: str, tmp_path: Path) -> None:
    root = make_ext(_system(tmp_path / "tree"), tmp_path / "root.img", size=4 * MIB)
    disk = convert(root.read_bytes(), tmp_path, "vmdk", "-o", f"subformat={form}")
    assert _read(disk).status("/etc/os-release").st_size == len("ID=debian\n")


def test_a_descriptor_that_leads_elsewhere_is_an_error_of_the_audit(tmp_path: Path) -> None:
    """And not of the command line: the file is there, and can't be read whole."""
    head = "# Disk DescriptorFile\nCID=1\nparentCID=ffffffff\n"
    (tmp_path / "disk.vmdk").write_text(head + 'RW 8 FLAT "../etc/passwd" 0\n')
    opened = open_image(str(tmp_path / "disk.vmdk"))
    with pytest.raises(Unfit, match="beside the descriptor"):
        read_machine([opened], Images((opened.path,)))


def test_no_system_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "file").write_text("x")
    with pytest.raises(Unfit, match="no system was found"):
        _read(make_xfs(tmp_path / "tree", tmp_path / "image"))
    (tmp_path / "tree" / "Windows" / "System32" / "config").mkdir(parents=True)
    (tmp_path / "tree" / "Windows" / "System32" / "config" / "SYSTEM").write_text("regf")
    with pytest.raises(Unfit, match="Windows"):
        _read(make_ext(tmp_path / "tree", tmp_path / "windows", size=4 * MIB))


def test_containers_are_told_by_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "blank").write_bytes(bytes(1024))
    assert is_container(str(tmp_path))
    assert not is_container(str(tmp_path / "blank"))
    with pytest.raises(Missing):
        is_container(str(tmp_path / "nowhere"))


def test_a_container_is_told_by_its_digests_and_a_disk_by_none(tmp_path: Path) -> None:
    files = docker_files(tar(member("etc/os-release", b"ID=debian\n")))
    tree = _read(write_tar(tmp_path / "app.tar", files))
    config = next(name for name in files if name.endswith(".json") and name != "manifest.json").removesuffix(".json")
    assert identify_container(tree) == {
        "manifest": "",
        "config": f"sha256:{config}",
        "platform": "linux/amd64",
        "only": "1",
    }
    tree.close()
    tree = _read(make_ext(_system(tmp_path / "tree"), tmp_path / "image"))
    assert identify_container(tree) == {}
    tree.close()

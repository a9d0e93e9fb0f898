"""What lines of fstab mean on an image."""

from __future__ import annotations

import pytest
from rempart_testing.given_tree import GivenFileSystem

from rempart_agent.images.mounts import Held, mounts_of, root_options
from rempart_agent.source.contract import Unfit

ROOT = Held(GivenFileSystem({}, uuid="aaaa-1", label="root"), partition=1, partuuid="p-1", partlabel="sys")
VAR = Held(GivenFileSystem({}, uuid="BBBB-2", label="var data"), partition=2, partuuid="p-2", partlabel="var")
LOG = Held(GivenFileSystem({}, uuid="cccc-3"), mapper="vg--a-log")
ALL = (ROOT, VAR, LOG)


def _mounts(fstab: str, disks: int = 1) -> dict[str, object]:
    return {mount.path: mount.filesystem for mount in mounts_of(fstab, ROOT, ALL, disks)}


@pytest.mark.parametrize(
    "spec",
    [
        *("UUID=bbbb-2", 'UUID="BBBB-2"', r"LABEL=var\040data", "PARTUUID=P-2", "PARTLABEL=var", "/dev/sda2"),
        *("/dev/nvme0n1p2", "/dev/vda2", "/dev/disk/by-uuid/bbbb-2", "/dev/disk/by-partlabel/var"),
    ],
)
def test_a_file_system_is_found_by_each_of_its_names(spec: str) -> None:
    assert _mounts(f"# x\n\n{spec} /var/ xfs defaults 0 2\n") == {"/": ROOT.filesystem, "/var": VAR.filesystem}


@pytest.mark.parametrize("spec", ["/dev/mapper/vg--a-log", "/dev/vg-a/log"])
def test_a_volume_of_lvm_is_found_by_both_paths(spec: str) -> None:
    assert _mounts(f"{spec} /var/log ext4 nosuid,nodev 0 2")["/var/log"] is LOG.filesystem


@pytest.mark.parametrize(
    "line",
    [
        *("UUID=dddd swap swap sw 0 0", "UUID=dddd none swap sw", "tmpfs /tmp tmpfs nosuid 0 0", "proc /proc proc"),
        *(
            "UUID=dddd /mnt ext4 noauto 0 0",
            "/dev/sr0 /media/cdrom udf,iso9660 user,noauto 0 0",
            "UUID=x / ext4 ro 0 1",
        ),
    ],
)
def test_what_needs_no_file_system_of_the_image_needs_nothing(line: str) -> None:
    assert _mounts(line) == {"/": ROOT.filesystem}


@pytest.mark.parametrize("line", ["srv:/home /home nfs rw", "//srv/share /home cifs x", "srv:/x /home nfs4"])
def test_network_mounts_lie_elsewhere(line: str) -> None:
    assert _mounts(line) == {"/": ROOT.filesystem, "/home": None}


@pytest.mark.parametrize(
    "line",
    [
        *("UUID=dddd /data ext4", "LABEL= /data ext4", "/dev/sdb9 /data ext4", "/dev/mapper/x /data ext4", "/dev/sda"),
        *(
            "/home /srv none bind 0 0",
            "UUID=dddd /data ext4 nofail",
            "overlay /x overlay lowerdir=/a",
            "/dev/sda7 /d ext4",
        ),
    ],
)
def test_any_other_line_is_an_error(line: str) -> None:
    with pytest.raises(Unfit, match="fstab"):
        _mounts(line)


def test_a_partition_by_its_number_needs_one_disk_and_names_must_be_told_apart() -> None:
    with pytest.raises(Unfit):
        _mounts("/dev/sda2 /var xfs", disks=2)
    twin = VAR._replace(filesystem=GivenFileSystem({}, uuid="BBBB-2"))
    with pytest.raises(Unfit):
        mounts_of("UUID=bbbb-2 /var xfs", ROOT, (*ALL, twin), 1)


def test_options_stay() -> None:
    mounts = mounts_of("UUID=aaaa-1 / ext4 ro\nLABEL=var\\040data /var xfs nosuid,nodev", ROOT, ALL, 1)
    assert [mount.options for mount in mounts] == [("ro",), ("nosuid", "nodev")]


def test_the_options_of_the_root_are_those_of_its_last_line() -> None:
    assert root_options("") is None
    assert root_options("/dev/sda1 /home ext4 defaults\n") is None
    assert root_options("UUID=1 / btrfs ro\n# UUID=1 / x y\nUUID=1 // btrfs subvol=@,rw 0 0\n") == ("subvol=@", "rw")
    assert root_options("UUID=1 / btrfs\n") == ()

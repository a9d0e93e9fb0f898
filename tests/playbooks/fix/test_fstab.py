"""Lines of fstab with protecting options: what others wrote stays as it is, and the last word counts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rempart_fix.resolve.fstab import _PROGRAMS, Mount, add, edit, find_missing, find_sorts, read_fstab, read_live

FSTAB = """\
# <file system> <mount point>   <type>  <options>       <dump>  <pass>
UUID=0a1b / ext4 errors=remount-ro 0 1

  tmpfs\t/tmp   tmpfs  mode=1777,suid\t0  0  # ours
LABEL=a\\040b /srv/with\\040blank/ ext4 defaults
/dev/sda3 none swap sw 0 0
server:/x /srv/x nfs
"""


def test_only_the_options_of_the_named_mounts_are_written() -> None:
    lines = FSTAB.splitlines(keepends=True)
    points = ["/tmp", "/srv/with blank", "/srv/x"]  # a mount point, not a file of ours
    out = edit(lines, {"points": points, "options": ["nodev", "nosuid"]})
    assert [(n, line) for n, line in enumerate(out) if line != lines[n]] == [
        (3, "  tmpfs\t/tmp   tmpfs  mode=1777,nodev,nosuid\t0  0  # ours\n"),
        (4, "LABEL=a\\040b /srv/with\\040blank/ ext4 defaults,nodev,nosuid\n"),
        (6, "server:/x /srv/x nfs nodev,nosuid\n"),
    ]
    assert edit(out, {"points": points, "options": ["nodev", "nosuid"]}) == out


def test_a_line_comes_at_the_end_only_where_none_is_there() -> None:
    spec = {"points": ["/dev/shm"], "options": ["noexec"], "line": "tmpfs /dev/shm tmpfs noexec 0 0"}
    out = edit(["tmpfs /x tmpfs defaults 0 0"], spec)
    assert out == ["tmpfs /x tmpfs defaults 0 0\n", "tmpfs /dev/shm tmpfs noexec 0 0\n"]
    assert edit(out, spec) == out


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ("defaults", "defaults,noexec"),
        ("", "noexec"),
        ("noexec,user,exec", "user,noexec"),  # the last word counts, so it goes
        ("exec,noexec", "exec,noexec"),
        ('context="a,exec",rw', 'context="a,exec",rw,noexec'),  # a comma between quotes parts none
    ],
)
def test_the_option_is_in_force_by_a_word_of_its_own(options: str, wanted: str) -> None:
    assert add(options, ["noexec"]) == wanted
    assert find_missing(wanted, ["noexec"]) == []


def test_what_an_automounter_waits_at_is_no_mount() -> None:
    text = (
        "24 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "30 24 0:29 / /proc/sys/fs/binfmt_misc rw,relatime shared:12 - autofs systemd-1 rw,fd=29\n"
        "40 24 0:40 / /srv/a\\040b rw,nosuid shared:9 master:2 - tmpfs tmpfs rw,size=4k\n"
    )
    assert read_live(text) == [
        Mount("/", "/dev/sda1", "ext4", "rw,relatime", True, "8:1", "/", "24", "1"),
        Mount("/srv/a b", "tmpfs", "tmpfs", "rw,nosuid", True, "0:40", "/", "40", "24"),
    ]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("server:/x /srv/x nfs defaults", "remote"),
        ("//server/x /srv/x cifs defaults", "remote"),
        ("/dev/sr0 /media/cdrom0 udf,iso9660 user", "local removable"),
        ("/dev/disk/by-id/usb-Stick /srv/stick vfat user", "local removable"),
        ("UUID=1 /home ext4 defaults", "local"),
        ("/dev/mapper/vg-var /var ext4 defaults", "local"),
        ("/dev/sda1 /boot/efi vfat umask=0077", ""),
        ("/dev/sda1 / ext4 defaults", ""),
        ("/srv/a /srv/b none bind", ""),
        ("tmpfs /tmp tmpfs defaults", ""),
        ("/dev/sdb1 /srv/san ext4 _netdev,nofail", "local remote"),
        ("UUID=1 /srv/san xfs defaults,_netdev", "local remote"),
        ("s3fs#bucket /srv/s3 fuse allow_other", "remote"),
        ("bucket /srv/s3 fuse.s3fs defaults", "remote"),
        ("/dev/sdb1 /srv/ntfs fuseblk defaults", "local"),
        ("portal /srv/doc fuse.portal defaults", ""),
    ],
)
def test_mounts_are_told_apart_as_the_checks_do(line: str, wanted: str) -> None:
    (mount,) = read_fstab([line])
    assert " ".join(find_sorts(mount)) == wanted


def test_the_check_and_the_fix_know_the_same_programs_of_fuse() -> None:
    text = (Path(__file__).parents[3] / "checks/files/mnt-03-foreign-mounts.yaml").read_text(encoding="utf-8")
    listed = text.partition("program(name) AS (VALUES ")[2].partition("),\n      foreign_mount")[0]
    assert sorted(re.findall(r"\('([^']+)'\)", listed)) == sorted(_PROGRAMS)


def test_a_name_beyond_ascii_is_the_same_in_fstab_and_in_the_kernels_table() -> None:
    (mount,) = read_fstab(["/dev/sr0 /media/caf\\303\\251 udf noauto"])
    assert mount.point == "/media/café"


def test_what_is_mounted_below_media_is_not_removable_by_its_place_alone() -> None:
    assert find_sorts(Mount("/media/disk", "/dev/sdb1", "ext4", "rw", live=True)) == ["local"]

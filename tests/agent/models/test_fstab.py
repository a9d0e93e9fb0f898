"""fstab(5): entries as findmnt lists them, and options as mount(8) puts them to work."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.models import fstab

FINDMNT = shutil.which("findmnt")
# What each list comes to for mount(8) of util-linux 2.41; the test below asks the one of this machine.
OPTIONS = {
    "defaults": "",
    "nosuid,defaults": "nosuid",
    "nosuid,suid": "",
    "suid,nosuid,noexec,exec,nodev": "nodev nosuid",
    "user,exec": "nodev nosuid",
    "exec,user": "nodev nosuid noexec",
    "nosuid,suid,users": "nodev nosuid noexec",
    "owner,nouser": "nodev nosuid",
    "user,nouser": "",
    "user,dev,suid": "noexec",
    "group,suid": "nodev",
    "users,nousers,nodev": "nodev",
    "": "",
}


@pytest.mark.parametrize(("options", "expected"), OPTIONS.items())
def test_the_last_word_counts(options: str, expected: str) -> None:
    assert " ".join(name for name, is_set in fstab.protection(options).items() if is_set) == expected


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="needs root")
def test_options_are_those_with_which_mount_mounts(tmp_path: Path) -> None:
    points = [tmp_path / f"m{number}" for number in range(len(OPTIONS))]
    for point in points:
        point.mkdir()
    table = tmp_path / "fstab"
    table.write_text(
        "".join(f"tmpfs {point} tmpfs {options}\n" for point, options in zip(points, OPTIONS, strict=True))
    )
    script = "".join(f"mount -T {table} {point} || exit 9\n" for point in points) + "cat /proc/self/mountinfo\n"
    said = subprocess.run(["unshare", "-m", "sh", "-c", script], check=False, capture_output=True, text=True)
    if said.returncode:
        pytest.skip(f"nothing can be mounted here: {said.stderr}")
    now = {fields[4]: fields[5].split(",") for fields in map(str.split, said.stdout.splitlines())}
    for point, options in zip(points, OPTIONS, strict=True):
        assert fstab.protection(options) == {name: int(name in now[str(point)]) for name in fstab.PROTECTING}, options


def test_an_option_within_quotes_is_none() -> None:
    given_ = 'context="system_u:object_r:tmp_t:s0:c1,nosuid",nodev,nosuid=1'
    assert fstab.options(given_) == ['context="system_u:object_r:tmp_t:s0:c1,nosuid"', "nodev", "nosuid=1"]
    assert fstab.protection(given_) == {"nodev": 1, "nosuid": 0, "noexec": 0}
    assert fstab.protection("nosuid,suid=0") == dict.fromkeys(fstab.PROTECTING, 0)


@pytest.mark.skipif(not FINDMNT, reason="needs findmnt")
def test_entries_are_those_of_findmnt(tmp_path: Path) -> None:
    text = (
        "# comment\n\n  /dev/sda1\t/\text4\tdefaults  0 1\nUUID=1 /srv/my\\040data ext4 nosuid,nodev\n"
        "tmpfs /tmp tmpfs\nsrv:/x /mnt nfs4 noexec,vers=4.2 0\n"
    )
    table = tmp_path / "fstab"
    table.write_text(text)
    said = subprocess.run(
        [str(FINDMNT), "-s", "-F", str(table), "-P", "-o", "SOURCE,TARGET,FSTYPE"],
        check=True,
        capture_output=True,
        text=True,
    )
    ours = [f'SOURCE="{e.device}" TARGET="{e.path}" FSTYPE="{e.type}"' for e in fstab.entries(text)]
    assert said.stdout.splitlines() == ours


@pytest.mark.parametrize("line", ["/dev/sda /home ext4 nosuid # later", "/dev/sda /home", "/dev/sda", "a b c d 0 x"])
def test_a_line_that_programs_read_in_several_ways_says_why(line: str) -> None:
    (entry,) = fstab.entries(f"\n{line}\n")
    assert (entry.line, entry.path, bool(entry.why)) == (2, "", True)


@given(st.text(alphabet='ab /\\040\t\n#,"=nosuid', max_size=80))
def test_any_text(text: str) -> None:
    for entry in fstab.entries(text):
        assert entry.why or (entry.device and entry.path and entry.type)
        assert set(fstab.protection(entry.options)) == set(fstab.PROTECTING)

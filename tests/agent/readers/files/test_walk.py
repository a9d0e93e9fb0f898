"""The walk counts what find(1), getcap(8) and getfacl(1) count, and no tree leads it astray."""

from __future__ import annotations

import os
import re
import shutil
import socket
import stat
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_agent.readers.files import walk_owner
from rempart_agent.readers.files.volume import Plan, Volume
from rempart_agent.readers.files.walk import MAX_DEPTH, Bounds, Walk
from rempart_agent.readers.files.walk_child import in_child
from rempart_agent.readers.files.walk_entry import CAPABILITY, Judge
from rempart_agent.targets.live import LiveTarget

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="only root makes such files")


def plan_of(top: Path) -> Plan:
    return Plan((Volume(str(top), "ext4"),), (), frozenset())


def judge() -> Judge:
    return Judge(walk_owner.read(LiveTarget()))


def walked(top: Path, walk: type[Walk] = Walk) -> Walk:
    one = walk(plan_of(top), str(top), Bounds(100_000, 60), 0, judge())
    here = os.getcwd()
    try:
        one.run()
    finally:
        os.chdir(here)
    return one


def found(walk: Walk, kind: str) -> set[bytes]:
    return {bytes.fromhex(one["path"]) for one in walk.found if one["kind"] == kind}


def tell(top: Path, *command: str) -> set[bytes]:
    """Return the paths that find(1) prints of a tree, as the walk calls them."""
    said = subprocess.run(["find", str(top), "-xdev", *command, "-print0"], capture_output=True, check=True).stdout
    return {path[len(os.fsencode(top)) :] or b"/" for path in said.split(b"\0") if path}


def make(top: Path) -> None:
    """Lay a tree of all that is noted, by the tools that an admin would use."""
    for folder in ("a", "b/c", "open", "sticky", "\udcff\n x"):
        (top / folder).mkdir(parents=True)
    for folder, mode in (("open", 0o777), ("sticky", 0o1777), ("a", 0o2775)):
        (top / folder).chmod(mode)
    for number in range(40):
        path = top / ("a", "b/c", "sticky", "\udcff\n x")[number % 4] / f"f{number}"
        path.write_text("x")
        path.chmod((0o644, 0o666, 0o4755, 0o2755, 0o6711, 0o602)[number % 6])
    (top / "b/link").symlink_to("/etc")
    (top / "b/nowhere").symlink_to("nothing")
    os.mkfifo(top / "b/fifo")
    (top / "b/fifo").chmod(0o666)
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(top / "b/s"))


@needs_root
@pytest.mark.skipif(not all(map(shutil.which, ("getcap", "getfacl", "setfacl"))), reason="needs getcap and getfacl")
def test_it_counts_what_find_getcap_and_getfacl_count(tmp_path: Path) -> None:
    top = tmp_path / "tree"
    make(top)
    for path, ids in (("a/f0", (47110, 0)), ("b/link", (0, 47111)), ("b/fifo", (47110, 47111)), ("open", (47112, 1))):
        os.lchown(top / path, *ids)
    rights = struct.pack("<5I", 2 << 24 | 1, 1 << 10, 0, 0, 0)
    for name in ("a/f4", "b/c/f5", "\udcff\n x/f3"):
        os.setxattr(top / name, CAPABILITY, rights)
    for path, entry in (("a/f8", "u:33:rw"), ("b/c", "d:g:100:rwx"), ("b/fifo", "g:5:r"), ("\udcff\n x/f7", "u:7:-")):
        subprocess.run(["setfacl", "-m", entry, os.fsencode(top / path)], check=True)
    walk = walked(top)
    assert found(walk, "unowned") == tell(top, "(", "-nouser", "-o", "-nogroup", ")")
    assert len(found(walk, "unowned")) == 4
    assert found(walk, "world_writable") == tell(top, "!", "-type", "l", "-perm", "-0002")
    assert found(walk, "set_id") == tell(top, "-type", "f", "-perm", "/6000")
    open_folders = [one for one in walk.found if one["kind"] == "world_writable" and one["type"] == "directory"]
    without = {bytes.fromhex(one["path"]) for one in open_folders if not one["mode"] & stat.S_ISVTX}
    assert without == tell(top, "-type", "d", "-perm", "-0002", "!", "-perm", "-1000")
    assert walk.seen[0]["entries"] == len(tell(top)) - 1
    said = subprocess.run(["getcap", "-r", str(top)], capture_output=True, check=True).stdout
    assert len(found(walk, "capability")) == said.count(b" cap_net_bind_service") == 3
    lists = subprocess.run(["getfacl", "-R", "-s", "-p", "-n", str(top)], capture_output=True, check=True).stdout
    paths = re.findall(rb"^# file: (.*)$", lists, re.MULTILINE)
    plain = {re.sub(rb"\\([0-7]{3})", lambda m: bytes([int(m[1], 8)]), one) for one in paths}
    assert found(walk, "acl") == {path[len(os.fsencode(top)) :] for path in plain}
    shown = {os.fsdecode(bytes.fromhex(one["path"])): one["acl"] for one in walk.found if one["kind"] == "acl"}
    assert "user:33:rw-" in shown["/a/f8"].split(",")
    assert "default:group:100:rwx" in shown["/b/c"].split(",")
    assert walk.seen[0]["complete"] == 1


@needs_root
def test_devices_are_noted_and_not_opened(tmp_path: Path) -> None:
    try:
        os.mknod(tmp_path / "disk", stat.S_IFBLK | 0o600, os.makedev(7, 250))
    except OSError:
        pytest.skip("no devices can be made here")
    (tmp_path / "disk").chmod(0o4666)  # a set-id bit on what nobody executes gives nobody anything
    walk = walked(tmp_path)
    assert found(walk, "world_writable") == {b"/disk"}
    assert found(walk, "set_id") == set()
    assert walk.seen[0]["walked"] == 1


def test_folders_far_below_are_a_gap_and_end_the_walk_of_nothing_else(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(300):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    (tmp_path / "z").write_text("")
    (tmp_path / "z").chmod(0o666)
    walk = walked(tmp_path)
    assert (walk.seen[0]["entries"], walk.seen[0]["walked"]) == (MAX_DEPTH + 2, 0)
    assert found(walk, "world_writable") == {b"/z"}
    shutil.rmtree(tmp_path / "d", ignore_errors=True)


NAMES = st.lists(
    st.binary(min_size=1, max_size=40).filter(lambda name: not {0, 47} & {*name} and name not in (b".", b"..")),
    unique=True,
    max_size=8,
)


@settings(max_examples=30, deadline=None)
@given(names=NAMES)
def test_names_of_any_bytes(tmp_path_factory: pytest.TempPathFactory, names: list[bytes]) -> None:
    top = tmp_path_factory.mktemp("names")
    for name in names:
        path = os.fsencode(top) + b"/" + name
        with open(path, "wb"):
            os.chmod(path, 0o666)
    assert found(walked(top), "world_writable") == {b"/" + name for name in names}


@pytest.mark.parametrize("becomes", ["link", "file"])
def test_a_folder_that_is_swapped_meanwhile_leads_nowhere_and_is_a_gap(tmp_path: Path, becomes: str) -> None:
    top, outside = tmp_path / "top", tmp_path / "outside"
    (top / "b").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret").write_text("")
    (outside / "secret").chmod(0o666)

    class Swapped(Walk):
        def _list(self, descriptor: int, path: str) -> list[str]:
            names = super()._list(descriptor, path)
            if names == ["b"]:
                (top / "b").rename(top / "elsewhere")
                if becomes == "link":
                    (top / "b").symlink_to(outside)
                else:
                    (top / "b").write_text("")
            return names

    walk = walked(top, Swapped)
    assert walk.found == []
    assert (walk.seen[0]["walked"], walk.seen[0]["skipped"]) == (0, 1)


def test_a_folder_that_is_deleted_meanwhile_is_no_gap(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()

    class Deleted(Walk):
        def _list(self, descriptor: int, path: str) -> list[str]:
            names = super()._list(descriptor, path)
            if names:
                (tmp_path / "b").rmdir()
            return names

    assert walked(tmp_path, Deleted).seen[0]["walked"] == 1


@pytest.mark.parametrize("volume", [Volume("/nowhere/at/all", "ext4"), Volume("/", "ext4", id="999999999")])
def test_a_file_system_that_has_gone_never_passes(tmp_path: Path, volume: Volume) -> None:
    (tmp_path / "x").write_text("")
    at = volume._replace(path=str(tmp_path)) if volume.id else volume
    (seen,) = in_child(Plan((at,), (), frozenset()), str(tmp_path), Bounds(1000, 60), judge())[1]
    assert (seen["walked"], seen["entries"], seen["skipped_why"]) == (0, 0, "1 file system that has gone since")


@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="nothing is mounted on /dev/shm")
def test_what_was_mounted_since_is_a_gap() -> None:
    one = Walk(Plan((Volume("/dev", "tmpfs"),), (), frozenset()), "/", Bounds(100_000, 60), 0, judge())
    here = os.getcwd()
    one.run()
    os.chdir(here)
    assert "mounted since the walk began" in one.seen[0]["skipped_why"]
    assert one.seen[0]["walked"] == 0

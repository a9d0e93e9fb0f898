"""Table rempart_walk: what a walk of a tree finds, where it does not go, and what ends it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.rpm import RPM, install, run
from rempart_testing.target import lay

from rempart_agent.engine import WALKING
from rempart_agent.formats import rpm_header
from rempart_agent.readers.files import volume, walk_child
from rempart_agent.readers.files import walk as walking
from rempart_agent.readers.files.walk_entry import CAPABILITY, Judge
from rempart_agent.source.contract import Constraint, Malformed, Query, Unfit
from rempart_agent.tables import read
from rempart_agent.tables.linux import rempart_walk
from rempart_agent.targets.root import RootTarget

SU = b"\x7fELF su"
INFO = "/var/lib/dpkg/info/"


def sums(**files: bytes) -> str:
    """Return the lines of an md5sums file; ``__`` in a name stands for a slash."""
    return "".join(f"{hashlib.md5(data).hexdigest()}  {name.replace('__', '/')}\n" for name, data in files.items())  # noqa: S324


def walk(root: Path, **bounds: int) -> list[dict[str, Any]]:
    asked = tuple(Constraint("max_" + name, "=", (str(value),)) for name, value in bounds.items())
    return [dict(row) for row in rempart_walk.rows(RootTarget(str(root)), Query(frozenset(), asked))]


def found(rows: list[dict[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {row["path"]: row for row in rows if row["kind"] in ("set_id", "capability")}


def witness(rows: list[dict[str, Any]]) -> Mapping[str, Any]:
    return next(row for row in rows if row["kind"] == "witness")


def test_set_id_files_anywhere_and_what_their_packages_say_of_them(tmp_path: Path) -> None:
    odd = "/var/tmp/.x/ödd\n\udcff"
    lay(tmp_path, {"/usr/bin/su": SU, "/usr/bin/chfn": b"bash", "/bin2/sh": b"sh", odd: b"x", "/etc/plain": "x"})
    lay(tmp_path, {INFO + "login:amd64.md5sums": sums(usr__bin__su=SU), INFO + "passwd.md5sums": sums(bin__chfn=SU)})
    lay(tmp_path, {INFO + "other.list": "/.\n/bin2\n/bin2/sh\n"})
    (tmp_path / "usr/bin/link").symlink_to("su")
    for path, mode in (("usr/bin/su", 0o4755), ("usr/bin/chfn", 0o4711), (odd[1:], 0o6755), ("bin2/sh", 0o2755)):
        (tmp_path / path).chmod(mode)
    (tmp_path / "etc").chmod(0o2755)  # a folder hands its group down, and gives nobody any right
    files = found(walk(tmp_path))
    assert set(files) == {"/usr/bin/su", "/usr/bin/chfn", odd, "/bin2/sh"}
    told = {path: (row["set_id"], row["package"], row["intact"]) for path, row in files.items()}
    assert told["/usr/bin/su"] == ("u", "login", 1)
    assert told["/usr/bin/chfn"] == ("u", "passwd", 0)  # its package named it before /bin and /usr/bin were merged
    assert told[odd] == ("ug", "", 0)
    assert told["/bin2/sh"] == ("g", "other", None)  # the package is known, and no digest
    assert files["/usr/bin/su"]["sha256"] == hashlib.sha256(SU).hexdigest()
    assert (files["/usr/bin/su"]["mode"], files["/usr/bin/su"]["package_mode"]) == ("4755", "")


def test_a_system_without_a_known_package_manager_says_nothing_of_content(tmp_path: Path) -> None:
    lay(tmp_path, {"/bin/su": SU})
    (tmp_path / "bin/su").chmod(0o4755)
    row = found(walk(tmp_path))["/bin/su"]
    assert row["intact"] is None
    assert "no package manager" in row["why"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give capabilities")
def test_capabilities_of_files_that_nobody_may_execute_yet_count_too(tmp_path: Path) -> None:
    lay(tmp_path, {"/srv/python3": "x", "/srv/inner": "x"})
    os.setxattr(tmp_path / "srv/python3", CAPABILITY, struct.pack("<5I", 2 << 24 | 1, 1 << 7, 1 << 10, 0, 0))
    os.setxattr(tmp_path / "srv/inner", CAPABILITY, struct.pack("<6I", 3 << 24 | 1, 1 << 21, 0, 1 << 7, 0, 100000))
    (tmp_path / "srv/python3").chmod(0o600)
    files = found(walk(tmp_path))
    assert files["/srv/python3"]["capability"] == "cap_setuid,cap_net_bind_service"
    assert files["/srv/inner"]["capability"] == "cap_sys_admin,cap_bpf"


def test_a_bound_makes_the_walk_incomplete_and_keeps_what_was_found(tmp_path: Path) -> None:
    lay(tmp_path, {f"/a/{number}": "" for number in range(50)} | {"/a/0": SU})
    (tmp_path / "a/0").chmod(0o4755)
    assert witness(walk(tmp_path))["walked"] == 1
    short = witness(walk(tmp_path, entries=20))
    assert (short["walked"], short["complete"]) == (0, 0)
    assert short["skipped_why"] == "more than 20 entries"
    with pytest.raises(Unfit):
        walk(tmp_path, seconds="many")  # type: ignore[arg-type]


def test_rows_of_a_kind_are_bounded_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "MAX_ROWS", 3)
    for number in range(5):
        lay(tmp_path, {f"/{number}": "x"})
        (tmp_path / str(number)).chmod(0o4755)
    rows = walk(tmp_path)
    assert len(found(rows)) == 3
    assert (witness(rows)["walked"], witness(rows)["complete"]) == (1, 0)  # what other kinds say stands
    assert witness(rows)["untold"] == "home_group,home_open,home_owner,set_id,unowned"  # and nobody said who there is
    assert witness(rows)["skipped_why"] == "2 files beyond 3 of a kind"


def test_a_depth_beyond_the_bound_is_a_gap(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(walking.MAX_DEPTH + 5):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    assert "deeper than 256 folders" in witness(walk(tmp_path))["skipped_why"]
    assert witness(walk(tmp_path))["walked"] == 0


def test_links_are_not_followed_out_of_the_tree(tmp_path: Path) -> None:
    root = tmp_path / "root"
    lay(tmp_path, {"/outside/su": SU, "/root/etc/x": ""})
    (tmp_path / "outside/su").chmod(0o4755)
    (root / "out").symlink_to("../outside")
    (root / "su").symlink_to("../outside/su")
    assert found(walk(root)) == {}


def test_stores_of_containers_are_passed_by_only_where_others_cannot_enter(tmp_path: Path) -> None:
    lay(tmp_path, {"/var/lib/docker/overlay2/a/su": SU, "/var/lib/containerd/x/su": SU, "/opt/docker/su": SU})
    lay(tmp_path, {"/home/a/.local/share/containers/storage/su": SU})
    for path in tmp_path.rglob("su"):
        path.chmod(0o4755)
    (tmp_path / "var/lib/docker").chmod(0o710)
    (tmp_path / "var/lib/containerd").chmod(0o711)
    (tmp_path / "home/a/.local/share/containers").chmod(0o700)
    rows = walk(tmp_path)
    assert set(found(rows)) == {"/var/lib/containerd/x/su", "/opt/docker/su"}
    assert witness(rows)["walked"] == 1
    assert "/var/lib/docker" in witness(rows)["skipped_why"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0)
    assert witness(walk(tmp_path))["walked"] == 0


def test_a_walk_is_kept_for_a_run_and_not_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {"/a": ""})
    target = RootTarget(str(tmp_path))
    first = list(rempart_walk.rows(target, Query()))
    lay(tmp_path, {"/b": ""})
    assert list(rempart_walk.rows(target, Query())) == first
    monkeypatch.setattr(rempart_walk, "AGE", -1.0)
    assert witness([dict(row) for row in rempart_walk.rows(target, Query())])["entries"] == 2


def test_the_walk_is_another_process_of_low_priority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Told(walking.Walk):
        def run(self) -> None:
            self.seen = [{"nice": os.nice(0), "pid": os.getpid()}]

    monkeypatch.setattr(walking, "Walk", Told)
    _, (seen,) = walk_child.in_child(volume.Plan((), (), frozenset()), "/", walking.Bounds(1, 1), Judge())
    assert seen["pid"] != os.getpid()
    assert seen["nice"] == min(19, os.nice(0) + 10)


def test_those_that_walk_say_so() -> None:
    tables = {name for name in read.names() if getattr(read.module(name), "COST", "") == "walk"}
    assert tables == WALKING


MOUNTS = """\
22 27 0:21 / /proc rw - proc proc rw
27 1 254:0 / / rw shared:1 - ext4 /dev/vda rw
30 27 254:1 / /home rw,nosuid - ext4 /dev/vdb rw
31 27 254:0 /srv /mnt/bind rw - ext4 /dev/vda rw
32 27 0:40 / /mnt/nas rw - nfs4 nas:/x rw
33 27 7:0 / /snap/core/1 ro - squashfs /dev/loop0 ro
34 27 0:41 /@a /mnt/a rw - btrfs /dev/vdc rw
35 27 0:41 /@b /mnt/b\\040b rw - btrfs /dev/vdc rw
36 27 254:2 / /mnt/hidden/x rw - ext4 /dev/vdd rw
37 27 254:3 / /mnt/hidden rw - xfs /dev/vde rw
38 27 0:50 / /mnt/odd rw - neverheard none rw
39 22 0:51 / /proc/sys/fs/binfmt_misc rw - binfmt_misc none rw
"""


def test_which_file_systems_are_visited() -> None:
    plan = volume.plan(MOUNTS)
    assert [v.path for v in plan.visited] == ["/", "/home", "/mnt/a", "/mnt/b b", "/mnt/hidden"]
    assert [(v.path, v.type) for v in plan.skipped] == [
        ("/mnt/nas", "nfs4"),
        ("/mnt/odd", "neverheard"),
        ("/snap/core/1", "squashfs"),
    ]
    assert {v.path: v.nosuid for v in plan.visited}["/home"]
    assert "/mnt/bind" in plan.edges
    assert "/mnt/hidden/x" not in plan.edges


def test_a_folder_that_is_mounted_on_itself_is_visited() -> None:
    """The walk of what it lies on ends there, and its own mount says whether set-id bits count."""
    bound = "40 27 254:0 /tmp /tmp rw,nosuid - ext4 /dev/vda rw\n41 40 254:0 /tmp/in /mnt/in rw - ext4 /dev/vda rw\n"
    visited = {one.path: one for one in volume.plan(MOUNTS + bound).visited}
    assert visited["/tmp"].nosuid
    assert visited["/tmp"].id == "40"
    assert not {"/mnt/bind", "/mnt/in"} & {*visited}


def test_read_only_file_systems_of_an_image_are_visited() -> None:
    """They are parts of it; on a running machine they hold packages of their own."""
    plan = volume.plan(MOUNTS, image=True)
    assert "/snap/core/1" in [v.path for v in plan.visited]
    assert [v.path for v in plan.skipped] == ["/mnt/nas", "/mnt/odd"]


def test_what_is_visited_is_not_called_passed_by() -> None:
    plan = volume.plan("31 1 7:0 / / ro - squashfs /dev/loop0 ro\n")
    assert [v.path for v in plan.visited] == ["/"]
    assert plan.skipped == ()


def test_a_root_filesystem_is_walked_with_what_is_mounted_in_it() -> None:
    plan = volume.plan(
        MOUNTS.replace("/home rw", "/x/root/home rw").replace(" /proc rw", " /x/root/proc rw"), "/x/root"
    )
    assert [v.path for v in plan.visited] == ["/x/root", "/x/root/home"]
    assert plan.edges == {"/x/root/home", "/x/root/proc"}


_SPEC = """\
Name: tap
Version: 1
Release: 1
Summary: x
License: MIT
BuildArch: noarch
%description
x
%install
mkdir -p %{buildroot}/usr/bin
printf 'good' > %{buildroot}/usr/bin/tap
printf 'good' > %{buildroot}/usr/bin/plain
%files
%attr(4755, root, root) /usr/bin/tap
%attr(0755, root, root) /usr/bin/plain
"""


@pytest.mark.skipif(not RPM, reason="needs rpm and rpmbuild")
def test_what_rpm_says_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "tap.spec").write_text(_SPEC)
    run("rpmbuild", "-bb", "--define", f"_topdir {tmp_path / 'build'}", str(tmp_path / "tap.spec"))
    root = tmp_path / "root"
    install(root / "var/lib/rpm", [tmp_path / "build/RPMS/noarch/tap-1-1.noarch.rpm"])
    lay(root, {"/usr/bin/tap": "good", "/usr/bin/plain": "good", "/usr/bin/own": "good"})
    for name in ("tap", "plain", "own"):
        (root / "usr/bin" / name).chmod(0o4755)
    files = found(walk(root))
    told = {path: (row["package"], row["intact"], row["package_mode"]) for path, row in files.items()}
    assert told == {
        "/usr/bin/tap": ("tap", 1, "4755"),
        "/usr/bin/plain": ("tap", 1, "0755"),
        "/usr/bin/own": ("", 0, ""),
    }
    lay(root, {"/usr/bin/tap": "evil"})
    (root / "usr/bin/tap").chmod(0o4755)  # the kernel takes the bit away when anybody but root writes
    assert found(walk(root))["/usr/bin/tap"]["intact"] == 0


@given(st.binary(max_size=400))
def test_any_bytes_for_an_rpm_header(data: bytes) -> None:
    with contextlib.suppress(Malformed):
        list(rpm_header.Files(data).files(("/usr/bin/",)))

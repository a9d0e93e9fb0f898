"""Table rempart_access: modes, access lists, links and the folders above, of a tree."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.target import RecordedTarget, lay

from rempart_agent.source.contract import Constraint, Denied, Malformed, Query
from rempart_agent.tables.linux import rempart_access
from rempart_agent.targets.root import RootTarget

ME, MINE = os.getuid(), os.getgid()
PASSWD = f"root:x:0:0::/root:/bin/sh\nbob:x:70001:70001::/:/bin/sh\nme:x:{ME or 70009}:{MINE}::/:/bin/sh\n"
GROUP = "root:x:0:\nbob:x:70001:\nteam:x:70005:bob\n"
MOUNTS = "/dev/vda / ext4 rw 0 0\n"


def acl(*entries: tuple[int, int, int]) -> bytes:
    """Return an access list as the kernel keeps it; entries are tag, rights, id."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", t, r, i & 0xFFFFFFFF) for t, r, i in entries)


def machine(root: Path, answers: Mapping[str, Any] | None = None, mounts: str = MOUNTS, live: bool = False) -> Any:
    root.chmod(0o755)
    lay(root, {"/etc/passwd": PASSWD, "/etc/group": GROUP, "/proc/mounts": mounts, "/srv/data/a.txt": "x"})
    target = RecordedTarget(str(root), answers or {})
    target.live = live
    return target


def ask(target: Any, **asked: str) -> dict[tuple[str, str], Mapping[str, Any]]:
    constraints = tuple(Constraint(column, "=", (value,)) for column, value in asked.items())
    found = rempart_access.rows(target, Query(frozenset(), constraints))
    return {(row["path"], row["subject"]): row for row in found}


def rights(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["read"], row["write"], row["enter"], row["swap"]


def test_modes_and_the_folders_above(tmp_path: Path) -> None:
    target = machine(tmp_path)
    file = tmp_path / "srv/data/a.txt"
    file.chmod(0o664)
    assert rights(ask(target, path="/srv/data/a.txt")["/srv/data/a.txt", "*"]) == (1, 0, 0, 0)
    (tmp_path / "srv/data").chmod(0o777)
    assert rights(ask(machine(tmp_path), path="/srv/data/a.txt")["/srv/data/a.txt", "*"]) == (1, 0, 0, 1)
    (tmp_path / "srv/data").chmod(0o1777)
    assert rights(ask(machine(tmp_path), path="/srv/data/a.txt")["/srv/data/a.txt", "*"]) == (1, 0, 0, 0)
    (tmp_path / "srv").chmod(0o750)
    assert rights(ask(machine(tmp_path), path="/srv/data/a.txt")["/srv/data/a.txt", "*"]) == (0, 0, 0, 0)


def test_an_access_list_names_an_account_and_a_group(tmp_path: Path) -> None:
    (tmp_path / "srv/data").mkdir(parents=True)
    entries = acl((1, 6, -1), (2, 6, 70001), (4, 0, -1), (8, 4, 70005), (16, 4, -1), (32, 0, -1))
    target = machine(tmp_path, {"xattr system.posix_acl_access /srv/data/a.txt": entries})
    (tmp_path / "srv/data/a.txt").chmod(0o640)
    found = ask(target, path="/srv/data/a.txt")
    assert rights(found["/srv/data/a.txt", "*"])[:3] == (0, 0, 0)
    assert rights(found["/srv/data/a.txt", "bob"])[:3] == (1, 0, 0)  # the mask takes the right to write
    assert found["/srv/data/a.txt", "bob"]["via"] == "user"
    assert found["/srv/data/a.txt", "%team"]["via"] == "group team"
    assert found["/srv/data/a.txt", "%team"]["gid"] == 70005


def test_an_empty_mask_hides_the_list_and_a_named_user_has_the_rights_of_others(tmp_path: Path) -> None:
    (tmp_path / "srv/data").mkdir(parents=True)
    entries = acl((1, 6, -1), (2, 0, 70001), (4, 0, -1), (16, 0, -1), (32, 4, -1))
    target = machine(tmp_path, {"xattr system.posix_acl_access /srv/data/a.txt": entries})
    (tmp_path / "srv/data/a.txt").chmod(0o604)
    found = ask(target, path="/srv/data/a.txt")
    assert rights(found["/srv/data/a.txt", "*"])[:3] == (1, 0, 0)
    assert ("/srv/data/a.txt", "bob") not in found  # no row: the rights of *


def test_the_end_of_a_link_is_judged_by_its_own_way(tmp_path: Path) -> None:
    target = machine(tmp_path)
    lay(tmp_path, {"/home/open.txt": ""})
    (tmp_path / "srv/data/link").symlink_to("/home/open.txt")
    (tmp_path / "srv/data/gone").symlink_to("/home/nothing")
    (tmp_path / "srv/data").chmod(0o700)
    found = ask(target, folder="/srv/data")
    link = found["/srv/data/link", "*"]
    assert rights(link)[:3] == (1, 0, 0)
    assert (link["end"], link["link"]) == ("/home/open.txt", 1)
    assert found["/srv/data/gone", "*"]["type"] == "error"
    (tmp_path / "home").chmod(0o777)
    assert ask(machine(tmp_path), path="/srv/data/link")["/srv/data/link", "*"]["swap"] == 1


def test_what_a_link_to_nothing_leads_to_is_made_by_whoever_may_write_there(tmp_path: Path) -> None:
    target = machine(tmp_path)
    lay(tmp_path, {"/tmp/kept/x": "", "/var/lib/x": ""})
    (tmp_path / "tmp").chmod(0o1777)  # sticky: nobody removes, everybody makes
    ends = {"any": "/tmp/nothing", "deep": "../tmp/a/b", "root": "/var/lib/nothing", "file": "/tmp/kept/x/y"}
    for name, to in ends.items():
        (tmp_path / "etc" / name).symlink_to(to)
    swaps = {name: ask(target, path=f"/etc/{name}")[f"/etc/{name}", "*"]["swap"] for name in ends}
    assert swaps == {"any": 1, "deep": 1, "root": 0, "file": 0}
    (tmp_path / "var/lib").chmod(0o757)
    (tmp_path / "var").chmod(0o700)  # nobody gets there
    assert ask(machine(tmp_path), path="/etc/root")["/etc/root", "*"]["swap"] == 0


def test_below_a_folder_hidden_names_and_linked_folders_count_each_once(tmp_path: Path) -> None:
    target = machine(tmp_path)
    lay(tmp_path, {"/srv/data/.old/.b": "", "/more/c": ""})
    (tmp_path / "srv/data/more").symlink_to("/more")
    (tmp_path / "srv/data/.old/again").symlink_to("..")
    (tmp_path / "srv/data/loop").symlink_to("loop")
    paths = {path for path, _ in ask(target, folder="/srv/data/")}
    below = {"/a.txt", "/.old", "/.old/.b", "/.old/again", "/more", "/more/c", "/loop"}
    assert paths == {"/srv/data", *("/srv/data" + name for name in below)}


def test_where_a_server_decides_nothing_is_said(tmp_path: Path) -> None:
    mounts = MOUNTS + "nas:/x /srv nfs4 rw 0 0\n/dev/vdb /home ext4 rw,idmapped 0 0\n"
    target = machine(tmp_path, mounts=mounts, live=True)
    lay(tmp_path, {"/home/x": ""})
    for path in ("/srv/data/a.txt", "/srv", "/home/x"):
        row = ask(target, path=path)[path, "*"]
        assert rights(row) == (None, None, None, None)
        assert row["why"]
    assert rights(ask(target, path="/etc/passwd")["/etc/passwd", "*"]) == (1, 0, 0, 0)


def test_a_list_that_no_kernel_would_take_raises(tmp_path: Path) -> None:
    (tmp_path / "srv/data").mkdir(parents=True)
    name = "xattr system.posix_acl_access /srv/data/a.txt"
    for data in (b"x", acl((1, 6, -1)), acl((1, 6, -1), (4, 0, -1), (32, 0, -1), (99, 0, -1)), b"\3" + acl()[1:]):
        with pytest.raises(Malformed):
            ask(machine(tmp_path, {name: data}), path="/srv/data/a.txt")


def test_what_may_not_be_seen_raises(root_of: Callable[..., RootTarget], deny: Callable[..., None]) -> None:
    target = root_of({"/etc/passwd": PASSWD, "/etc/group": GROUP, "/home/a/b": ""})
    deny(target, "/home/a")
    with pytest.raises(Denied):
        ask(target, folder="/home")
    assert not ask(target, path="/nothing/there")


@pytest.mark.skipif(ME != 0, reason="only root can give files away")
def test_the_owner_s_own_bits_decide(tmp_path: Path) -> None:
    target = machine(tmp_path)
    os.chown(tmp_path / "srv/data/a.txt", 70001, 70005)
    (tmp_path / "srv/data/a.txt").chmod(0o060)
    found = ask(target, path="/srv/data/a.txt")
    assert rights(found["/srv/data/a.txt", "bob"])[:3] == (0, 0, 0)  # the owner's bits decide, though the group may
    assert rights(found["/srv/data/a.txt", "%team"])[:3] == (1, 1, 0)

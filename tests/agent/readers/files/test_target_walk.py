"""The walk of an image finds and says what the walk of the same folder does."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from rempart_testing.given_tree import GivenFileSystem
from rempart_testing.images import FileLayer, make_ext

from rempart_agent.images.native import open_native
from rempart_agent.images.target import ImageTarget
from rempart_agent.images.tree import Mounted, Tree
from rempart_agent.readers.files import target_walk, volume, walk, walk_child
from rempart_agent.readers.files.walk_entry import Judge
from rempart_agent.readers.files.walk_owner import Owners
from rempart_agent.source.contract import Missing

OWNERS = Owners(frozenset({0}), frozenset({0}), users_told=True, groups_told=True, asks=False)


def test_it_finds_the_same_as_a_walk_of_folders(tmp_path: Path) -> None:
    top = tmp_path / "tree"
    (top / "usr" / "bin").mkdir(parents=True)
    (top / "var" / "lib" / "docker" / "x").mkdir(parents=True)
    for name, mode in (("su", 0o4755), ("wall", 0o2755), ("both", 0o6755), ("plain", 0o755)):
        (top / "usr" / "bin" / name).write_text(name)
        (top / "usr" / "bin" / name).chmod(mode)
    (top / "usr" / "bin" / "link").symlink_to("su")
    (top / "tmp").mkdir()
    (top / "tmp").chmod(0o777)
    os.mkfifo(top / "tmp" / "fifo")
    (top / "tmp" / "file").write_text("x")
    if os.geteuid() == 0:
        os.lchown(top / "tmp" / "file", 4711, 0)
        os.lchown(top / "usr" / "bin" / "link", 4711, 0)
        os.chown(top / "usr", 0, 4712)
    (top / "var" / "lib" / "docker" / "x" / "su").write_text("hidden")
    (top / "var" / "lib" / "docker" / "x" / "su").chmod(0o4755)
    (top / "var" / "lib" / "docker").chmod(0o710)
    try:
        os.setxattr(
            top / "usr/bin/plain", "security.capability", bytes.fromhex("0100000200200000000000000000000000000000")
        )
    except OSError:
        pytest.skip("no capabilities here")
    filesystem = open_native(FileLayer(make_ext(top, tmp_path / "image")))
    assert filesystem is not None
    target = ImageTarget("image", Tree([Mounted("/", filesystem, "ext4")]))
    bounds = walk.Bounds(1000, 60)
    plan = volume.plan(target.mountinfo(), "/")
    there = walk_child.in_child(
        volume.Plan((volume.Volume(str(top), "ext4"),), (), frozenset()), str(top), bounds, Judge(OWNERS)
    )
    found, seen = target_walk.walk(plan, target, bounds, Judge(OWNERS))
    assert found == there[0]
    kinds = {(bytes.fromhex(one["path"]).decode(), one["kind"]) for one in found}
    assert {path for path, kind in kinds if kind == "set_id"} == {"/usr/bin/su", "/usr/bin/wall", "/usr/bin/both"}
    assert ("/usr/bin/plain", "capability") in kinds
    assert ("/tmp", "world_writable") in kinds
    if os.geteuid() == 0:
        assert {path for path, kind in kinds if kind == "unowned"} == {"/tmp/file", "/usr/bin/link", "/usr"}
        assert {path for path, kind in kinds if kind == "loose"} == {"/usr/bin/link"}
    assert [one["entries"] - 1 for one in seen] == [one["entries"] for one in there[1]]  # lost+found
    assert seen[0]["skipped_why"] == there[1][0]["skipped_why"] != ""
    stopped = target_walk.walk(plan, target, walk.Bounds(5, 60), Judge(OWNERS))[1]
    assert (stopped[0]["complete"], stopped[0]["skipped_why"]) == (0, "more than 5 entries")


def test_what_can_not_be_read_is_counted_and_a_root_that_can_not_raises() -> None:
    class Broken(GivenFileSystem):
        def xattr(self, node: int, name: str) -> bytes | None:
            raise walk_error

    from rempart_agent.source.contract import Malformed

    walk_error = Malformed("x")
    given = Broken({"a": b"x", "d": {"b": b"y"}})
    target = ImageTarget("image", Tree([Mounted("/", given, "ext4")]))
    _, seen = target_walk.walk(volume.plan(target.mountinfo(), "/"), target, walk.Bounds(100, 60), Judge(OWNERS))
    assert (seen[0]["complete"], seen[0]["skipped_why"]) == (0, "4 with read errors")
    empty = GivenFileSystem({})
    empty.modes[1] = stat.S_IFREG
    with pytest.raises(Missing):
        target_walk.walk(
            volume.plan(target.mountinfo(), "/"),
            ImageTarget("x", Tree([Mounted("/", empty, "ext4")])),
            walk.Bounds(9, 9),
            Judge(OWNERS),
        )

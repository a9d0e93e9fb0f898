"""A fix finds what its check has found: both walks hold the same of trees and of mounts."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.acts_tree import leave_mounts

from playbooks.fix.root import Root
from rempart_agent.readers.files import volume
from rempart_agent.readers.files import walk as agents
from rempart_agent.readers.files.walk_entry import SYSTEM, Judge
from rempart_fix import mounts, walk
from rempart_fix.contract import Refusal
from rempart_fix.resolve import rights
from rempart_fix.sight import Sight

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
_LINE = "{id} {parent} {device} {root} {path} rw,relatime shared:1 - {type} none rw"


def test_both_know_the_same_folders_of_programs_and_of_containers() -> None:
    assert rights.SYSTEM == SYSTEM
    assert walk.STORES == agents.STORES
    assert walk.MAX_DEPTH == agents.MAX_DEPTH
    assert mounts.LOCAL | mounts.UNOWNED == volume.LOCAL


@settings(deadline=None)
@given(st.data())
def test_both_visit_the_same_mounts(data: st.DataObject) -> None:
    """But those that keep no owners, which are left, whatever lies over what."""
    types = ["ext4", "xfs", "tmpfs", "vfat", "nfs4", "proc", "overlay", "squashfs", "fuse.sshfs"]
    paths = ["/", "/a", "/a/b", "/a/b/c", "/d", "/d\\040e"]
    count = data.draw(st.integers(1, 7))
    of_device = {device: data.draw(st.sampled_from(types)) for device in ("8:1", "8:2", "0:31")}
    lines = []
    for number in range(1, count + 1):
        device = data.draw(st.sampled_from(sorted(of_device)))
        one = {
            "id": number,
            "parent": data.draw(st.integers(0, number - 1)),
            "device": device,
            "root": data.draw(st.sampled_from(["/", "/x", "/x/y"])),
            "path": "/" if number == 1 else data.draw(st.sampled_from(paths)),
            "type": of_device[device],
        }
        lines.append(_LINE.format(**one))
    text = "\n".join(lines) + "\n"
    ours, theirs = mounts.plan(text, "/"), volume.plan(text)
    visited = {one.path for one in theirs.visited if one.type in mounts.LOCAL}
    assert {path for path, _ in ours.tops} == visited
    assert ours.edges == theirs.edges


def test_what_is_mounted_read_only_is_left() -> None:
    text = "1 0 8:1 / / rw - ext4 none rw\n2 1 8:2 / /a ro - ext4 none rw\n3 1 8:3 / /b rw - ext4 none ro\n"
    assert mounts.plan(text, "/").tops == (("/", "1"),)
    shown_twice = "1 0 8:1 / / rw - ext4 none rw\n2 1 8:2 / /a ro - ext4 none rw\n3 1 8:2 / /b/c rw - ext4 none rw\n"
    assert mounts.plan(shown_twice, "/").tops == (("/", "1"), ("/b/c", "3"))


def test_a_folder_that_is_mounted_on_itself_is_visited_there() -> None:
    """The walk of what it lies on ends at it; a bind mount that is seen elsewhere too is visited once."""
    text = "1 0 8:1 / / rw - ext4 none rw\n2 1 8:1 /tmp /tmp rw - ext4 none rw\n3 1 8:1 /srv /mnt rw - ext4 none rw\n"
    inside = "4 2 8:1 /tmp/a /b rw - ext4 none rw\n"
    assert mounts.plan(text + inside, "/").tops == (("/", "1"), ("/tmp", "2"))
    over = "5 1 0:9 / /srv rw - tmpfs none rw\n"
    assert mounts.plan(text + over, "/").tops == (("/", "1"), ("/mnt", "3"), ("/srv", "5"), ("/tmp", "2"))


def _build(root: Root) -> None:
    """Lay a tree by an admin's tools: modes, owners, odd names, links, a container's folder, access lists."""
    script = r"""
    mkdir -p a/b usr/bin usr/local/lib/x var/lib/docker/in var/lib/docker/shut/in
    mkdir -p home/ann/.local/share/containers/storage
    for file in a/f a/b/g usr/bin/p usr/bin/q usr/local/lib/x/l var/lib/docker/in/o var/lib/docker/shut/in/o opt-file \
        home/ann/.local/share/containers/storage/o; do echo x > "$file"; chmod 666 "$file"; done
    echo x > "$(printf 'a/\377\n name')"; chmod 646 a/*name
    chmod 700 var/lib/docker/shut home/ann/.local/share/containers/storage
    chmod 755 usr/bin/q; chown 1000:1000 usr/bin/q
    chmod 777 a/b; chmod 1777 usr/local/lib/x
    mkfifo a/pipe; chmod 666 a/pipe
    ln -s a/f link
    """
    subprocess.run(["sh", "-euc", script], cwd=root.top, check=True)


@needs_root
def test_both_find_the_same_in_a_tree(root: Root) -> None:
    _build(root)
    theirs = agents.Walk(volume.plan(Path("/proc/self/mountinfo").read_text(), str(root.top)), str(root.top),
                         agents.Bounds(100_000, 60), 0, Judge(None))  # fmt: skip
    here = os.getcwd()
    try:
        theirs.run()
    finally:
        os.chdir(here)
    for rule, kind in ((rights.world_writable, "world_writable"), (rights.system_programs, "loose")):
        ours = {path.encode("utf-8", "surrogateescape") for path, _ in rule({}, Sight(root.place()))}
        wanted = {bytes.fromhex(one["path"]) for one in theirs.found if one["kind"] == kind
                  and one["type"] in ("regular", "directory")}  # fmt: skip
        if kind == "world_writable":  # a folder of the system with the sticky bit is as the check wants it
            wanted -= {b"/usr/local/lib/x"}
        assert ours == wanted
        assert ours


def seen_of(top: Path, mount: str = "", seconds: float = 60.0) -> set[str]:
    """Return the paths that a walk of one file system yields."""
    plan = mounts.Plan(((str(top), mount),), frozenset())
    return {path for path, _, _ in walk.Walk(plan, str(top), walk.Bounds(100_000, seconds)).run()}


def test_what_was_mounted_over_a_place_since_it_was_chosen_is_left(root: Root) -> None:
    root.write("/a/f", "x")
    assert "/a/f" in seen_of(root.top)
    assert seen_of(root.top, "999999999") == set()


@needs_root
def test_what_is_mounted_while_a_walk_runs_is_left(root: Root) -> None:
    leave_mounts()
    root.write("/a/f", "x")
    root.write("/in/hidden", "x")
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(root.path("/in"))], check=True)
    try:
        root.write("/in/new", "x")
        found = seen_of(root.top)
    finally:
        subprocess.run(["umount", str(root.path("/in"))], check=True)
    assert "/a/f" in found
    assert {"/in/new", "/in/hidden"}.isdisjoint(found)


def test_a_walk_that_takes_too_long_or_goes_too_deep_says_so_or_stops(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.path("/many").mkdir()
    for number in range(600):
        root.path(f"/many/{number}").touch()
    with pytest.raises(Refusal, match="walk_seconds"):
        seen_of(root.top, seconds=-1.0)
    root.write("/a/b/c/d", "x")
    monkeypatch.setattr(walk, "MAX_DEPTH", 2)
    assert {"/a/b", "/a/b/c"} & seen_of(root.top) == {"/a/b"}


@pytest.mark.parametrize("call", ["open top", "open", "scandir"])
def test_what_can_not_be_read_for_another_reason_ends_the_walk(
    root: Root, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """A disk that gives errors is no folder that is gone: what lies there would not be closed, and nobody told."""
    root.write("/a/f", "x")
    bad = os.fsencode(root.top) if call == "open top" else b"a"
    name = call.split(maxsplit=1)[0]
    real = getattr(os, name)

    def fail(what: object, *more: object, **named: object) -> object:
        if what == bad or (name == "scandir" and isinstance(what, int)):
            raise OSError(errno.EIO, "Input/output error")
        return real(what, *more, **named)

    with monkeypatch.context() as patch, pytest.raises(OSError, match="Input/output"):  # noqa: PT012
        patch.setattr(os, name, fail)
        seen_of(root.top)


def test_the_folder_of_containers_itself_may_be_closed(root: Root) -> None:
    root.write("/var/lib/docker/f", "x")
    root.path("/var/lib/docker").chmod(0o711)
    assert "/var/lib/docker/f" in seen_of(root.top)
    root.path("/var/lib/docker").chmod(0o700)
    assert "/var/lib/docker/f" not in seen_of(root.top)


@needs_root
def test_what_is_mounted_below_is_looked_at_once(root: Root) -> None:
    """A bind mount shows the same files again, and a file system of its own is visited too."""
    script = f"""
    mount --make-rprivate /
    mount -t tmpfs tmpfs {root.top}
    cd {root.top}
    mkdir one again other
    echo x > one/f; chmod 666 one/f
    mount --bind one again
    mount -t tmpfs tmpfs other
    echo x > other/g; chmod 666 other/g
    exec "$@"
    """
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from rempart_fix.place import Place\nfrom rempart_fix.sight import Sight\n"
        "from rempart_fix.resolve import rights\n"
        "print(sorted(path for path, _ in rights.world_writable({}, Sight(Place('c-1', root=sys.argv[1])))))\n"
    )
    found = subprocess.run(
        ["unshare", "-m", "sh", "-euc", script, "sh", sys.executable, "-c", code, str(root.top), *sys.path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == "['/one/f', '/other/g']\n", found.stderr

"""Disks that fill up while fixes are done and taken back: real ones, in memory, with as many pages as a test leaves.

Nothing is lost, nothing counts as done or taken back that is not, and once there is space the next run ends well.
"""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.acts_tree import leave_mounts

from playbooks.fix.root import GROUP, PASSWD, Root
from rempart_fix import calls, runner
from rempart_fix.contract import Refusal
from rempart_fix.place import Place

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
PAGE = os.sysconf("SC_PAGE_SIZE")
THEIRS = "theirs " * 900
BEFORE = {
    "/etc/passwd": PASSWD,
    "/etc/group": GROUP,
    "/etc/app.conf": "key = 1\n",
    "/etc/big": "".join(f"line {n}\n" for n in range(400)),
    "/etc/secret": "s\n",
}
FIXES: tuple[dict[str, Any], ...] = (
    {
        "check": "AAA-01",
        "files": [{"path": "/etc/new.d/one", "content": "new\n" * 2000}],
        "keys": [{"path": "/etc/app.conf", "key": "key", "value": 9}],
    },
    {
        "check": "BBB-01",
        "lines": [{"path": "/etc/big", "match": "^line 7$", "line": "line seven"}],
        "modes": [{"path": "/etc/secret", "mode": "0600"}],
    },
)
TOUCHED = {"AAA-01": ("/etc/new.d", "/etc/new.d/one", "/etc/app.conf"), "BBB-01": ("/etc/big", "/etc/secret")}
Mount = Callable[..., Path]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mount at a path of the test's: ``mount(path, *words)``."""
    leave_mounts()
    mounted: list[Path] = []

    def do(path: Path, *words: str) -> Path:
        subprocess.run(["mount", *words, str(path)], check=True)
        mounted.append(path)
        return path

    yield do
    for path in reversed(mounted):
        subprocess.run(["umount", "-l", str(path)], check=True)


def fill(folder: Path, left: int = 0) -> None:
    """Leave so many pages free, and no more."""
    handle = os.open(folder / "full", os.O_WRONLY | os.O_CREAT, 0o600)
    with suppress(OSError):
        while True:
            os.write(handle, b"x" * PAGE)
    os.ftruncate(handle, max(os.fstat(handle).st_size - left * PAGE, 0))
    os.close(handle)


class Disk:
    """A small file system in memory, with a host and what its changes keep."""

    def __init__(self, folder: Path, mount: Mount, pages: int = 128) -> None:
        folder.mkdir()
        self.folder = mount(folder, "-t", "tmpfs", "-o", f"size={pages * PAGE}", "tmpfs")
        self.root = Root(folder)
        for path, text in BEFORE.items():
            self.root.write(path, text)
        self.before = self.root.stand()
        self.root.fix(*FIXES, name="seen")
        self.after = self.root.stand()
        self.root.undo(name="seen")

    def fill(self, left: int) -> None:
        fill(self.folder, left)

    def free(self) -> None:
        (self.folder / "full").unlink()

    def expect_honest(self, done: list[dict[str, Any]]) -> None:
        """Hold what fixes say against what lies there."""
        now = self.root.stand()
        assert {*now} <= {*self.before, *self.after}, "nothing is left of what was not written whole"
        assert not list(self.root.base.rglob("*.part"))
        for one in done:
            if one["failed"]:
                assert "no space is left on the device" in one["why"][0]
                assert "plus de place sur le disque" in one["why"][1]
                assert "/" in one["why"][0], "it says which file"
            wanted = self.before if one["failed"] else self.after
            assert {path: now.get(path) for path in TOUCHED[one["check"]]} == {
                path: wanted.get(path) for path in TOUCHED[one["check"]]
            }


def fix(disk: Disk) -> list[dict[str, Any]]:
    """Do the fixes; ``[]`` where nothing was begun for want of space."""
    try:
        return disk.root.fix(*FIXES)
    except (Refusal, OSError) as error:
        why = str(error)
    assert "space" in why
    assert disk.root.stand() == disk.before
    return []


@pytest.mark.parametrize("reserves", [True, False], ids=["room is reserved", "nothing reserves"])
def test_a_disk_that_fills_up_at_any_write_of_a_fix(
    tmp_path: Path, mount: Mount, monkeypatch: pytest.MonkeyPatch, reserves: bool
) -> None:
    if not reserves:
        monkeypatch.setattr(calls, "reserve", lambda *_: None)
    begun: set[int] = set()
    for left in range(24):
        disk = Disk(tmp_path / str(left), mount)
        disk.fill(left)
        done = fix(disk)
        begun.add(sum(not one["failed"] for one in done))
        if reserves:
            disk.expect_honest(done)
        disk.free()
        assert not any(one["failed"] for one in disk.root.fix(*FIXES)), left
        assert disk.root.stand() == disk.after
        assert {row["word"] for row in disk.root.undo()["rows"]} == {"back"}
        assert disk.root.stand() == disk.before
    assert {0, 2} <= begun, "it was full at the first write and at none"


def test_a_disk_without_a_free_byte_when_a_change_is_taken_back(tmp_path: Path, mount: Mount) -> None:
    disk = Disk(tmp_path / "disk", mount)
    disk.root.fix(*FIXES)
    disk.fill(0)
    rows = {row["target"]: row for row in disk.root.undo()["rows"]}
    assert rows["/etc/big"]["word"] == "failed"
    assert rows["/etc/big"]["why"][0] == "/etc/big: no space is left on the device"
    now = disk.root.stand()
    left = {path for path in disk.before if now[path] != disk.before[path]}
    assert left == {path for path, row in rows.items() if row["word"] != "back"}, "what is called back is back"
    assert {path: now[path] for path in left} == {path: disk.after[path] for path in left}
    disk.free()
    assert {row["word"] for row in disk.root.undo()["rows"]} == {"back"}
    assert disk.root.stand() == disk.before


def test_the_room_for_the_undo_of_many_acts_is_no_one_elses(tmp_path: Path, mount: Mount) -> None:
    disk = Disk(tmp_path / "disk", mount, pages=512)
    for n in range(200):
        disk.root.write(f"/etc/{n}", "theirs\n")
    disk.before = disk.root.stand()
    disk.root.fix({"check": "AAA-01", "modes": [{"path": f"/etc/{n}", "mode": "0600"} for n in range(200)]})
    disk.fill(0)
    with pytest.raises((Refusal, OSError), match=r"no space|No space"):
        disk.root.fix({"check": "BBB-01", "files": [{"path": "/etc/more", "content": "x" * 5 * PAGE}]})
    (disk.root.base / "lock").unlink()
    journal = disk.root.journal()
    with pytest.raises(Refusal, match=r"acts\.jsonl: no space"):
        journal.spec("BBB-01", {"files": [{"content": "x" * 5 * PAGE}]})
    journal.close()
    assert {row["word"] for row in disk.root.undo()["rows"]} == {"back"}
    assert disk.root.stand() == disk.before


def test_of_acts_that_are_written_down_together_none_stays_open_where_one_finds_no_room(
    tmp_path: Path, mount: Mount
) -> None:
    disk = Disk(tmp_path / "disk", mount)
    disk.root.fix(FIXES[1])
    disk.fill(8)
    journal = disk.root.journal()
    acts = [{"kind": "mode", "target": "/x" * 500, "before": {}, "after": {}, "for": ["BBB-01"]}] * 40
    with pytest.raises(Refusal, match=r"acts\.jsonl: no space"):
        journal.intend_all(acts)
    assert journal.open() == []
    assert len([one for one in journal.entries.values() if one.state == "void"]) > 0
    journal.close()


def test_a_line_that_finds_no_room_breaks_no_record(
    tmp_path: Path, mount: Mount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "reserve", lambda *_: None)
    disk = Disk(tmp_path / "disk", mount)
    disk.root.fix(FIXES[1])
    journal = disk.root.journal()
    disk.fill(0)
    with pytest.raises(Refusal, match=r"acts\.jsonl: no space is left"):
        journal.note("open", text="x" * 3 * PAGE)  # a part of it finds room in the file's last page
    disk.free()
    journal.note("open")
    journal.close()
    assert disk.root.journal().state["state"] == "open"
    assert {row["word"] for row in disk.root.undo()["rows"]} == {"back"}


def test_a_file_that_is_mounted_by_itself_holds_what_it_held(
    tmp_path: Path, mount: Mount, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = Disk(tmp_path / "disk", mount)
    held = disk.root.write("/etc/hosts", "old\n")
    path = mount(root.write("/etc/hosts", ""), "--bind", str(held))
    disk.fill(0)
    wanted = {"check": "AAA-01", "files": [{"path": "/etc/hosts", "content": "new\n" * 2 * PAGE}]}
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", lambda *_: pytest.fail("it is begun"))
        (done,) = root.fix(wanted)
    assert (done["failed"], done["why"][0]) == (True, "/etc/hosts: no space is left on the device")
    assert path.read_text() == "old\n"
    disk.free()
    (done,) = root.fix(wanted)
    assert (done["failed"], done["compared"]) == (False, ["/etc/hosts"])
    disk.fill(0)
    assert [row["word"] for row in root.undo()["rows"]] == ["back"]
    assert path.read_text() == "old\n"


def test_what_was_written_in_part_over_such_a_file_is_written_back(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    path, write = root.write("/etc/hosts", "old\n" * 9), os.pwrite

    def fail(handle: int, data: bytes, at: int) -> int:
        if not data.startswith(b"new"):
            return write(handle, data, at)
        write(handle, data[:6], at)
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    monkeypatch.setattr(os, "pwrite", fail)
    folder = os.open(path.parent, os.O_RDONLY)
    with pytest.raises(OSError, match="quota"):
        calls.write_over(folder, "hosts", b"new\n" * 20)
    os.close(folder)
    assert path.read_text() == "old\n" * 9


@pytest.mark.parametrize("exchanges", [True, False])
def test_what_can_not_be_put_aside_keeps_its_place(
    tmp_path: Path, mount: Mount, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    root = Root(tmp_path)
    root.write("/etc/a", "before\n")
    root.base.mkdir(0o700)
    mount(root.base, "-t", "tmpfs", "-o", f"size={64 * PAGE},mode=0700", "tmpfs")
    root.fix({"check": "AAA-01", "files": [{"path": f"/etc/{name}", "content": "ours\n"} for name in "ab"]})
    for name in "ab":
        root.write(f"/etc/{name}", THEIRS)
    stood = root.stand()
    if not exchanges:

        def refuse(*_: object) -> None:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

        monkeypatch.setattr(calls, "_rename", refuse)
    fill(root.base)
    rows = root.undo(force=True)["rows"]
    assert [row["word"] for row in rows] == ["failed", "failed"]
    assert all("/aside/" in row["why"][0] and "no space" in row["why"][0] for row in rows)
    assert root.stand() == stood
    (root.base / "full").unlink()
    answer = root.undo(force=True)
    assert [row["word"] for row in answer["rows"]] == ["back", "back"]
    assert [Path(path).read_text() for path in answer["asides"]] == [THEIRS] * 2
    assert root.read("/etc/a") == "before\n"
    assert not root.path("/etc/b").exists()


def test_a_run_answers_although_the_disk_has_filled_up_since(
    tmp_path: Path, mount: Mount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Place, "run", lambda *_, **__: (0, "active"))
    disk = Disk(tmp_path / "disk", mount, pages=512)

    def run(said: str) -> runner.Run:
        """Have a run fill the disk, say what it does, and answer."""

        def do(place: Place, _: dict[str, Any]) -> dict[str, Any]:
            disk.fill(0)
            place.tell(("it goes on", "cela continue"))
            return {"said": said}

        one = runner.Run("c-1", "00ff00ff", str(disk.root.base))
        assert one.start({}, b"the program", 60)
        one.work(do)
        disk.free()
        return one

    short = run("x" * 20 * PAGE)
    assert short.ask(0) == {"answer": {"said": "x" * 20 * PAGE}}
    short.forget()
    long = run("x" * 400 * PAGE)
    with pytest.raises(Refusal, match="00ff00ff/answer: no space is left on the device"):
        runner.call(long.place, long.token, None, b"", deadline=60, patience=0)


def test_no_run_is_begun_whose_answer_would_find_no_room(tmp_path: Path, mount: Mount) -> None:
    disk = Disk(tmp_path / "disk", mount)
    disk.fill(6)
    run = runner.Run("c-1", "00ff00ff", str(disk.root.base))
    assert not run.start({"action": "fix", "fixes": []}, b"the program", 60)
    assert not Path(run.folder).exists(), "it keeps no room that others need"

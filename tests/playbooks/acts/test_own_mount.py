"""A folder that is mounted on itself for options of its own: now, at each start, and taken back whole."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.acts_tree import leave_mounts

from rempart_fix.acts import line, mount
from rempart_fix.contract import Moved, Refusal
from rempart_fix.fix import resolve as resolve_fix
from rempart_fix.own_mount import find_bound
from rempart_fix.place import Place
from rempart_fix.sharing import covers
from rempart_fix.sight import Sight
from rempart_fix.spec import check

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
OWN = {"path": "/tmp", "options": ["nodev", "nosuid"], "own": True}
LINE = "/tmp /tmp none bind,nodev,nosuid,nofail 0 0\n"
NO_UNIT = "LoadState=not-found\nFragmentPath=\nDropInPaths=\nWantedBy=\nRequiredBy="
OF_PACKAGE = "LoadState=loaded\nFragmentPath=/usr/lib/systemd/system/tmp.mount\nDropInPaths=\nRequiredBy=\nWantedBy="


class Host:
    """A tree with a /tmp, in private mounts.

    Attributes:
        place: Of the change.
        unit: What systemd says of tmp.mount.
    """

    def __init__(self, top: Path) -> None:
        self.place, self.unit = Place("c-1", root=str(top / "root"), base=str(top / "base")), NO_UNIT
        self.place.run = self.run  # type: ignore[method-assign]
        self.place.make()

    def run(self, words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        return 0, "" if words[0] == "findmnt" else self.unit

    def sh(self, script: str) -> str:
        return subprocess.run(
            ["sh", "-ec", script], cwd=self.place.root, check=True, capture_output=True, text=True
        ).stdout

    def resolve(
        self, *specs: dict[str, Any], sight: Sight | None = None, check: str = "SWH-03"
    ) -> list[dict[str, Any]]:
        return resolve_fix({"check": check, "mounts": list(specs or [OWN])}, sight or Sight(self.place))

    def options(self) -> set[str]:
        found = find_bound("/tmp", self.place)
        return {*found.mount.options.split(",")} & {"nodev", "nosuid", "noexec"} if found else set()


@pytest.fixture
def host(tmp_path: Path) -> Host:
    leave_mounts()
    (tmp_path / "root").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", tmp_path / "root"], check=True)
    for folder in ("etc/systemd/system", "usr/lib/systemd/system", "run", "proc", "tmp", "usr/bin"):
        (tmp_path / "root" / folder).mkdir(parents=True)
    (tmp_path / "root/usr/lib/systemd/system/tmp.mount").write_text("[Mount]\nWhat=tmpfs\nOptions=mode=1777,nodev\n")
    (tmp_path / "root/etc/fstab").write_text("# of this machine\n")
    for name in ("passwd", "group"):
        (tmp_path / "root/etc" / name).write_text("root:x:0:0::/root:/bin/sh\n")
    return Host(tmp_path)


def test_a_folder_is_mounted_on_itself_now_and_at_each_start_and_is_a_folder_again(host: Host) -> None:
    host.sh("echo mine > tmp/file; exec 3<> tmp/open")
    bind, text = host.resolve()
    assert (bind["kind"], text["kind"]) == ("mount", "line")  # live first: an undo takes the file back first
    assert host.place.read(text["after"]["sha256"]).decode() == "# of this machine\n" + LINE
    done = mount.do(bind, host.place)
    line.do(text, host.place)
    assert host.options() == {"nodev", "nosuid"}
    assert host.sh("cat tmp/file") == "mine\n"
    assert (mount.look(done, host.place), mount.settle(done, host.place)) == ("after", "done")
    assert host.resolve() == []
    assert line.undo(text, host.place, force=False, dry=False).word == "back"
    assert mount.undo(done, host.place, force=False, dry=True).word == "back"
    assert host.options() == {"nodev", "nosuid"}
    assert mount.undo(done, host.place, force=False, dry=False).word == "back"
    assert find_bound("/tmp", host.place) is None
    assert host.sh("cat tmp/file etc/fstab") == "mine\n# of this machine\n"
    assert (mount.look(done, host.place), mount.settle(done, host.place)) == ("before", "void")
    assert mount.undo(done, host.place, force=False, dry=False).word == "back"


def test_without_the_word_nothing_is_mounted(host: Host) -> None:
    assert host.resolve({**OWN, "own": False}) == []


def test_a_mount_by_a_start_that_read_the_line_is_taken_back_too(host: Host) -> None:
    bind, text = host.resolve()
    line.do(text, host.place)
    host.sh("mount --bind tmp tmp; mount -o remount,bind,nodev,nosuid tmp")
    assert line.undo(text, host.place, force=False, dry=False).word == "back"
    assert mount.undo(bind, host.place, force=False, dry=False).word == "back"
    assert find_bound("/tmp", host.place) is None


def test_what_others_have_mounted_there_since_stays(host: Host) -> None:
    (bind, _) = host.resolve()
    mount.do(bind, host.place)
    host.sh("mount -t tmpfs others tmp")
    assert mount.look(bind, host.place) == "moved"
    assert mount.undo(bind, host.place, force=True, dry=False).word == "stays"
    host.sh("umount tmp; mkdir tmp/in; mount -t tmpfs others tmp/in; echo x > tmp/in/file")
    out = mount.undo(bind, host.place, force=True, dry=False)  # private mounts: the folder below has none
    assert (out.word, "/tmp/in" in out.why[0]) == ("stays", True)
    assert host.sh("cat tmp/in/file") == "x\n"
    host.sh("umount tmp/in")
    assert mount.undo(bind, host.place, force=False, dry=False).word == "back"


def test_what_was_mounted_below_is_seen_throughout(host: Host) -> None:
    host.sh("mkdir tmp/in; mount --make-shared .; mount -t tmpfs others tmp/in; echo x > tmp/in/file")
    (bind, _) = host.resolve()
    mount.do(bind, host.place)
    host.sh("mkdir tmp/later; mount -t tmpfs others tmp/later; echo y > tmp/later/file")
    assert host.sh("cat tmp/in/file tmp/later/file") == "x\ny\n"
    assert mount.undo(bind, host.place, force=False, dry=False).word == "back"
    assert find_bound("/tmp", host.place) is None
    assert host.sh("cat tmp/in/file tmp/later/file") == "x\ny\n"


def test_options_that_another_gave_it_keep_it_mounted_unless_it_is_forced(host: Host) -> None:
    (bind, _) = host.resolve()
    mount.do(bind, host.place)
    host.sh("mount -o remount,bind,nodev,nosuid,noexec tmp")
    out = mount.undo(bind, host.place, force=False, dry=False)
    assert (out.word, out.by_hand) == ("moved", "umount --lazy /tmp")
    assert mount.undo(bind, host.place, force=True, dry=False).word == "back"


def test_a_line_that_another_made_their_own_keeps_it_mounted(host: Host) -> None:
    bind, text = host.resolve()
    mount.do(bind, host.place)
    line.do(text, host.place)
    host.sh("sed -i 's/nofail/nofail,x-ours/' etc/fstab")
    assert line.undo(text, host.place, force=False, dry=False).word == "moved"
    assert mount.undo(bind, host.place, force=False, dry=False).word == "stays"
    assert host.options() == {"nodev", "nosuid"}


def test_a_mask_that_keeps_a_start_from_it_goes_and_a_folder_stays_a_folder(host: Host) -> None:
    host.sh("ln -s /dev/null etc/systemd/system/tmp.mount")
    host.unit = "LoadState=masked\nFragmentPath=/etc/systemd/system/tmp.mount\nDropInPaths="
    acts = host.resolve()
    assert [(act["kind"], act["target"]) for act in acts][1:] == [("line", "/etc/fstab"), ("unit", "tmp.mount")]
    assert acts[2]["after"] == {"is": False}


@pytest.mark.parametrize("wanted", ["local-fs.target", ""])
def test_a_unit_of_a_package_counts_only_where_a_start_pulls_it_in(host: Host, wanted: str) -> None:
    host.unit = OF_PACKAGE + wanted
    acts = host.resolve()
    assert acts[0]["target"] == "/tmp"
    assert [act["target"] for act in acts if act["kind"] == "line"] == ([] if wanted else ["/etc/fstab"])
    drop_ins = [act["target"] for act in acts if act["kind"] == "file"]
    assert drop_ins == (["/etc/systemd/system/tmp.mount.d/zz-rempart-swh-03.conf"] if wanted else [])


def test_another_fix_of_the_same_plan_adds_to_the_line_and_not_to_a_unit_that_the_line_replaces(host: Host) -> None:
    host.unit = OF_PACKAGE
    sight = Sight(host.place)
    host.resolve(sight=sight)
    live, text = host.resolve({"path": "/tmp", "options": ["noexec"]}, sight=sight, check="MNT-02")
    assert (live["target"], live["added"]) == ("/tmp", ["noexec"])
    assert host.place.read(text["after"]["sha256"]).decode().endswith(LINE.replace("nofail", "nofail,noexec"))


def test_it_is_not_said_in_the_place_of_whoever_mounts_it(host: Host) -> None:
    host.sh("mount -t tmpfs tmpfs tmp")
    with pytest.raises(Refusal, match="neither fstab nor a unit"):
        host.resolve()
    host.sh("umount tmp; echo 'tmpfs /tmp tmpfs noauto 0 0' > etc/fstab")
    with pytest.raises(Refusal, match="it is not mounted"):
        host.resolve()
    host.sh("echo > etc/fstab; mkdir etc/systemd/system/tmp.mount.d")
    host.sh("printf '[Mount]\\nOptions=size=1g\\n' > etc/systemd/system/tmp.mount.d/size.conf")
    with pytest.raises(Refusal, match="drop-ins"):
        host.resolve()


def test_what_is_mounted_on_itself_by_hand_gets_the_line_and_stays_mounted(host: Host) -> None:
    host.sh("mount --bind tmp tmp")
    live, text = host.resolve()
    assert live["added"] == ["nodev", "nosuid"]
    assert text["target"] == "/etc/fstab"
    mount.do(live, host.place)
    assert mount.undo(live, host.place, force=False, dry=False).word == "back"
    assert find_bound("/tmp", host.place) is not None


def test_what_stands_in_fstab_already_and_was_unmounted_is_mounted_again(host: Host) -> None:
    host.sh(f"printf '%s' '{LINE}' > etc/fstab")
    (bind,) = host.resolve()
    mount.do(bind, host.place)
    assert host.resolve() == []
    assert mount.undo(bind, host.place, force=False, dry=False).word == "back"  # the line was there before
    assert find_bound("/tmp", host.place) is None


def test_somebody_who_was_faster_is_seen_and_a_failure_leaves_nothing(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bind, _) = host.resolve()
    host.sh("mount -t tmpfs tmpfs tmp")
    with pytest.raises(Moved):
        mount.do(bind, host.place)
    host.sh("umount tmp")

    def refuse(*_: Any) -> None:
        raise Refusal("no")

    monkeypatch.setattr(mount, "_set", refuse)
    with pytest.raises(Refusal):
        mount.do(bind, host.place)
    assert find_bound("/tmp", host.place) is None


def test_a_program_that_runs_from_there_is_named(host: Host) -> None:
    status = os.stat(host.place.root)
    process = Path(host.place.at("/proc/812"))
    (process / "fd").mkdir(parents=True)
    (process / "comm").write_text("worker\n")
    number = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}"
    (process / "maps").write_text(f"7f00-7f01 r-xp 00000000 {number} 12    /tmp/worker\n")
    with pytest.raises(Refusal, match=r"worker \(812\)"):
        host.resolve({**OWN, "options": ["noexec"]})
    assert host.resolve()


def test_who_wants_options_of_a_mount_alone_does_not_keep_it(host: Host) -> None:
    (bind, _) = host.resolve()
    assert not covers(bind, {"mounts": [{"path": "/tmp", "options": ["nodev"]}]})
    assert covers(bind, {"mounts": [OWN]})


def test_a_sort_of_mounts_is_never_a_folder() -> None:
    assert check({"check": "SWH-03", "mounts": [{"sort": "local", "options": ["nodev"], "own": True}]})
    assert not check({"check": "SWH-03", "mounts": [OWN]})

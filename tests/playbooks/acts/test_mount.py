"""Options of mounts, live and as they are written: set and taken back on real mounts of this process alone."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.acts_tree import leave_mounts

from rempart_fix.acts import mount
from rempart_fix.contract import Moved, Refusal
from rempart_fix.fix import resolve as resolve_fix
from rempart_fix.guard import is_sensitive
from rempart_fix.mount_points import real_path
from rempart_fix.mount_use import find_devices, find_rights
from rempart_fix.place import Place
from rempart_fix.resolve.fstab import Mount
from rempart_fix.sharing import covers
from rempart_fix.sight import Sight
from rempart_fix.spec import check

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
ALL = ["nodev", "nosuid", "noexec"]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    leave_mounts()
    root = tmp_path / "root"
    for folder in ("etc/systemd/system", "run", "proc", "srv/data", "srv/other", "dev/shm", "usr/bin", "var/tmp"):
        (root / folder).mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nanna:x:1000:1000::/srv/data/anna:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    (root / "etc/fstab").write_text("tmpfs /srv/data tmpfs defaults 0 0\n")
    made = Place("c-1", root=str(root), base=str(tmp_path / "base"))
    made.make()

    def run(words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        if words[0] == "findmnt":
            return 0, ""
        return (0, "LoadState=loaded\nFragmentPath=/run/systemd/generator/srv-data.mount\nDropInPaths=")

    monkeypatch.setattr(made, "run", run)
    return made


@pytest.fixture
def mounted(place: Place) -> Callable[..., str]:
    """Mount something in memory; returns its options as the kernel tells them."""

    def put(point: str, *options: str, device: str = "tmpfs") -> str:
        words = ["-o", ",".join(options)] if options else []
        subprocess.run(["mount", "-t", "tmpfs", *words, device, place.at(point)], check=True)
        return see(place, point)

    return put


def see(place: Place, point: str) -> str:
    found = mount._find(point, place)
    assert found is not None
    return found.options


def resolve(place: Place, *specs: dict[str, Any]) -> list[dict[str, Any]]:
    return resolve_fix({"check": "MNT-02", "mounts": list(specs)}, Sight(place))


def test_a_mount_gets_its_options_live_and_in_fstab_and_gives_exactly_them_back(
    place: Place, mounted: Callable[..., str]
) -> None:
    before = mounted("/srv/data", "noatime", "size=64k")
    live, line = resolve(place, {"path": "/srv/data", "options": ALL})
    assert (live["kind"], line["kind"]) == ("mount", "line")  # live first: an undo takes the file back first
    assert place.read(line["after"]["sha256"]) == b"tmpfs /srv/data tmpfs defaults,nodev,nosuid,noexec 0 0\n"
    done = mount.do(live, place)
    assert {*see(place, "/srv/data").split(",")} == {*before.split(","), *ALL}
    assert mount.look(done, place) == "after"
    assert mount.undo(done, place, force=False, dry=True).word == "back"
    assert mount.look(done, place) == "after"
    assert mount.undo(done, place, force=False, dry=False).word == "back"
    assert see(place, "/srv/data") == before
    assert mount.settle(done, place) == "void"


def test_lines_that_findmnt_does_not_take_are_not_written(
    place: Place, mounted: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted("/srv/data")

    def run(words: list[str], timeout: float = 120, stdin: bytes | None = None) -> tuple[int, str]:
        new = words[0] == "findmnt" and b"nodev" in Path(place.at(words[-1])).read_bytes()
        return (1, "/srv/data\n   [E] unsupported filesystem type") if new else (0, "")

    monkeypatch.setattr(place, "run", run)
    with pytest.raises(Refusal, match="unsupported filesystem type"):
        resolve(place, {"path": "/srv/data", "options": ["nodev"]})


def test_what_stands_already_gives_no_act(place: Place, mounted: Callable[..., str]) -> None:
    mounted("/srv/data", *ALL)
    Path(place.at("/etc/fstab")).write_text("tmpfs /srv/data tmpfs noexec,nosuid,nodev 0 0\n")
    assert resolve(place, {"path": "/srv/data", "options": ALL}) == []


def test_options_that_another_has_set_since_stay(place: Place, mounted: Callable[..., str]) -> None:
    mounted("/srv/data")
    (act, _) = resolve(place, {"path": "/srv/data", "options": ["nodev"]})
    mount.do(act, place)
    subprocess.run(["mount", "-o", "remount,bind,ro,nodev,nosuid", place.at("/srv/data")], check=True)
    assert mount.undo(act, place, force=False, dry=False).word == "back"
    now = see(place, "/srv/data").split(",")
    assert {"ro", "nosuid"} < {*now}
    assert "nodev" not in now


def test_of_options_that_another_has_taken_away_in_part_the_rest_is_left_unless_it_is_forced(
    place: Place, mounted: Callable[..., str]
) -> None:
    before = mounted("/srv/data")
    (act, _) = resolve(place, {"path": "/srv/data", "options": ["nodev", "nosuid"]})
    mount.do(act, place)
    subprocess.run(["mount", "-o", "remount,bind,suid,nodev", place.at("/srv/data")], check=True)
    out = mount.undo(act, place, force=False, dry=False)
    assert (out.word, out.by_hand) == ("moved", "mount -o remount,bind,dev,suid /srv/data")
    assert mount.undo(act, place, force=True, dry=False).word == "back"
    assert see(place, "/srv/data") == before


def test_a_mount_that_changed_since_it_was_seen_is_looked_at_anew(place: Place, mounted: Callable[..., str]) -> None:
    mounted("/srv/data")
    (act, _) = resolve(place, {"path": "/srv/data", "options": ["nodev"]})
    subprocess.run(["mount", "-o", "remount,bind,nosuid", place.at("/srv/data")], check=True)
    with pytest.raises(Moved):
        mount.do(act, place)


def test_flags_that_come_out_otherwise_are_set_back(
    place: Place, mounted: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, call, calls = mounted("/srv/data"), mount.call_mount, []

    def lose(path: str, flags: int) -> None:
        calls.append(flags)
        call(path, flags & ~8 if len(calls) == 1 else flags)  # without noexec

    (act, _) = resolve(place, {"path": "/srv/data", "options": ALL})
    monkeypatch.setattr(mount, "call_mount", lose)
    with pytest.raises(Refusal):
        mount.do(act, place)
    assert see(place, "/srv/data") == before


def test_two_specs_of_one_mount_come_to_acts_that_follow_each_other(place: Place, mounted: Callable[..., str]) -> None:
    before = mounted("/srv/data", device="/dev/lab")
    Path(place.at("/etc/fstab")).write_text("/dev/lab /srv/data ext4 defaults 0 0\n")
    path, local = {"path": "/srv/data", "options": ["nosuid"]}, {"sort": "local", "options": ["nodev"]}
    first, second, line = resolve(place, path, local)
    assert line["kind"] == "line"
    for act in (first, second):
        mount.do(act, place)
    for act in (second, first):
        assert mount.undo(act, place, force=False, dry=False).word == "back"
    assert see(place, "/srv/data") == before


def test_a_folder_without_a_mount_of_its_own_and_a_mount_by_hand_are_left(
    place: Place, mounted: Callable[..., str]
) -> None:
    mounted("/srv/other")
    assert resolve(place, {"path": "/var/tmp", "options": ALL}, {"path": "/srv/other", "options": ALL}) == []


def test_a_folder_below_a_mount_is_not_taken_for_it(place: Place, mounted: Callable[..., str]) -> None:
    """The mount holds others' files too: what is asked of a folder in it is not done to all of it."""
    mounted("/srv/data")
    (Path(place.root) / "srv/data/inner").mkdir()
    assert resolve(place, {"path": "/srv/data/inner", "options": ALL}) == []
    assert resolve(place, {"path": "/srv/data", "options": ALL}) != []


def test_homes_count_wherever_they_lie(place: Place, mounted: Callable[..., str]) -> None:
    mounted("/srv/data")
    Path(place.at("/srv/data/anna")).mkdir()
    assert resolve(place, {"path": "/home", "options": ["nodev"]}) == []
    assert [act["target"] for act in resolve(place, {"path": "/home", "options": ["nodev"], "homes": True})] == [
        "/srv/data",
        "/etc/fstab",
    ]


def test_shared_memory_gets_a_line_of_its_own_that_keeps_what_systemd_gives_it(
    place: Place, mounted: Callable[..., str]
) -> None:
    mounted("/dev/shm", "nosuid", "nodev")
    live, line = resolve(place, {"path": "/dev/shm", "options": ["noexec"]})
    assert live["added"] == ["noexec"]
    assert place.read(line["after"]["sha256"]).endswith(b"\ntmpfs /dev/shm tmpfs nodev,nosuid,noexec 0 0\n")


def test_a_mount_of_a_unit_gets_a_drop_in_with_all_its_options(
    place: Place, mounted: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = "/usr/lib/systemd/system/var-tmp.mount"
    Path(place.at(unit)).parent.mkdir(parents=True)
    Path(place.at(unit)).write_text("[Mount]\nWhat=tmpfs\nWhere=/var/tmp\nOptions=mode=1777,exec,size=50%%\n")
    shown = f"LoadState=loaded\nFragmentPath={unit}\nDropInPaths="
    monkeypatch.setattr(place, "run", lambda *_: (0, shown))
    mounted("/var/tmp")
    spec = {"path": "/var/tmp", "options": ["noexec"]}
    live, folder, file = resolve(place, spec)
    assert (live["kind"], folder["kind"], file["target"]) == (
        "mount",
        "folder",
        "/etc/systemd/system/var-tmp.mount.d/zz-rempart-mnt-02.conf",
    )
    assert place.read(file["after"]["sha256"]).decode().endswith("[Mount]\nOptions=mode=1777,size=50%%,noexec\n")
    assert is_sensitive(file)
    assert is_sensitive(live)
    mount.do(live, place)
    Path(place.at(folder["target"])).mkdir()
    Path(place.at(file["target"])).write_bytes(place.read(file["after"]["sha256"]))
    assert resolve(place, spec) == []


def test_what_a_drop_in_of_a_path_with_a_dash_says_is_kept(
    place: Place, mounted: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Systemctl quotes what has a backslash (systemd 257: shell_maybe_quote of bus_print_property)."""
    name = r"srv-web\x2ddata.mount"
    for path, options in (
        (f"/etc/systemd/system/{name}", "soft"),
        (f"/run/systemd/system/{name}.d/10-x.conf", "soft,sec=krb5p"),
    ):
        Path(place.at(path)).parent.mkdir(parents=True, exist_ok=True)
        Path(place.at(path)).write_text(f"[Mount]\nOptions={options}\n")
    quoted = f"/run/systemd/system/{name}.d/10-x.conf".replace("\\", "\\\\")
    shown = f'LoadState=loaded\nFragmentPath=/etc/systemd/system/{name}\nDropInPaths="{quoted}"'
    monkeypatch.setattr(place, "run", lambda *_: (0, shown))
    (Path(place.root) / "srv/web-data").mkdir()
    mounted("/srv/web-data", device="server.example:/x")
    *_, file = resolve(place, {"sort": "remote", "options": ["nodev"]})
    assert place.read(file["after"]["sha256"]).decode().endswith("\nOptions=soft,sec=krb5p,nodev\n")


def test_a_program_that_runs_from_there_is_named_and_nothing_is_done(place: Place, mounted: Callable[..., str]) -> None:
    mounted("/srv/data")
    number = mount._find("/srv/data", place).number  # type: ignore[union-attr]
    major, minor = (int(one) for one in number.split(":"))
    process = Path(place.at("/proc/812"))
    (process / "fd").mkdir(parents=True)
    (process / "comm").write_text("worker\n")
    code = f"7f00-7f01 r-xp 00000000 {major:02x}:{minor:02x} 12                 /srv/data/worker\n"
    (process / "maps").write_text(code)
    with pytest.raises(Refusal, match=r"worker \(812\)"):
        resolve(place, {"path": "/srv/data", "options": ["noexec"]})
    assert len(resolve(place, {"path": "/srv/data", "options": ["nodev", "nosuid"]})) == 2
    for other in (
        code.replace("r-xp", "r--p"),  # a file that is read is no program
        code.replace(f"{major:02x}:{minor:02x}", "fe:fe"),  # what another file system hid there
        code.replace("/srv/data/", "/srv/other/"),  # it is mounted there too, and can be started from there
    ):
        (process / "maps").write_text(other)
        assert len(resolve(place, {"path": "/srv/data", "options": ["noexec"]})) == 2


def test_a_device_that_is_open_there_is_named(place: Place) -> None:
    process = Path(place.at("/proc/812"))
    (process / "fd").mkdir(parents=True)
    (process / "comm").write_text("named\n")
    (process / "fd/3").symlink_to("/dev/null")
    assert find_devices(Mount("/dev", "udev", "devtmpfs", "rw"), place) == ["named (812)"]
    assert find_devices(Mount("/srv", "tmpfs", "tmpfs", "rw"), place) == []
    (process / "fd/3").unlink()
    (process / "fd/3").symlink_to("/etc/passwd")
    assert find_devices(Mount("/etc", "/dev/sda1", "ext4", "rw"), place) == []


def test_a_mount_with_an_open_device_keeps_it(
    place: Place, mounted: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted("/srv/data")
    monkeypatch.setattr(mount, "find_devices", lambda *_: ["named (812)"])
    with pytest.raises(Refusal, match=r"named \(812\)"):
        resolve(place, {"path": "/srv/data", "options": ["nodev"]})
    assert len(resolve(place, {"path": "/srv/data", "options": ["noexec"]})) == 2


def test_a_process_with_mounts_of_its_own_sets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its flags would be those of nobody else, and the fix would seem done."""
    calls: list[str] = []
    monkeypatch.setattr(mount, "call_mount", lambda path, _: calls.append(path))
    monkeypatch.setattr(os, "readlink", lambda path: f"of {path}")
    with pytest.raises(Refusal, match="mounts of its own"):
        mount._set(Place("c-1", base=str(tmp_path)), "/", ["nodev"])
    assert calls == []


def test_no_link_is_followed_on_a_server_that_may_be_gone(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    remote = Mount("/srv/data", "server:/x", "nfs4", "rw", live=True)
    with monkeypatch.context() as patch:
        patch.setattr(os.path, "realpath", lambda path: asked.append(path) or path)
        assert real_path(place, "/srv/data/deep", [remote]) == "/srv/data/deep"
    assert asked == []


def test_nobody_loses_sudo(place: Place, mounted: Callable[..., str]) -> None:
    mounted("/usr", "mode=755")
    Path(place.at("/usr/bin")).mkdir()
    Path(place.at("/usr/bin/sudo")).write_text("")
    Path(place.at("/etc/fstab")).write_text("tmpfs /usr tmpfs defaults 0 0\n")
    with pytest.raises(Refusal, match="/usr/bin/sudo"):
        resolve(place, {"path": "/usr", "options": ["nosuid"]})
    assert find_rights(["/", "/usr"], "/", place) == []  # it lies on another


def test_options_that_another_fix_wants_too_stay_with_it(place: Place, mounted: Callable[..., str]) -> None:
    mounted("/srv/data", device="server:/x")
    (act, _) = resolve(place, {"path": "/srv/data", "options": ["nodev"]})
    assert covers(act, {"mounts": [{"sort": "remote", "options": ["nodev"]}]})
    assert covers(act, {"mounts": [{"path": "/srv/data", "options": ["nosuid", "nodev"]}]})
    assert not covers(
        act, {"mounts": [{"path": "/srv/data", "options": ["nosuid"]}, {"sort": "local", "options": ["nodev"]}]}
    )


def test_options_that_protect_nothing_are_refused(place: Place, mounted: Callable[..., str]) -> None:
    mounted("/srv/data")
    with pytest.raises(Refusal):
        resolve(place, {"path": "/srv/data", "options": ["noatime"]})
    assert check({"check": "MNT-02", "mounts": [{"sort": "all", "options": ["nodev"]}]})
    assert check({"check": "MNT-02", "mounts": [{"path": "/x", "sort": "local", "options": ["nodev"]}]})

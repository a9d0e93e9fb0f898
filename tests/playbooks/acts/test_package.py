"""Packages come by apt and go by dpkg: what our own run brought, and nothing that others need."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.acts_tree import Tree, build_package, index_packages, make_tree, state_of

from rempart_fix import apt, change, dpkg
from rempart_fix.acts import package
from rempart_fix.contract import Act, Refusal, Undone
from rempart_fix.sight import Sight

_OK = "#!/bin/sh\nexit 0\n"
_BAD = "#!/bin/sh\necho no >&2\nexit 1\n"


def _registers(name: str) -> dict[str, str]:
    """Return the files of a package whose script makes settings by ucf, as unattended-upgrades does (its postinst)."""
    ours, theirs = f"/usr/share/{name}/one", f"/etc/{name}.conf"
    made = f"#!/bin/sh\nset -e\nucf --three-way --debconf-ok {ours} {theirs}\nucfr {name} {theirs}\n"
    purge = f"rm -f {theirs}; ucf --purge {theirs}; ucfr --purge {name} {theirs}"
    gone = f"#!/bin/sh\nif [ $1 = purge ]; then {purge}; fi\n"
    return {ours[1:]: "a = 1\n", "DEBIAN/postinst": made, "DEBIAN/postrm": gone}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("packages")) as made:
        own = made.path("/srv/own")
        own.mkdir()
        build_package(own, "libx", files={"usr/share/libx/one": "x\n"})
        build_package(own, "aud", Depends="libx", Recommends="extra", files={"usr/share/aud/one": "a\n"})
        build_package(own, "extra")
        build_package(own, "other", Depends="libx")
        build_package(own, "rival", Conflicts="victim")
        build_package(own, "victim")
        build_package(own, "newer", Depends="old (>= 2)")
        build_package(own, "old", "1")
        build_package(own, "old", "2")
        build_package(own, "fails", Depends="libx", files={"DEBIAN/postinst": _BAD})
        build_package(own, "stuck", files={"DEBIAN/postinst": _BAD, "DEBIAN/prerm": _BAD})
        build_package(own, "torn", Depends="libx", files={"DEBIAN/preinst": "#!/bin/sh\nkill -9 $PPID\n"})
        conf = {"etc/conf.conf": "a = 1\n", "DEBIAN/conffiles": "/etc/conf.conf\n"}
        build_package(own, "conf", files=conf)
        script = {"etc/script.conf": "a = 1\n", "DEBIAN/conffiles": "/etc/script.conf\n", "DEBIAN/postrm": _OK}
        build_package(own, "script", files=script)
        for name in ("uset", "udata"):
            build_package(own, name, files=_registers(name))
        index_packages(made)
        made.run("apt-get -y -q install victim old=1")
        yield made


def _do(tree: Tree, *names: str, **wish: object) -> list[Act]:
    acts = package.resolve({"name": list(names), **wish}, Sight(tree.place))
    return [package.do(act, tree.place) for act in acts]


def _undo(tree: Tree, act: Act) -> Undone:
    planned = package.undo(act, tree.place, force=False, dry=True)
    tree.place.gone.clear()
    tree.place.pretended.clear()  # what the dry run took for done is not
    done = package.undo(act, tree.place, force=False, dry=False)
    assert planned == done  # what a dry run says is what happens
    return done


def test_what_came_is_known_by_the_transaction_and_goes_again(tree: Tree) -> None:
    before = tree.run("dpkg-query -W; apt-mark showauto")
    (act,) = _do(tree, "aud")
    assert act["after"] == {"aud": "1.0", "libx": "1.0"}
    assert act["before"] == {"aud": "none", "libx": "none"}
    assert act["auto"] == ["libx"]
    assert package.look(act, tree.place) == "after"
    assert package.resolve({"name": "aud"}, Sight(tree.place)) == []
    assert _undo(tree, act).word == "back"
    assert tree.run("dpkg-query -W; apt-mark showauto") == before
    assert package.look(act, tree.place) == "before"


def test_settings_that_came_by_a_script_go_and_come_again_with_the_package(tree: Tree) -> None:
    before = tree.run("cat /var/lib/ucf/registry /var/lib/ucf/hashfile")
    (act,) = _do(tree, "uset")
    assert tree.read("/etc/uset.conf") == "a = 1\n"
    said = _undo(tree, act)
    assert (said.word, said.why[0]) == ("back", "configuration files stay: uset"), "its script may delete data"
    assert not tree.path("/etc/uset.conf").exists()
    assert tree.run("cat /var/lib/ucf/registry /var/lib/ucf/hashfile") == before
    tree.run("apt-get -y -q install uset")
    assert tree.read("/etc/uset.conf") == "a = 1\n"


@pytest.mark.parametrize(("name", "wish"), [("uset", {}), ("udata", {"data": ["/var/lib/udata"]})])
def test_settings_that_another_has_edited_since_stay(tree: Tree, name: str, wish: dict[str, object]) -> None:
    (act,) = _do(tree, name, **wish)
    tree.path(f"/etc/{name}.conf").write_text("a = 2\n")
    said = _undo(tree, act)
    assert (said.word, said.why[0]) == ("back", f"configuration files stay: {name} /etc/{name}.conf")
    assert tree.read(f"/etc/{name}.conf") == "a = 2\n"


def test_settings_that_lay_there_before_the_package_stay(tree: Tree) -> None:
    tree.path("/etc/uset.conf").write_text("a = 1\n")
    (act,) = _do(tree, "uset")
    assert act["settings"] == {}
    _undo(tree, act)
    assert tree.read("/etc/uset.conf") == "a = 1\n"


def test_files_of_what_another_has_removed_since_are_named(tree: Tree) -> None:
    (act,) = _do(tree, "conf")
    tree.run("apt-get -y -q remove conf")
    said = _undo(tree, act)
    assert (said.word, said.why[0], said.by_hand) == ("back", "configuration files stay: conf", "dpkg --purge conf")
    assert state_of(tree, "conf") == {"conf": "rc"}


def test_what_others_need_mark_hold_or_install_anew_stays(tree: Tree) -> None:
    (act,) = _do(tree, "aud")
    tree.run("apt-get -y -q install other")
    left = _undo(tree, act)
    assert (left.word, left.by_hand) == ("stays", "apt-get remove libx")
    assert "other depends on libx" in left.why[0]
    assert state_of(tree, "aud", "libx", "other") == {"aud": "", "libx": "ii", "other": "ii"}
    tree.run("apt-get -y -q remove other; apt-mark manual libx")
    assert "manually" in _undo(tree, act).why[0]
    tree.run("apt-mark auto libx; apt-mark hold libx")
    assert "held" in _undo(tree, act).why[0]
    tree.run("apt-mark unhold libx; sleep 1; dpkg --remove libx; apt-get -y -q install libx; apt-mark auto libx")
    assert "anew" in _undo(tree, act).why[0]
    assert package.look(act, tree.place) == "moved"
    assert state_of(tree, "libx") == {"libx": "ii"}


def test_the_package_that_was_asked_for_stays_with_its_library_where_another_needs_it(tree: Tree) -> None:
    own = tree.path("/srv/own")
    build_package(own, "site", Depends="aud")
    index_packages(tree)
    (act,) = _do(tree, "aud")
    tree.run("apt-get -y -q install site")
    left = _undo(tree, act)
    assert left.word == "stays"
    assert state_of(tree, "aud", "libx", "site") == {"aud": "ii", "libx": "ii", "site": "ii"}


def test_an_upgrade_by_others_leaves_it_ours(tree: Tree) -> None:
    (act,) = _do(tree, "aud")
    build_package(tree.path("/srv/own"), "libx", "1.1")
    index_packages(tree)
    tree.run("apt-get -y -q dist-upgrade")
    assert package.look(act, tree.place) == "after"
    assert _undo(tree, act).word == "back"
    assert state_of(tree, "aud", "libx") == {"aud": "", "libx": ""}


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (["rival"], "Remv victim"),
        (["newer"], r"Inst old \[1\]"),
        (["nowhere"], "Unable to locate"),
        (["-x"], "name"),
    ],
)
def test_what_would_change_anything_else_is_refused(tree: Tree, names: list[str], word: str) -> None:
    before = tree.run("dpkg-query -W")
    with pytest.raises(Refusal, match=word):
        package.resolve({"name": names}, Sight(tree.place))
    assert tree.run("dpkg-query -W") == before


def test_recommended_packages_come_only_where_asked_for(tree: Tree) -> None:
    (act,) = _do(tree, "aud", recommends=True)
    assert sorted(act["after"]) == ["aud", "extra", "libx"]
    assert _undo(tree, act).word == "back"


def test_a_script_that_fails_takes_all_back(tree: Tree) -> None:
    before = tree.run("dpkg-query -W; apt-mark showauto")
    with pytest.raises(Refusal, match=r"post-installation script"):
        _do(tree, "fails")
    assert tree.run("dpkg-query -W; apt-mark showauto") == before
    assert tree.run("dpkg --audit") == ""


def test_where_it_can_not_be_taken_back_either_the_act_is_told(tree: Tree) -> None:
    with pytest.raises(Refusal) as caught:
        _do(tree, "stuck")
    assert caught.value.act["after"] == {"stuck": "1.0"}  # type: ignore[attr-defined]
    with pytest.raises(Refusal, match="dpkg --configure -a"):
        package.resolve({"name": "aud"}, Sight(tree.place))


def test_files_of_configuration_go_only_as_they_came(tree: Tree) -> None:
    (act,) = _do(tree, "conf")
    assert _undo(tree, act).word == "back"
    assert state_of(tree, "conf") == {"conf": ""}
    assert not tree.path("/etc/conf.conf").exists()
    (act,) = _do(tree, "conf")
    tree.path("/etc/conf.conf").write_text("a = 2\n")
    left = _undo(tree, act)
    assert (left.word, left.by_hand) == ("back", "dpkg --purge conf")
    assert state_of(tree, "conf") == {"conf": "rc"}
    assert tree.read("/etc/conf.conf") == "a = 2\n"
    (act,) = _do(tree, "conf")
    assert act["before"] == {"conf": "rc"}
    assert _undo(tree, act).why == ("", "")
    assert tree.read("/etc/conf.conf") == "a = 2\n"


def test_a_package_with_a_script_is_purged_only_where_its_data_are_declared_and_none(tree: Tree) -> None:
    (act,) = _do(tree, "script")
    assert _undo(tree, act).by_hand == "dpkg --purge script"
    tree.run("dpkg --purge script")
    (act,) = _do(tree, "script", data=["/var/lib/script"])
    tree.run("mkdir /var/lib/script; touch /var/lib/script/theirs")
    assert _undo(tree, act).by_hand == "dpkg --purge script"
    tree.run("dpkg --purge script; rm /var/lib/script/theirs")
    (act,) = _do(tree, "script", data=["/var/lib/script"], scraps=["/var/lib/script/id"])
    tree.run("touch /var/lib/script/id /var/lib/script/theirs")
    assert _undo(tree, act).by_hand == "dpkg --purge script"
    tree.run("dpkg --purge script; rm /var/lib/script/theirs")
    (act,) = _do(tree, "script", data=["/var/lib/script"], scraps=["/var/lib/script/id"])
    assert _undo(tree, act) == Undone("back")
    assert state_of(tree, "script") == {"script": ""}


def test_a_package_that_was_removed_comes_back_with_its_version_and_mark(tree: Tree) -> None:
    tree.run("apt-mark auto old")
    before = tree.run("dpkg-query -W; apt-mark showauto")
    (act,) = _do(tree, "old", state="absent")
    assert state_of(tree, "old") == {"old": ""}
    assert _undo(tree, act).word == "back"
    assert tree.run("dpkg-query -W; apt-mark showauto") == before
    tree.run("apt-get -y -q install other")
    with pytest.raises(Refusal, match="other depends on libx"):
        package.resolve({"name": "libx", "state": "absent"}, Sight(tree.place))


def test_who_holds_the_lock_is_waited_for_and_named(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dpkg, "WAIT", 1.0)
    monkeypatch.setattr(apt, "WAIT", 1.0)
    (done,) = _do(tree, "conf")
    (act,) = package.resolve({"name": "aud"}, Sight(tree.place))
    with Held(tree) as holder:
        with pytest.raises(Refusal, match=str(holder)):
            package.do(act, tree.place)
        with pytest.raises(Refusal, match=str(holder)):
            package.undo(done, tree.place, force=False, dry=False)
    assert state_of(tree, "aud", "conf") == {"aud": "", "conf": "ii"}


class Held:
    def __init__(self, tree: Tree) -> None:
        self._path = tree.path(dpkg.LOCK)

    def __enter__(self) -> int:
        script = (
            "import fcntl,sys; f=open(sys.argv[1],'r+'); fcntl.lockf(f,fcntl.LOCK_EX); print(1,flush=True); input()"
        )
        words = ["python3", "-c", script, str(self._path)]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "1\n"
        return self._process.pid

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()


def test_a_repository_that_never_answers_ends_in_a_bounded_time(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "PATIENCE", 4.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        port = silent.getsockname()[1]
        lists = tree.path("/var/lib/apt/lists")
        (index,) = lists.glob("*Packages")
        index.rename(lists / f"127.0.0.1:{port}_own_._Packages")
        tree.path("/etc/apt/sources.list").write_text(f"deb [trusted=yes] http://127.0.0.1:{port}/own ./\n")
        (act,) = package.resolve({"name": "aud"}, Sight(tree.place))
        with pytest.raises(Refusal, match="no answer for 4 s"):
            package.do(act, tree.place)
    assert state_of(tree, "aud", "libx") == {"aud": "", "libx": ""}
    with pytest.raises(Refusal, match=r"can't be fetched: .*refused"):
        package.do(act, tree.place)


def test_no_space_is_said_before_anything_is_unpacked(tree: Tree) -> None:
    build_package(tree.path("/srv/own"), "large", Installed_Size="900000")
    index_packages(tree)
    (act,) = package.resolve({"name": "large"}, Sight(tree.place))
    with pytest.raises(Refusal, match="no space in /usr"):
        package.do(act, tree.place)
    assert state_of(tree, "large") == {"large": ""}


def test_a_read_only_system_is_said(tree: Tree) -> None:
    subprocess.run(["mount", "--bind", tree.path("/usr"), tree.path("/usr")], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", tree.path("/usr")], check=True)
        with pytest.raises(Refusal, match="/usr is read-only"):
            package.resolve({"name": "aud"}, Sight(tree.place))
    finally:
        subprocess.run(["umount", "-l", tree.path("/usr")], check=True)


def _end_rest(tree: Tree) -> None:
    """End what still runs in a tree: dpkg and a script, whose apt was killed."""
    for path in Path("/proc").glob("[0-9]*/root"):
        try:
            inside = path.readlink() == tree.root
        except OSError:
            continue
        if inside:
            os.kill(int(path.parent.name), signal.SIGKILL)


def test_what_a_kill_cut_off_is_settled(tree: Tree) -> None:
    (act,) = package.resolve({"name": "aud"}, Sight(tree.place))
    assert package.settle(dict(act), tree.place) == "void"
    slow = {"DEBIAN/postinst": "#!/bin/sh\ntouch /run/here\nwhile [ ! -e /run/go ]; do sleep 0.05; done\n"}
    build_package(tree.path("/srv/own"), "slow", Depends="libx", files=slow)
    index_packages(tree)
    (act,) = package.resolve({"name": "slow"}, Sight(tree.place))
    words = ["apt-get", "-y", "-q", "-o", f"Rempart::Change={tree.place.change}", "install", "slow"]
    killed = subprocess.Popen(
        ["chroot", tree.root, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while not tree.path("/run/here").exists():
        assert killed.poll() is None
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    _end_rest(tree)
    tree.path("/run/go").touch()
    assert "slow" in tree.run("dpkg --audit")
    assert package.settle(act, tree.place) == "done"
    assert act["after"] == {"slow": "1.0", "libx": "1.0"}
    assert tree.run("dpkg --audit") == ""
    assert _undo(tree, act).word == "back"
    assert state_of(tree, "slow", "libx") == {"slow": "", "libx": ""}


def test_somebody_else_installs_at_the_same_time_and_keeps_it(tree: Tree) -> None:
    (act,) = package.resolve({"name": "aud"}, Sight(tree.place))
    theirs = subprocess.Popen(
        ["chroot", tree.root, "apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=60", "install", "other", "extra"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        act = package.do(act, tree.place)
    finally:
        assert theirs.wait() == 0
    _undo(tree, act)
    assert state_of(tree, "aud", "libx", "other", "extra") == {"aud": "", "libx": "ii", "other": "ii", "extra": "ii"}


def test_lock_of_dpkg_is_a_posix_one(tree: Tree) -> None:
    with dpkg.hold(tree.place), tree.path(dpkg.LOCK).open("r+") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # of this process, so it is had twice
        assert "lock" in tree.run("apt-get -y install aud", check=False)


def _runs(tree: Tree) -> list[str]:
    text = dpkg.read_logs(tree.place, "apt/history.log")
    return [line for line in text.splitlines() if "Rempart::Change=" in line]


def test_packages_of_several_fixes_come_by_one_run_and_go_each_by_itself(tree: Tree) -> None:
    before = tree.run("dpkg-query -W; apt-mark showauto")
    names = ["aud", "other", "conf"]
    fixes = [{"check": f"AAA-0{number}", "packages": [{"name": name}]} for number, name in enumerate(names, 1)]
    done = change.fix(tree.place, fixes)["fixes"]
    assert [(one["changed"], [act["target"] for act in one["acts"]]) for one in done] == [
        (True, ["aud"]), (True, ["other"]), (True, ["conf"])]  # fmt: skip
    assert len(_runs(tree)) == 1
    rows = change.take_back(tree.place, ["AAA-02"])["rows"]
    assert [row["word"] for row in rows] == ["back"]
    assert state_of(tree, "aud", "libx", "other", "conf") == {"aud": "ii", "libx": "ii", "other": "", "conf": "ii"}
    assert {row["word"] for row in change.take_back(tree.place)["rows"]} == {"back"}
    assert tree.run("dpkg-query -W; apt-mark showauto") == before


def test_one_fix_of_several_whose_package_fails_does_not_keep_the_others(tree: Tree) -> None:
    names = ["aud", "fails", "nowhere", "conf"]
    fixes = [{"check": f"AAA-0{number}", "packages": [{"name": name}]} for number, name in enumerate(names)]
    done = change.fix(tree.place, fixes)["fixes"]
    assert [one["failed"] for one in done] == [False, True, True, False]
    assert state_of(tree, "aud", "fails", "conf") == {"aud": "ii", "fails": "", "conf": "ii"}
    assert tree.run("dpkg --audit") == ""
    assert {row["word"] for row in change.take_back(tree.place)["rows"]} == {"back"}
    assert state_of(tree, "aud", "libx", "conf") == {"aud": "", "libx": "", "conf": ""}


def test_what_dpkg_was_killed_over_goes_again(tree: Tree) -> None:
    with pytest.raises(Refusal):
        _do(tree, "torn")
    assert state_of(tree, "torn", "libx") == {"torn": "", "libx": ""}
    assert tree.run("dpkg --audit") == ""


def test_what_a_kill_cut_off_and_others_then_installed_themselves_stays(tree: Tree) -> None:
    dies = "#!/bin/sh\nif rm /run/die 2>/dev/null; then kill -9 0; fi\n"
    build_package(tree.path("/srv/own"), "slain", Depends="libx", files={"DEBIAN/preinst": dies})
    index_packages(tree)
    (act,) = package.resolve({"name": "slain"}, Sight(tree.place))
    tree.path("/run/die").touch()
    words = ["apt-get", "-y", "-q", "-o", f"Rempart::Change={tree.place.change}", "install", "slain"]
    subprocess.run(["chroot", tree.root, *words], capture_output=True, check=False, start_new_session=True)
    assert not tree.path("/run/die").exists()
    _end_rest(tree)
    assert package.settle(act, tree.place) == "done"
    tree.run("apt-get -y -q install slain")
    assert _undo(tree, act).word == "stays"
    assert state_of(tree, "slain") == {"slain": "ii"}

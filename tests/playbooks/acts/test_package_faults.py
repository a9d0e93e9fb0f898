"""What goes wrong while packages come: locks, silence, no room, kills, others who install at the same time."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.acts_packages import (
    do_packages,
    prepare_packages,
    undo_package,
)
from rempart_testing.acts_tree import Tree, build_package, index_packages, make_tree, state_of

from rempart_fix import apt, dpkg
from rempart_fix.acts import package
from rempart_fix.contract import Refusal
from rempart_fix.sight import Sight


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tree]:
    with make_tree(tmp_path_factory.mktemp("packages")) as made:
        prepare_packages(made)
        yield made


def test_who_holds_the_lock_is_waited_for_and_named(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dpkg, "WAIT", 1.0)
    monkeypatch.setattr(apt, "WAIT", 1.0)
    (done,) = do_packages(tree, "conf")
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
    assert undo_package(tree, act).word == "back"
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
    undo_package(tree, act)
    assert state_of(tree, "aud", "libx", "other", "extra") == {"aud": "", "libx": "ii", "other": "ii", "extra": "ii"}


def test_lock_of_dpkg_is_a_posix_one(tree: Tree) -> None:
    with dpkg.hold(tree.place), tree.path(dpkg.LOCK).open("r+") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # of this process, so it is had twice
        assert "lock" in tree.run("apt-get -y install aud", check=False)


def test_what_dpkg_was_killed_over_goes_again(tree: Tree) -> None:
    with pytest.raises(Refusal):
        do_packages(tree, "torn")
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
    assert undo_package(tree, act).word == "stays"
    assert state_of(tree, "slain") == {"slain": "ii"}


def test_what_a_kill_cut_off_and_others_then_removed_leaves_its_configuration_by_name(tree: Tree) -> None:
    dies = {"DEBIAN/postinst": "#!/bin/sh\nif rm /run/die 2>/dev/null; then kill -9 0; fi\n"}
    dies |= {"etc/felled.conf": "level = 1\n", "DEBIAN/conffiles": "/etc/felled.conf\n"}
    build_package(tree.path("/srv/own"), "felled", files=dies)
    index_packages(tree)
    (act,) = package.resolve({"name": "felled"}, Sight(tree.place))
    tree.path("/run/die").touch()
    words = ["apt-get", "-y", "-q", "-o", f"Rempart::Change={tree.place.change}", "install", "felled"]
    subprocess.run(["chroot", tree.root, *words], capture_output=True, check=False, start_new_session=True)
    assert not tree.path("/run/die").exists()
    _end_rest(tree)
    tree.run("dpkg --remove felled")
    assert package.settle(act, tree.place) == "done"
    out = undo_package(tree, act)
    assert (out.word, out.why[0]) == ("back", "configuration files stay: felled")

"""A change on an endpoint, on files of this machine: what is saved is restored, what was tampered with refused."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rempart_change import action, place, timer

Begin = Callable[..., dict[str, Any]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(place, "BASE", str(tmp_path / "base"))
    monkeypatch.setattr(action, "BASE", str(tmp_path / "base"))
    monkeypatch.setattr(timer, "UNITS", str(tmp_path / "units"))
    (tmp_path / "etc").mkdir()
    return tmp_path


def begin(change: str = "c-1", holder: str = "ann@desk", seconds: int = 600, **saves: dict[str, Any]) -> dict[str, Any]:
    return action.begin(change, holder, seconds, saves, {"__main__.py": b""})


def stand(path: Path) -> tuple[int, int, int, int, bytes]:
    found = path.lstat()
    content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
    return found.st_mode, found.st_uid, found.st_gid, found.st_mtime_ns, content


def test_a_file_comes_back_byte_for_byte_with_mode_and_time(here: Path) -> None:
    file = here / "etc/app.conf"
    file.write_bytes(b"one\r\n\xff\x00two")
    file.chmod(0o640)
    os.utime(file, ns=(1_000_000_000, 1_234_567_891))
    before = stand(file)
    begin(A={"files": [str(file)]})
    file.write_text("other")
    file.chmod(0o777)
    done = action.revert("c-1", [], force=True)
    assert done["restored"] == [str(file)]
    assert done["failed"] == []
    assert stand(file) == before


def test_what_was_not_there_goes_and_what_was_removed_comes_back(here: Path) -> None:
    gone, new = here / "etc/gone", here / "etc/new"
    gone.write_text("x")
    before = stand(gone)
    begin(A={"files": [str(gone), str(new)]})
    gone.unlink()
    new.write_text("y")
    action.revert("c-1", [], force=True)
    assert stand(gone) == before
    assert not new.exists()


def test_a_link_and_the_file_behind_it_come_back(here: Path) -> None:
    real, link = here / "etc/real", here / "etc/link"
    real.write_text("x")
    link.symlink_to("real")
    begin(A={"files": [str(link)]})
    link.unlink()
    link.write_text("a file now")
    real.write_text("y")
    action.revert("c-1", [], force=True)
    assert os.readlink(link) == "real"
    assert real.read_text() == "x"


def test_of_a_tree_what_came_new_goes(here: Path) -> None:
    tree = here / "etc/rules.d"
    (tree / "sub").mkdir(parents=True)
    (tree / "sub/a").write_text("a")
    begin(A={"trees": [str(tree)]})
    (tree / "sub/a").write_text("b")
    (tree / "new").mkdir()
    (tree / "new/c").write_text("c")
    action.revert("c-1", [], force=True)
    assert sorted(str(p.relative_to(tree)) for p in tree.rglob("*")) == ["sub", "sub/a"]
    assert (tree / "sub/a").read_text() == "a"


def test_only_owner_and_mode_of_attributes_come_back(here: Path) -> None:
    home = here / "etc/home"
    home.mkdir(mode=0o755)
    begin(A={"attributes": [f"{here}/etc/ho*"]})
    home.chmod(0o700)
    (home / "letter").write_text("mine")
    action.revert("c-1", [], force=True)
    assert home.stat().st_mode & 0o777 == 0o755
    assert (home / "letter").read_text() == "mine"


def test_one_check_is_undone_and_the_other_stays(here: Path) -> None:
    one, two = here / "etc/one", here / "etc/two"
    begin(A={"files": [str(one)]}, B={"files": [str(two)]})
    one.write_text("1")
    two.write_text("2")
    action.revert("c-1", ["A"], force=True)
    assert not one.exists()
    assert two.exists()
    assert action.status()["changes"]["c-1"]["state"] == "open"


def test_what_somebody_else_changed_since_is_not_undone_unless_forced(here: Path) -> None:
    file = here / "etc/app.conf"
    file.write_text("old")
    begin(A={"files": [str(file)]})
    file.write_text("new")
    action.end("c-1")
    file.write_text("by hand")
    with pytest.raises(place.Refusal, match=r"changed since by somebody else: .*app\.conf"):
        action.revert("c-1", [])
    assert file.read_text() == "by hand"
    action.revert("c-1", [], force=True)
    assert file.read_text() == "old"


def test_a_second_change_waits_for_the_first(here: Path) -> None:
    begin("c-1", A={})
    with pytest.raises(place.Refusal, match="change c-1 of ann@desk is under way"):
        begin("c-2", A={})
    action.end("c-1")
    begin("c-2", A={})
    lock = action.status()["lock"]
    assert lock["change"] == "c-2"


def test_a_lock_whose_holder_is_gone_is_taken_after_its_time(here: Path) -> None:
    begin("c-1", A={})
    path = here / "base/lock"
    lock = json.loads(path.read_text())
    path.write_text(json.dumps(lock | {"since": 0, "until": 1}))
    assert begin("c-2", A={})["change"] == "c-2"


@pytest.mark.parametrize("victim", ["manifest.json", "data/0"])
def test_what_was_tampered_with_is_refused(here: Path, victim: str) -> None:
    file = here / "etc/app.conf"
    file.write_text("old")
    digest = begin(A={"files": [str(file)]})["digest"]
    file.write_text("new")
    path = here / "base/changes/c-1" / victim
    path.write_bytes(path.read_bytes().replace(b"etc/app.conf", b"etc/shadow1") + b" ")
    with pytest.raises(place.Refusal):
        action.revert("c-1", [], digest, force=True)
    assert file.read_text() == "new"


def test_a_folder_that_was_put_elsewhere_is_not_written_through(here: Path) -> None:
    inside = here / "etc/d"
    inside.mkdir()
    file = inside / "keys"
    file.write_text("old")
    (here / "elsewhere").mkdir()
    begin(A={"files": [str(file)]})
    file.unlink()
    inside.rmdir()
    inside.symlink_to(here / "elsewhere")
    done = action.revert("c-1", [], force=True)
    assert [line for line in done["failed"] if "another one now" in line]
    assert list((here / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("change", ["../x", "A", "", "c 1", "c/1", "-c1"])
def test_an_id_that_is_no_id_is_refused(here: Path, change: str) -> None:
    with pytest.raises(place.Refusal, match="no id of a change"):
        begin(change, A={})


@pytest.mark.parametrize(
    "wish", [{"files": ["etc/passwd"]}, {"sysctls": ["../../etc/passwd"]}, {"trees": ["relative/*"]}]
)
def test_what_names_no_place_is_refused_and_the_lock_given_back(here: Path, wish: dict[str, Any]) -> None:
    with pytest.raises(place.Refusal):
        begin(A=wish)
    assert action.status()["lock"] is None


def test_a_kept_change_says_so(here: Path) -> None:
    begin(A={})
    assert action.end("c-1")["state"] == "kept"
    assert action.confirm("c-1")["state"] == "kept"

"""Files that can't simply be exchanged: links, mounts, access lists, a kernel that can't."""

from __future__ import annotations

import base64
import os
import shutil
from pathlib import Path

import pytest

from playbooks.fix.app import APP, KEY, TEXT, WHOLE
from playbooks.fix.root import Root, words
from rempart_fix import acl, calls, exchange
from rempart_fix.contract import Refusal
from rempart_fix.journal import Journal


def test_a_link_is_followed_once_and_never_out_of_the_root(root: Root, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("key = 1\n")
    root.write("/etc/real.conf", "key = 1\n")
    root.path("/etc/link.conf").symlink_to("/etc/real.conf")
    root.path("/etc/up.conf").symlink_to("../../../outside")
    (done,) = root.fix({"check": "KEY-01", "keys": [{"path": "/etc/link.conf", "key": "key", "value": 9}]})
    assert done["acts"] == [{"kind": "line", "target": "/etc/real.conf"}]
    (done,) = root.fix({"check": "KEY-02", "keys": [{"path": "/etc/up.conf", "key": "key", "value": 9}]})
    assert done["failed"]
    assert outside.read_text() == "key = 1\n"


def test_a_folder_that_becomes_a_link_is_not_followed(root: Root, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    place = root.place()
    place.make()
    root.path("/etc/d").symlink_to(tmp_path / "elsewhere")
    state = {"type": "file", "mode": 0o644, "uid": 0, "gid": 0, "sha256": place.keep(b"x")}
    with pytest.raises(Refusal):
        exchange.change(place, "/etc/d/f", calls.ABSENT, state, b"x")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_that_cannot_be_exchanged_is_compared_and_written_and_that_is_said(
    root: Root, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(*_: object) -> None:
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(calls, "swap", cannot)
    monkeypatch.setattr(calls, "shift", cannot)
    files = [{"path": "/etc/new", "content": "x"}, {"path": "/etc/gone", "absent": True}]
    root.write("/etc/gone", "gone\n")
    before = root.stand()
    (done,) = root.fix(KEY | {"files": files})
    assert done["compared"] == ["/etc/new", "/etc/gone", APP]
    root.undo()
    assert root.stand() == before


def test_a_dry_run_does_not_promise_a_file_whose_folder_is_gone(root: Root) -> None:
    root.write("/etc/own.d/own.conf", "theirs\n")
    root.fix({"check": "OWN-01", "files": [{"path": "/etc/own.d/own.conf", "content": "ours\n"}]})
    shutil.rmtree(root.path("/etc/own.d"))  # of somebody else, with all that lies in it
    assert words(root.undo(force=True, dry=True)) == words(root.undo(force=True)) == [("/etc/own.d/own.conf", "failed")]


def test_a_mounted_file_is_written_into(root: Root, app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(calls, "swap", busy)
    number = app.stat().st_ino
    (done,) = root.fix(KEY)
    assert done["compared"] == [APP]
    assert app.stat().st_ino == number
    root.undo()
    assert (app.read_text(), app.stat().st_ino) == (TEXT, number)


def test_who_holds_a_file_with_an_access_list_open_keeps_it_in_its_place(root: Root, app: Path) -> None:
    entries = [(1, 6, 2**32 - 1), (2, 4, 1000), (4, 4, 2**32 - 1), (16, 4, 2**32 - 1), (32, 0, 2**32 - 1)]
    os.setxattr(app, "system.posix_acl_access", base64.b64decode(acl.write(entries)))
    with app.open("a") as theirs:
        (done,) = root.fix(WHOLE)
        theirs.write("theirs\n")
    assert done["failed"]
    assert app.read_text() == TEXT + "theirs\n"


def test_a_mode_under_an_access_list_is_planned_as_chmod_leaves_it(root: Root, app: Path) -> None:
    entries = [(1, 6, 2**32 - 1), (2, 4, 1000), (4, 4, 2**32 - 1), (16, 4, 2**32 - 1), (32, 4, 2**32 - 1)]
    os.setxattr(app, "system.posix_acl_access", base64.b64decode(acl.write(entries)))
    before = root.stand(), os.getxattr(app, "system.posix_acl_access")
    root.fix(WHOLE)
    act = Journal(root.place()).entries[1].act
    assert exchange.same(exchange.look(root.place(), APP), act["after"])
    assert words(root.undo()) == [(APP, "back")]
    assert (root.stand(), os.getxattr(app, "system.posix_acl_access")) == before

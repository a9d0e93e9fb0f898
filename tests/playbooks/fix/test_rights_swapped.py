"""Fixes by rule where others write: what is swapped, gone or cut off meanwhile leads nothing elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from playbooks.fix.rights_tree import WRITABLE, folder, lay, needs_root, stands
from playbooks.fix.root import Root, words
from rempart_fix import change, telling
from rempart_fix import fix as fixes
from rempart_fix.acts import mode, rights
from rempart_fix.contract import Nothing
from rempart_fix.sight import Sight

ROLES = Path(__file__).parents[3] / "playbooks/roles"


def acts_of(root: Root, fix: dict[str, Any]) -> list[dict[str, Any]]:
    return fixes.resolve(fix, Sight(root.place()))


@needs_root
@pytest.mark.parametrize("swap", ["link", "folder", "other", "name"])
def test_what_is_swapped_between_finding_and_changing_is_left(root: Root, swap: str) -> None:
    folder(root, "/home/ann/d", 0o755, 1000)
    lay(root, "/home/ann/d/f", 0o666, 1000)
    folder(root, "/secret", 0o755)
    victim = lay(root, "/secret/f", 0o666)
    root.path("/secret/f").chmod(0o666)
    (act,) = [one for one in acts_of(root, WRITABLE) if one["target"].startswith("/home")]
    file = root.path("/home/ann/d/f")
    if swap == "folder":
        root.path("/home/ann/d").rename(root.path("/home/ann/e"))
        root.path("/home/ann/d").symlink_to("/secret")
    elif swap == "other":
        lay(root, "/home/ann/d/new", 0o666, 1000).rename(file)
    else:
        file.unlink()
    if swap == "link":
        file.symlink_to("/secret/f")
    elif swap == "name":
        os.link(victim, file)
    before = root.stand()
    with pytest.raises(Nothing):
        mode.do(act, root.place())
    assert root.stand() == before


@needs_root
@pytest.mark.parametrize("swap", ["link", "folder", "name"])
def test_an_undo_gives_nothing_to_what_was_swapped_since(root: Root, swap: str) -> None:
    """It would let all write to what another has by then."""
    folder(root, "/home/ann/d", 0o755, 1000)
    file = lay(root, "/home/ann/d/f", 0o666, 1000)
    folder(root, "/secret", 0o755)
    root.fix(WRITABLE)
    victim = lay(root, "/secret/f", 0o664, 1000)  # as ours was left
    if swap == "folder":
        root.path("/home/ann/d").rename(root.path("/home/ann/e"))
        root.path("/home/ann/d").symlink_to("/secret")
    else:
        file.unlink()
        if swap == "link":
            file.symlink_to("/secret/f")
        else:
            os.link(victim, file)
    for force in (False, True):
        assert words(root.undo(force=force, dry=True)) == [("/home/ann/d/f", "moved")]
        assert words(root.undo(force=force)) == [("/home/ann/d/f", "moved")]
        assert stands(victim)[0] == 0o664


@needs_root
def test_an_undo_opens_no_file_that_has_got_another_name(root: Root) -> None:
    file = lay(root, "/srv/f", 0o666)
    root.fix(WRITABLE)
    os.link(file, root.path("/srv/again"))
    assert words(root.undo()) == [("/srv/f", "moved")]
    assert stands(file)[0] == 0o664


@needs_root
def test_nobody_who_swaps_all_the_time_leads_a_fix_or_its_undo_elsewhere(root: Root) -> None:
    folder(root, "/home/ann", 0o755, 1000)
    folder(root, "/secret", 0o755)
    victims = [lay(root, f"/secret/{number}", 0o644) for number in range(4)]
    for one in ("a", "b"):
        folder(root, f"/home/ann/{one}", 0o755, 1000)
        for number in range(4):
            lay(root, f"/home/ann/{one}/{number}", 0o666, 1000)
    os.symlink("/secret", root.path("/home/ann/l"))
    ends = threading.Event()

    def swap() -> None:
        a, b, spare, link = (root.path(f"/home/ann/{name}") for name in ("a", "b", "spare", "l"))
        while not ends.is_set():
            for one, other in (
                (a, spare),
                (link, a),
                (a, link),
                (spare, a),
                (b, spare),
                (link, b),
                (b, link),
                (spare, b),
            ):
                one.rename(other)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for number in range(30):
            (done,) = root.fix(WRITABLE, name=f"c-{number:03}")
            assert not done["failed"], done["why"]
            root.undo(name=f"c-{number:03}")
    finally:
        ends.set()
        thread.join()
    assert [stands(one) for one in victims] == [(0o644, 0, 0)] * 4


@needs_root
def test_what_another_changed_since_stays_theirs(root: Root) -> None:
    one, other, given, gone = (lay(root, f"/srv/{name}", 0o666) for name in ("one", "other", "given", "gone"))
    root.fix(WRITABLE)
    one.chmod(0o600)
    os.chown(given, 1000, 1000)
    gone.unlink()
    told = dict(words(root.undo()))
    assert told == {"/srv/one": "moved", "/srv/other": "back", "/srv/given": "moved", "/srv/gone": "moved"}
    assert [stands(file)[0] for file in (one, other, given)] == [0o600, 0o666, 0o664]


@needs_root
def test_one_that_is_gone_meanwhile_keeps_no_other_from_being_closed(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, gone, last = (lay(root, f"/srv/{name}", 0o666) for name in "abc")
    do = mode.do

    def vanish(act: Any, place: Any) -> Any:
        gone.unlink(missing_ok=True)
        return do(act, place)

    monkeypatch.setattr(mode, "do", vanish)
    (done,) = root.fix(WRITABLE)
    assert not done["failed"]
    assert [act["target"] for act in done["acts"]] == ["/srv/a", "/srv/c"]
    assert [stands(file)[0] for file in (first, last)] == [0o664, 0o664]


@needs_root
def test_one_that_is_gone_after_it_was_closed_keeps_no_other_from_staying_so(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = (lay(root, f"/srv/{name}", 0o666) for name in "ab")
    do = mode.do

    def vanish(act: Any, place: Any) -> Any:
        came = do(act, place)
        if act["target"] == "/srv/b":
            first.unlink()
        return came

    monkeypatch.setattr(mode, "do", vanish)
    (done,) = root.fix(WRITABLE)
    assert not done["failed"]
    assert stands(last)[0] == 0o664


@needs_root
def test_an_immutable_file_keeps_no_other_from_being_closed(root: Root) -> None:
    fixed, other = (lay(root, f"/srv/{name}", 0o666) for name in ("fixed", "other"))
    if subprocess.run(["chattr", "+i", str(fixed)], capture_output=True, check=False).returncode:
        pytest.skip("no file can be made immutable here")
    try:
        (done,) = root.fix(WRITABLE)
        assert not done["failed"]
        assert [stands(fixed)[0], stands(other)[0]] == [0o666, 0o664]
    finally:
        subprocess.run(["chattr", "-i", str(fixed)], check=True)


@needs_root
def test_check_mode_says_that_a_file_is_immutable(root: Root) -> None:
    fixed = root.write("/etc/a.conf", "x = 0\n")
    if subprocess.run(["chattr", "+i", str(fixed)], capture_output=True, check=False).returncode:
        pytest.skip("no file can be made immutable here")
    fix = {"check": "AAA-01", "lines": [{"path": "/etc/a.conf", "match": "^x", "line": "x = 1"}]}
    try:
        for check_mode in (True, False):
            (done,) = root.fix(fix, check_mode=check_mode)
            assert "is immutable or append-only" in done["why"][0]
    finally:
        subprocess.run(["chattr", "-i", str(fixed)], check=True)


@needs_root
def test_beyond_a_bound_nothing_is_changed_and_that_is_said(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        lay(root, f"/srv/app/data/{number}", 0o666)
    before = root.stand()
    (done,) = root.fix({"check": "FIL-02", "rights": {"rule": "world_writable", "entries": 3}})
    assert "met its limit of 3 entries" in done["why"][0]
    (done,) = root.fix({"check": "FIL-02", "rights": {"rule": "world_writable", "seconds": 90}}, check_mode=True)
    assert not done["failed"]
    monkeypatch.setattr(rights, "MOST", 4)
    (done,) = root.fix(WRITABLE)
    assert "more than 4 files" in done["why"][0]
    assert "/srv/app/data" in done["why"][0]
    assert root.stand() == before


@needs_root
def test_links_that_others_could_lay_lead_no_careful_mode_elsewhere(root: Root) -> None:
    folder(root, "/home/ann", 0o755, 1000)
    lay(root, "/etc/important", 0o644)
    root.path("/home/ann/key").symlink_to("/etc/important")
    os.chown(root.path("/home/ann/key"), 1000, 1000, follow_symlinks=False)
    other = lay(root, "/home/ann/other", 0o644, 1000)
    specs = [{"path": path, "mode": "0600", "careful": True} for path in ("/home/ann/key", "/home/ann/other")]
    (done,) = root.fix({"check": "AAA-01", "modes": specs})
    assert not done["failed"]
    assert [stands(root.path("/etc/important"))[0], stands(other)[0]] == [0o644, 0o600]


def test_fixes_of_logs_are_careful_where_services_write() -> None:
    """An account that owns a folder of logs could lead them to a file of root's."""
    for path in ("logging/tasks/linux/log-07.yml", "logging/tasks/linux/log-08.yml", "audit/tasks/linux/aud-15.yml"):
        text = (ROLES / path).read_text()
        specs = re.findall(r"set spec = (\{.*\})|found[.]append\((\{'path': path, 'mode'.*?\})\)", text)
        assert specs
        assert [one for one in specs if "'careful': true" not in "".join(one)] == []


@needs_root
def test_what_a_crash_cuts_off_among_many_is_settled_one_by_one(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are written down together: each happened, or it did not."""
    for name in "abcd":
        lay(root, f"/srv/{name}", 0o666)
    before = root.stand()
    do, done = mode.do, []

    def die(act: Any, place: Any) -> Any:
        if len(done) == 2:
            raise SystemExit
        done.append(act)
        return do(act, place)

    monkeypatch.setattr(mode, "do", die)
    with pytest.raises(SystemExit):
        root.fix(WRITABLE)
    assert [one.state for one in root.journal().entries.values()] == ["done", "done", "intent", "intent"]
    assert words(root.undo()) == [("/srv/b", "back"), ("/srv/a", "back")]
    assert [one.state for one in root.journal().entries.values()] == ["undone", "undone", "void", "void"]
    assert root.stand() == before


@needs_root
def test_of_many_one_that_fails_takes_all_of_them_back(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abcd":
        lay(root, f"/srv/{name}", 0o666)
    before, do = root.stand(), mode.do

    def fail(act: Any, place: Any) -> Any:
        if act["target"] == "/srv/c":
            raise OSError(5, "Input/output error")
        return do(act, place)

    monkeypatch.setattr(mode, "do", fail)
    (done,) = root.fix(WRITABLE)
    assert done["failed"]
    assert root.stand() == before
    assert {one.state for one in root.journal().entries.values()} == {"undone", "void"}


@needs_root
def test_what_is_told_of_names_with_any_bytes_can_be_written(root: Root) -> None:
    """Ansible refuses an answer with a name that is no UTF-8 (seen with ansible-core 2.19)."""
    lay(root, "/srv/\udcff", 0o666)
    (done,) = root.fix(WRITABLE)
    told = [done, root.undo(dry=True), telling.clean(change.status(str(root.base))), root.undo()]
    assert [json.dumps(one, ensure_ascii=False).encode() for one in told]
    assert "/srv/\\xff" in json.dumps(done["diff"]).replace("\\\\", "\\")

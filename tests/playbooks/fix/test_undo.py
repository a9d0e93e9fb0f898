"""An undo: field by field, line by line, what others did stays, and what a journal can't vouch for is refused."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from playbooks.fix.root import Root, words
from rempart_fix import acl, acts, calls, change, contract, effects, exchange, fix
from rempart_fix.contract import Refusal
from rempart_fix.guard import Guard, expect_timer, is_sensitive
from rempart_fix.journal import Journal
from rempart_fix.lock import Lock
from rempart_fix.place import Place

init = Lock.__init__
APP = "/etc/app.conf"
TEXT = "# app\nkey = 1\nuse nullok\nlast\n"
KEY = {"check": "KEY-01", "keys": [{"path": APP, "key": "key", "value": 9}]}
WHOLE = {"check": "OWN-01", "files": [{"path": APP, "content": "ours\n", "mode": "0600"}]}


@pytest.fixture
def app(root: Root) -> Path:
    return root.write(APP, TEXT)


def test_what_others_wrote_around_our_line_stays(root: Root, app: Path) -> None:
    root.fix(KEY)
    app.write_text("theirs above\n" + app.read_text().replace("last", "last, theirs") + "theirs below\n")
    assert words(root.undo()) == [(APP, "back")]
    assert app.read_text() == "theirs above\n# app\nkey = 1\nuse nullok\nlast, theirs\ntheirs below\n"


def test_a_line_of_ours_that_another_changed_stays_and_is_named(root: Root, app: Path) -> None:
    root.fix(KEY)
    app.write_text(app.read_text().replace("key = 9", "key = 5"))
    (row,) = root.undo()["rows"]
    assert (row["word"], row["why"]) == ("moved", ["changed since: key = 9", "modifié depuis : key = 9"])
    assert "key = 1" in row["by_hand"]
    assert "key = 5" in app.read_text()


def test_a_line_that_we_put_in_and_another_changed_is_named_also_by_the_undo_after_one_that_was_cut_off(
    root: Root, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.fix(KEY | {"lines": [{"path": APP, "line": "ours first", "before": "BOF"}]})
    app.write_text(app.read_text().replace("ours first", "ours first, and theirs"))

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "moved", die)
        with pytest.raises(KeyboardInterrupt):
            root.undo()
    left = app.read_text()
    assert left == "ours first, and theirs\n" + TEXT
    (row,) = root.undo()["rows"]
    assert (row["word"], row["why"][0]) == ("moved", "changed since: ours first")
    assert row["by_hand"] == f"editor {APP}  # 1: -ours first"
    assert app.read_text() == left
    assert words(root.undo(force=True)) == [(APP, "back")]
    assert app.read_text() == TEXT


def test_what_an_undo_has_taken_back_the_next_does_not_look_for_among_lines_of_others(root: Root) -> None:
    app = root.write(APP, "theirs {\n}\nkey = 1\n")
    root.fix(KEY | {"lines": [{"path": APP, "block": "ours {\n}", "before": "BOF"}]})
    app.write_text("ours {\n}\ntheirs {\n}\nkey = 5\n")
    for _ in range(2):
        (row,) = root.undo()["rows"]
        assert (row["word"], row["why"][0]) == ("moved", "changed since: key = 9")
        assert app.read_text() == "theirs {\n}\nkey = 5\n"


def test_of_several_lines_those_that_stand_come_back(root: Root, app: Path) -> None:
    root.fix(
        KEY
        | {"lines": [{"path": APP, "match": " nullok", "replace": ""}, {"path": APP, "match": "last", "absent": True}]}
    )
    assert app.read_text() == "# app\nkey = 9\nuse\n"
    app.write_text(app.read_text().replace("key = 9", "key = 5") + "theirs\n")
    (row,) = root.undo()["rows"]
    assert row["word"] == "moved"
    assert row["why"][0] == "changed since: key = 9"
    assert app.read_text() == "# app\nkey = 5\nuse nullok\nlast\ntheirs\n"


def test_force_takes_ours_back_though_it_moved_and_puts_aside_what_it_replaces(root: Root, app: Path) -> None:
    root.fix(KEY)
    app.write_text(app.read_text().replace("key = 9", "key = 5"))
    answer = root.undo(force=True)
    assert words(answer) == [(APP, "back")]
    assert app.read_text() == TEXT
    assert "key = 5" in Path(answer["asides"][0]).read_text()


def test_a_mode_that_another_changed_stays_when_the_content_comes_back(root: Root, app: Path) -> None:
    root.fix(WHOLE)
    app.chmod(0o640)
    (row,) = root.undo()["rows"]
    assert (row["word"], row["why"][0]) == ("back", "its mode changed since, and stays")
    assert (app.read_text(), app.stat().st_mode & 0o777) == (TEXT, 0o640)


def test_a_file_of_ours_that_another_wrote_to_stays(root: Root) -> None:
    root.fix(WHOLE)
    file = root.path(APP)
    file.write_text("ours\ntheirs\n")
    assert words(root.undo()) == [(APP, "moved")]
    assert file.read_text() == "ours\ntheirs\n"
    root.undo(force=True)
    assert not file.exists()
    (aside,) = root.base.glob("changes/c-1/aside/*")
    assert aside.read_text() == "ours\ntheirs\n"


def test_a_folder_of_ours_in_which_something_lies_stays(root: Root) -> None:
    root.fix({"check": "OWN-01", "files": [{"path": "/etc/app.d/own", "content": "ours\n"}]})
    root.write("/etc/app.d/theirs", "theirs\n")
    assert words(root.undo(dry=True)) == [("/etc/app.d/own", "back"), ("/etc/app.d", "stays")]
    assert words(root.undo()) == [("/etc/app.d/own", "back"), ("/etc/app.d", "stays")]
    assert root.read("/etc/app.d/theirs") == "theirs\n"


def test_one_check_goes_and_what_stays_is_set_again(root: Root, app: Path) -> None:
    stricter = {"check": "KEY-02", "keys": [{"path": APP, "key": "key", "at_least": 12}]}
    root.fix(KEY, stricter)
    assert "key = 12" in app.read_text()
    answer = root.undo("KEY-01")
    assert [one["check"] for one in answer["again"]] == ["KEY-02"]
    assert "key = 12" in app.read_text()
    root.undo("KEY-02")
    assert app.read_text() == TEXT


def test_two_changes_on_one_line_leave_nothing_in_whichever_order_they_are_undone(root: Root, app: Path) -> None:
    for order in (("c-1", "c-2"), ("c-2", "c-1")):
        root.fix(KEY)
        change.keep(root.place())
        root.fix({"check": "KEY-02", "keys": [{"path": APP, "key": "key", "value": 12}]}, name="c-2")
        for name in order:
            root.undo(name=name)
        assert app.read_text() == TEXT


def test_a_change_that_stands_keeps_what_another_change_had_done_for_it(root: Root, app: Path) -> None:
    root.fix(KEY)
    change.keep(root.place())
    wanted = {"path": APP, "key": "key", "at_least": 9}
    own = {"path": "/etc/own.conf", "content": "own\n"}
    (done,) = root.fix({"check": "KEY-03", "keys": [wanted], "files": [own]}, name="c-2")
    assert [act["target"] for act in done["acts"]] == ["/etc/own.conf"]
    change.keep(root.place("c-2"))
    answer = root.undo()
    assert [(one["check"], one["change"]) for one in answer["elsewhere"]] == [("KEY-03", "c-2")]
    assert "key = 9" in app.read_text()
    root.undo(name="c-2")
    assert app.read_text() == TEXT


def test_a_fix_of_another_change_that_found_nothing_to_do_is_not_done_by_an_undo(root: Root, app: Path) -> None:
    root.fix(KEY)
    change.keep(root.place())
    (done,) = root.fix({"check": "KEY-03", "keys": [{"path": APP, "key": "key", "at_least": 9}]}, name="c-2")
    assert not done["changed"]
    change.keep(root.place("c-2"))
    assert root.undo()["elsewhere"] == []
    assert app.read_text() == TEXT


def test_an_undo_does_no_fix_of_another_change_anew_that_can_cut_the_way_in(root: Root) -> None:
    """Nobody would confirm it, and no timer takes it back."""
    path = "/etc/ssh/sshd_config"
    root.write(path, "Port 22\n")
    ours = {"path": path, "key": "PermitRootLogin", "value": "no", "separator": " "}
    own = {"path": "/etc/ssh/own.conf", "content": "own\n"}
    root.fix({"check": "KEY-01", "keys": [ours]})
    change.keep(root.place())
    root.fix({"check": "KEY-03", "keys": [ours], "files": [own]}, name="c-2")
    change.keep(root.place("c-2"))
    (again,) = root.undo()["elsewhere"]
    assert (again["check"], again["change"], again["failed"]) == ("KEY-03", "c-2", True)
    assert "rempart apply --resume c-2" in again["why"][0]
    assert root.path(path).read_text() == "Port 22\n"


ACTS = {
    "package": ({"names": ["aud"], "after": {"aud": "1"}}, {"packages": [{"names": {"debian": "aud"}}]}),
    "unit": ({"what": "enabled", "after": {"is": True}}, {"units": [{"name": "aud", "enabled": True}]}),
    "sysctl": ({"after": {"value": "1"}}, {"sysctl": [{"name": "kernel.x", "value": 1}]}),
}


@pytest.mark.parametrize("kind", ACTS)
def test_what_another_check_needs_stays_until_that_is_undone_too(
    root: Root, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[str] = []

    def undo(act: contract.Act, *_: object, **__: object) -> contract.Undone:
        gone.append(act["target"])
        return contract.BACK

    monkeypatch.setitem(acts._KINDS, kind, SimpleNamespace(undo=undo))
    more, wanted = ACTS[kind]
    target = {"package": "aud", "unit": "aud.service", "sysctl": "kernel/x"}[kind]
    journal = root.journal()
    journal.begin("ann")
    for check in ("ONE-01", "TWO-01"):
        journal.wish(check, wanted)
    n = journal.intend({"kind": kind, "target": target, "before": {}, "for": ["ONE-01"], **more})
    journal.done(n, journal.entries[n].act)
    journal.close()
    monkeypatch.setattr(change, "perform", lambda *_, **__: [])
    (row,) = root.undo("ONE-01")["rows"]
    assert (row["word"], row["why"][0]) == ("stays", "needed by TWO-01")
    assert gone == []
    assert words(root.undo("TWO-01")) == [(target, "back")]
    assert gone == [target]


def test_a_fix_that_fails_takes_back_its_own_and_the_others_go_on(root: Root, app: Path) -> None:
    bad = {
        "check": "BAD-01",
        "files": [{"path": "/etc/new", "content": "x"}, {"path": "/etc/app.conf/x", "content": "x"}],
    }
    failed, done = root.fix(bad, KEY)
    assert failed["failed"]
    assert "no folder" in failed["why"][0]
    assert "n’est pas un dossier" in failed["why"][1]
    assert not root.path("/etc/new").exists()
    assert done["changed"]
    assert change.status(str(root.base))["changes"]["c-1"]["checks"] == ["KEY-01"]


def test_what_fails_halfway_is_taken_back(root: Root, app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = root.stand()
    write = calls.write_spare

    def fail(folder: int, name: str, data: bytes, state: calls.State) -> None:
        if data == b"second\n":  # a disk that is full has made the file, and taken a part of it
            write(folder, name, data[:3], state)
            raise OSError(28, "No space left on device")
        write(folder, name, data, state)

    monkeypatch.setattr(calls, "write_spare", fail)
    files = [{"path": "/etc/one", "content": "first\n"}, {"path": "/etc/two", "content": "second\n"}]
    (done,) = root.fix({"check": "OWN-01", "files": files})
    assert done["why"] == ["/etc/two: no space is left on the device", "/etc/two : plus de place sur le disque"]
    assert [row["word"] for row in done["back"]] == ["back"]
    assert root.stand() == before


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


def test_a_torn_last_line_was_never_promised(root: Root, app: Path) -> None:
    root.fix(KEY)
    journal = root.base / "changes/c-1/acts.jsonl"
    with journal.open("ab") as file:
        file.write(b'{"n": 2, "s": "int')
    root.fix({"check": "KEY-02", "keys": [{"path": APP, "key": "new", "value": 1}]})
    assert words(root.undo()) == [(APP, "back"), (APP, "back")]
    assert app.read_text() == TEXT


@pytest.mark.parametrize("change_it", ["drop", "alter", "insert"])
def test_a_journal_that_was_tampered_with_undoes_nothing(root: Root, app: Path, change_it: str) -> None:
    root.fix(KEY)
    after = app.read_text()
    journal = root.base / "changes/c-1/acts.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines) if '"intent"' in line)
    lines[number] = {"drop": "", "alter": lines[number].replace(APP, "/etc/passwd"), "insert": lines[number] * 2}[
        change_it
    ]
    journal.write_text("".join(lines))
    with pytest.raises(contract.Refusal, match="chain is broken"):
        root.undo(force=True)
    assert app.read_text() == after
    assert change.status(str(root.base))["changes"]["c-1"]["state"] == "damaged"


def test_kept_contents_that_were_changed_are_not_written(root: Root, app: Path) -> None:
    root.fix(WHOLE)
    for kept in root.base.glob("changes/c-1/kept/*"):
        kept.write_text("planted\n")
    answer = root.undo()
    assert [row["word"] for row in answer["rows"]] == ["failed"]
    assert answer["state"] == "open", "what could not be taken back is not undone"
    assert change.status(str(root.base))["changes"]["c-1"]["checks"], "it can be undone again"
    assert app.read_text() == "ours\n"


def test_who_makes_a_change_is_expected_back_for_as_long_as_a_timer_would_wait(
    root: Root, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.fix(KEY)
    lease = change.status(str(root.base))["lease"]
    assert (lease["change"], 200 < lease["held"] <= 300) == ("c-1", True)
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    assert change.status(str(root.base))["lease"]["held"] == 0
    root.fix({"check": "KEY-02", "keys": [{"path": APP, "key": "new", "value": 1}]})
    assert change.status(str(root.base))["lease"]["held"] > 200
    change.keep(root.place())
    assert change.status(str(root.base))["lease"] is None


def test_a_change_that_was_cut_off_is_resumed_from_its_record(root: Root, app: Path) -> None:
    root.fix(KEY)
    journal = root.journal()
    journal.wish("OWN-01", {"files": [{"path": "/etc/own", "content": "ours\n"}]})
    journal.close()
    answer = change.resume(root.place())
    assert {one["check"]: one["changed"] for one in answer["fixes"]} == {"KEY-01": False, "OWN-01": True}
    root.undo()
    assert app.read_text() == TEXT


def test_effects_that_a_crash_kept_from_running_are_owed(root: Root, app: Path) -> None:
    fix = KEY | {"effects": [{"reload": "ssh.service"}]}
    root.fix(fix)
    (again,) = root.fix(fix)
    assert again["effects"] == []
    journal = root.journal()
    journal.owe("KEY-01")
    journal.close()
    (owed,) = root.fix(fix)
    assert [one["name"] for one in owed["effects"]] == ["reload ssh.service"]
    assert root.fix(fix)[0]["effects"] == []


def test_another_change_under_way_is_named(root: Root, app: Path) -> None:
    change.fix(root.place(), [KEY], holder="ann@desk")
    with pytest.raises(contract.Refusal, match="change c-1 of ann@desk is under way here"):
        root.fix(WHOLE, name="c-2")
    change.keep(root.place())
    assert root.fix(WHOLE, name="c-2")[0]["changed"]


@pytest.mark.parametrize(
    "path",
    [
        "/etc/ssh/sshd_config.d/00-x.conf",
        "/etc/pam.d/common-auth",
        "/etc/sudoers.d/x",
        "/etc/passwd",
        "/etc/login.defs",
        "/root/.ssh/authorized_keys",
        "/home/ann",
        "/etc/network/interfaces",
        "/etc/nftables.conf",
        "/etc/ufw/ufw.conf",
        "/etc/default/grub",
        "/boot/grub/grub.cfg",
        "/etc/systemd/system/ssh.service.d/x.conf",
        "/etc/security/limits.conf",
    ],
)
def test_what_can_cut_a_way_in_is_guarded(path: str) -> None:
    assert is_sensitive({"kind": "file", "target": path})


def test_the_rest_is_not_guarded_and_settings_of_the_network_are() -> None:
    for path in (
        "/etc/audit/rules.d/x.rules",
        "/etc/systemd/journald.conf",
        "/etc/systemd/system/x.service",
        "/etc/motd",
    ):
        assert not is_sensitive({"kind": "file", "target": path})
    file = {"kind": "file", "target": "/etc/sysctl.d/60-x.conf"}
    assert is_sensitive(file, b"net.ipv4.ip_forward = 0\n")
    assert not is_sensitive(file, b"kernel.kptr_restrict = 1\n")
    assert is_sensitive({"kind": "sysctl", "target": "net.ipv4.ip_forward"})
    assert is_sensitive({"kind": "account", "target": "x"})
    for unit in ("ssh.service", "telnet.socket", "openbsd-inetd.service", "x11vnc.service", "xrdp.service"):
        assert is_sensitive({"kind": "unit", "target": unit})
    assert not is_sensitive({"kind": "unit", "target": "rpcbind.socket"})
    assert is_sensitive({"kind": "package", "target": "openssh-server"})


def test_without_a_timer_a_guarded_act_is_not_done(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rempart_fix.timer.RUNS", str(root.folder / "nowhere"))
    place = root.place()
    place.make()
    journal = Journal(place)
    journal.begin("ann")
    place.root = "/"
    act = {"kind": "file", "target": "/etc/ssh/x", "before": calls.ABSENT, "after": calls.ABSENT}
    with pytest.raises(contract.Refusal, match="systemd does not run here"):
        Guard(journal, 300).before(act)
    with pytest.raises(contract.Refusal, match="none was given"):
        Guard(journal, 0).before(act)
    with pytest.raises(contract.Refusal, match="systemd does not run here"):
        expect_timer(place)  # what check mode asks


@pytest.mark.parametrize("end", [change.confirm, change.keep])
def test_a_timer_that_waited_for_its_turn_undoes_nothing_that_was_confirmed_meanwhile(
    root: Root, app: Path, end: Callable[[Place], object]
) -> None:
    root.fix(KEY)
    end(root.place())
    assert change.take_back(root.place(), by="timer")["rows"] == []
    assert "key = 9" in app.read_text()
    assert words(root.undo()) == [(APP, "back")]


def test_a_timer_waits_for_a_run_that_takes_its_time(root: Root, app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root.fix(KEY)
    held: list[float] = []
    monkeypatch.setattr(
        Lock, "__init__", lambda self, base, patience=60: held.append(patience) or init(self, base, patience)
    )
    change.take_back(root.place(), by="timer")
    assert held[0] >= 86400
    assert app.read_text() == TEXT


@pytest.mark.parametrize("by", ["timer", "rollback"])
def test_a_later_undo_is_told_who_undid_the_change_before(root: Root, app: Path, by: str) -> None:
    root.fix(KEY)
    assert change.take_back(root.place(), by=by)["before"] == ""
    assert change.take_back(root.place())["before"] == by


def test_no_command_comes_from_a_journal(root: Root, app: Path) -> None:
    root.fix(KEY | {"effects": [{"load": "dconf"}]})
    text = (root.base / "changes/c-1/acts.jsonl").read_text()
    assert "dconf update" not in text
    assert {json.loads(line)["s"] for line in text.splitlines()} <= {
        "begin", "state", "wish", "intent", "pledge", "done", "owe", "pay",
    }  # fmt: skip


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


def test_a_fix_that_failed_is_not_tried_again_by_the_undo_of_another(
    root: Root, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def fail(wanted: list[dict[str, str]], place: Place) -> list[effects.Effect]:
        if wanted:
            tried.append(str(wanted))
            place_of_file.write_text("theirs\n")
        return [effects.Effect("reload ours.service", "failed", ("it does not start", "ne démarre pas"))] * bool(wanted)

    place_of_file = root.path("/etc/own")
    monkeypatch.setattr(fix, "run_effects", fail)
    own = {
        "check": "OWN-01",
        "files": [{"path": "/etc/own", "content": "ours\n"}],
        "effects": [{"reload": "ours.service"}],
    }
    keyed, failed = root.fix(KEY, own)
    assert (keyed["failed"], failed["failed"]) == (False, True)
    assert [one.act["target"] for one in root.journal().acts(["OWN-01"])] == ["/etc/own"], "another has it now"
    tried.clear()
    assert root.undo("KEY-01")["again"] == []
    assert tried == []
    (once_more,) = root.fix(own)
    assert tried, "who asks for it gets it tried"
    assert once_more["failed"]
    assert place_of_file.read_text() == "theirs\n"


def test_what_is_found_out_of_an_act_that_a_crash_cut_off_is_written_down(
    root: Root, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.fix(WHOLE)
    record = root.place().folder + "/acts.jsonl"
    lines = Path(record).read_text().splitlines(keepends=True)
    cut = next(number for number, line in enumerate(lines) if json.loads(line)["s"] == "done")
    Path(record).write_text("".join(lines[:cut]))

    def settle(act: contract.Act, _: Place) -> str:
        act["after"]["seen"] = "now"
        return "done"

    monkeypatch.setattr(acts.file, "settle", settle)
    root.undo("NIL-01")  # settles, and no more
    assert Journal(root.place()).entries[1].act["after"]["seen"] == "now"


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


def test_a_timer_whose_start_a_crash_cut_off_is_started_before_the_next_act(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rempart_fix.timer.UNITS", str(tmp_path))
    monkeypatch.setattr("rempart_fix.timer.RUNS", str(tmp_path))
    place = Place("c-1", base=str(tmp_path / "base"))
    place.make()
    asked: list[str] = []
    running: list[str] = []

    def run(words_: list[str], *_: object) -> tuple[int, str]:
        asked.append(words_[1])
        if words_[1] == "restart":
            running.append(words_[-1])
        return (0 if words_[1] != "is-active" or running else 3), ""

    monkeypatch.setattr(place, "run", run)
    act = {"kind": "account", "target": "shadow[ann].password", "before": {}, "after": {}}
    (tmp_path / "rempart-undo-c-1.timer").write_text("as far as it came")
    Guard(Journal(place), 300).before(act)
    assert "restart" in asked
    asked.clear()
    Guard(Journal(place), 300).before(act)
    assert asked == ["is-active"]


class _Cut(BaseException):
    """The process is gone."""


def test_where_the_line_of_another_lies_since_a_crash_is_told_by_the_undo_whoever_settled_it(
    root: Root, app: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = calls.swap

    def cut(*given: Any) -> None:
        swap(*given)
        raise _Cut

    with app.open("a") as theirs:
        with monkeypatch.context() as patch:
            patch.setattr(calls, "swap", cut)
            with pytest.raises(_Cut):
                root.fix(KEY)
        theirs.write("theirs\n")
    app.chmod(0o600)
    root.fix({"check": "OTH-01", "files": [{"path": "/etc/other.conf", "content": "x\n"}]})  # settles on its way
    for dry in (True, False):
        rows = root.undo("KEY-01", dry=dry)["rows"]
        (said,) = [row["why"][0] for row in rows if "a crash: what another wrote lies in" in row["why"][0]]
        aside = Path(said.rpartition(" in ")[2])
        assert aside.read_text() == TEXT + "theirs\n"
    aside.rename(app)
    assert not [row for row in root.undo("KEY-01")["rows"] if "what another wrote" in row["why"][0]]

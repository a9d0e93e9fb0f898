"""An undo: field by field, line by line, what others did stays, and what a journal can't vouch for is refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from playbooks.fix.app import APP, KEY, TEXT, WHOLE
from playbooks.fix.root import Root, words
from rempart_fix import acts, calls, change, contract, effects, fix
from rempart_fix.journal import Journal
from rempart_fix.place import Place


def test_what_others_wrote_around_our_line_stays(root: Root, app: Path) -> None:
    root.fix(KEY)
    app.write_text("theirs above\n" + app.read_text().replace("last", "last, theirs") + "theirs below\n")
    assert words(root.undo()) == [(APP, "back")]
    assert app.read_text() == "theirs above\n# app\nkey = 1\nuse nullok\nlast, theirs\ntheirs below\n"


def test_a_line_of_ours_that_another_changed_stays_and_is_named(root: Root, app: Path) -> None:
    root.fix(KEY)
    app.write_text(app.read_text().replace("key = 9", "key = 5"))
    (row,) = root.undo()["rows"]
    assert (row["word"], row["why"]) == ("moved", ["changed since: key = 9", "modifié depuis\u00a0: key = 9"])
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
        journal.spec(check, wanted)
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
    assert done["why"] == ["/etc/two: no space is left on the device", "/etc/two\u00a0: plus de place sur le disque"]
    assert [row["word"] for row in done["back"]] == ["back"]
    assert root.stand() == before


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

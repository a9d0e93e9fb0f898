"""An undo trusts a record as far as it can be vouched for: torn, tampered with, cut off, owed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from playbooks.fix.app import APP, KEY, TEXT, WHOLE
from playbooks.fix.root import Root, words
from rempart_fix import acts, calls, change, contract, program
from rempart_fix.journal import Journal
from rempart_fix.place import Place


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
    journal.spec("OWN-01", {"files": [{"path": "/etc/own", "content": "ours\n"}]})
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


def test_no_command_comes_from_a_journal(root: Root, app: Path) -> None:
    root.fix(KEY | {"effects": [{"load": "dconf"}]})
    text = (root.base / "changes/c-1/acts.jsonl").read_text()
    assert "dconf update" not in text
    assert {json.loads(line)["s"] for line in text.splitlines()} <= {
        "begin", "state", "wish", "intent", "pledge", "done", "owe", "pay",
    }  # fmt: skip


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


@pytest.mark.parametrize(
    ("words_of_rows", "status"), [(["back", "void", "unclear", "moved", "stays"], 0), (["back", "failed"], 1)]
)
def test_the_unit_of_a_timer_fails_only_where_its_undo_did(
    monkeypatch: pytest.MonkeyPatch, words_of_rows: list[str], status: int
) -> None:
    """What a crash cut off, or others changed, would leave a failed unit behind that nobody can mend."""
    answer = {"rows": [{"word": word} for word in words_of_rows]}
    monkeypatch.setattr(change, "take_back", lambda *_, **__: answer)
    assert program.main(["timer", "c-1"]) == status
    assert program.main(["undo", "c-1"]) == 1

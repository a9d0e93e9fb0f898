"""A change that is kept, for good or for a time, that is undone in part, or that an older version of Rempart made."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from playbooks.fix.root import Root, words
from rempart_fix import change, timer
from rempart_fix.contract import Refusal
from rempart_fix.place import Place

APP = "/etc/app.conf"
ONE = {"check": "ONE-01", "files": [{"path": APP, "content": "ours\n"}]}
TWO = {"check": "TWO-01", "files": [{"path": "/etc/two.conf", "content": "two\n"}]}
OLDER = r"change c-old was made by an older version of Rempart: roll it back with that version"


@pytest.fixture
def units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the units of timers lie; systemd says yes to all."""
    folder = tmp_path / "units"
    folder.mkdir()
    monkeypatch.setattr(timer, "UNITS", str(folder))
    monkeypatch.setattr(timer, "RUNS", str(folder))
    monkeypatch.setattr(Place, "run", lambda *_, **__: (0, ""))
    return folder


def token_of(units: Path) -> str:
    (line,) = [one for one in (units / "rempart-lift-c-1.service").read_text().splitlines() if "ExecStart" in one]
    return line.split()[-1]


def lift(root: Root, token: str) -> dict[str, Any]:
    return change.take_back(root.place(), force=True, by="timer", lift=token)


def test_a_change_that_is_kept_for_a_time_is_undone_when_it_is_over(root: Root, units: Path) -> None:
    root.fix(ONE)
    change.keep(root.place(), 600)
    assert "OnActiveSec=600s" in (units / "rempart-lift-c-1.timer").read_text()
    assert change.status(str(root.base))["changes"]["c-1"]["armed"]
    root.path(APP).write_text("another's\n")  # the host has promised to undo it all the same
    assert words(lift(root, token_of(units))) == [(APP, "back")]
    assert not root.path(APP).exists()
    assert list(units.iterdir()) == []
    said = change.status(str(root.base))["changes"]["c-1"]
    assert (said["state"], said["by"], said["armed"]) == ("undone", "timer", False)


@pytest.mark.parametrize("seconds", [600, 0])
def test_a_time_that_began_anew_or_was_ended_is_not_over(root: Root, units: Path, seconds: int) -> None:
    root.fix(ONE)
    change.keep(root.place(), 600)
    former = token_of(units)
    change.keep(root.place(), seconds)
    assert lift(root, former)["rows"] == []
    assert root.read(APP) == "ours\n"
    assert bool(list(units.iterdir())) is bool(seconds)


def test_a_timer_for_the_end_guards_no_act_that_can_cut_the_way_in(root: Root, units: Path) -> None:
    """They are two: else a fix that goes on with the change would wait for the end of its time."""
    root.fix(ONE)
    change.keep(root.place(), 600)
    assert not timer.runs(root.place())


def test_a_check_that_is_undone_in_the_middle_leaves_the_timer_to_the_others(root: Root, units: Path) -> None:
    root.fix(ONE, TWO)
    timer.arm(root.place(), 300)
    root.undo("ONE-01")
    assert (units / "rempart-undo-c-1.timer").exists()
    root.undo()
    assert list(units.iterdir()) == []


def test_an_endpoint_whose_holder_does_not_come_back_is_taken_after_its_time(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    root.fix(ONE)
    with pytest.raises(Refusal, match=r"change c-1 of .* is under way here"):
        root.fix(TWO, name="c-2")
    later = time.time() + 3601
    monkeypatch.setattr(time, "time", lambda: later)
    assert root.fix(TWO, name="c-2")[0]["changed"]


@pytest.mark.parametrize("name", ["../x", "A", "", "c 1", "c/1", "-c1"])
def test_an_id_that_is_no_id_is_refused(name: str) -> None:
    with pytest.raises(Refusal, match="no id of a change"):
        Place(name)


def save(root: Root, state: dict[str, Any] | None = None, **more: Any) -> Path:
    """Have a change there that an older version has saved."""
    folder = root.base / "changes/c-old"
    folder.mkdir(parents=True, mode=0o700)
    entries = [{"kind": "path", "path": APP, "type": "absent", "content": True}]
    said = {"change": "c-old", "holder": "ann@desk", "begun": 1764000000, "checks": {"ONE-01": {}, "TWO-01": {}}}
    (folder / "manifest.json").write_text(json.dumps({**said, "entries": entries, **more}))
    if state is not None:
        (folder / "state").write_text(json.dumps(state))
    return folder


def test_a_change_of_an_older_version_is_listed_and_refused_by_name(root: Root) -> None:
    now = int(time.time())
    folder = save(root, {"state": "kept", "time": now, "undone": ["TWO-01"]})
    stood = {path.name: path.read_bytes() for path in folder.iterdir()}
    said = change.status(str(root.base))["changes"]["c-old"]
    assert (said["state"], said["holder"], said["begun"], said["checks"]) == (
        "older",
        "ann@desk",
        1764000000,
        ["ONE-01"],
    )
    for ask in (
        root.undo,
        lambda **_: change.resume(root.place("c-old")),
        lambda **_: change.keep(root.place("c-old")),
    ):
        with pytest.raises(Refusal, match=OLDER) as caught:
            ask(name="c-old")
        assert "version plus ancienne de Rempart" in caught.value.text[1]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == stood
    with pytest.raises(Refusal, match="no record of a change c-none"):
        root.undo(name="c-none")


def test_a_change_that_an_older_version_has_undone_is_undone(root: Root) -> None:
    save(root, {"state": "reverted", "time": 1764000000, "by": "timer"})
    said = change.status(str(root.base))["changes"]["c-old"]
    assert (said["state"], said["by"], said["checks"]) == ("undone", "timer", [])


@pytest.mark.parametrize(
    "spoiled", ["", "{", "[]", '{"checks": 1, "entries": 1}', '{"entries": [1], "checks": [1], "begun": "x"}']
)
def test_a_record_of_an_older_version_that_says_nonsense_stops_nothing(root: Root, spoiled: str) -> None:
    folder = save(root, {"state": "kept"})
    (folder / "manifest.json").write_text(spoiled)
    root.fix(ONE)
    assert "c-1" in change.status(str(root.base))["changes"]
    assert words(root.undo()) == [(APP, "back")]


def test_a_change_that_saved_nothing_is_none(root: Root) -> None:
    save(root, {"state": "kept"}, entries=[])
    assert change.status(str(root.base))["changes"] == {}


@pytest.mark.parametrize(("state", "days", "stays"), [("kept", 181, False), ("kept", 179, True), ("open", 181, True)])
def test_what_an_older_version_saved_goes_after_its_180_days(root: Root, state: str, days: int, stays: bool) -> None:
    folder = save(root, {"state": state, "time": int(time.time()) - days * 86400})
    root.fix(ONE)
    assert os.path.exists(folder) is stays

"""A run that goes on by itself, on a root without systemd: what it is told, answers, and where it ends early."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from playbooks.fix.root import Root
from rempart_fix import change, program, runner
from rempart_fix.contract import Refusal
from rempart_fix.place import Place

TOKEN = "00ff00ff"


def make_fix(root: Root, check: str) -> dict[str, Any]:
    path = root.path(f"/etc/{check.lower()}")
    dress = {"owner": str(os.geteuid()), "group": str(os.getegid())}
    return {"check": check, "files": [{"path": str(path), "content": "ours\n", **dress}]}


def asked(*fixes: dict[str, Any]) -> dict[str, Any]:
    return {"action": "fix", "fixes": list(fixes), "holder": "ann", "guard": 300, "facts": None, "before": None}


@pytest.fixture
def units(root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Have systemd-run and systemctl answer; what was started is done when the test does it."""
    began: list[list[str]] = []

    def run(_: Place, words: list[str], timeout: float = 0, stdin: bytes = b"") -> tuple[int, str]:
        began.extend([words] if words[0] == "systemd-run" else [])
        return 0, "active" if began else "inactive"

    monkeypatch.setattr(Place, "run", run)
    archive = tmp_path / "program.pyz"
    archive.write_bytes(b"the program")
    monkeypatch.setattr("sys.argv", [str(archive)])
    (root.path("/etc")).mkdir(exist_ok=True)
    return began


def call(root: Root, given: dict[str, Any] | None) -> dict[str, Any] | None:
    place = Place("c-1", base=str(root.base))
    return runner.call(place, TOKEN, given, b"the program", deadline=60, patience=0)


def test_who_was_not_heard_asks_again_and_it_is_done_once(root: Root, units: list[list[str]]) -> None:
    given = asked(make_fix(root, "AAA-01"))
    for _ in range(2):  # the second as one whose first answer was lost
        said = call(root, given)
        assert said is not None
        assert (said["running"], said["change"]) == (True, "c-1")
    assert len(units) == 1
    assert {"--property=KillMode=mixed", "--property=RuntimeMaxSec=60"} <= set(units[0])
    runner.Run("c-1", TOKEN, str(root.base)).work(program.do)
    answers = [call(root, None) for _ in range(2)]
    assert [one["changed"] for one in (said["answer"] for said in answers if said) if one] == [True, True]
    assert root.read("/etc/aaa-01") == "ours\n"


def test_what_a_run_has_said_goes_once_it_was_heard(root: Root, units: list[list[str]]) -> None:
    call(root, asked(make_fix(root, "AAA-01")))
    runner.Run("c-1", TOKEN, str(root.base)).work(program.do)
    other = runner.Run("c-1", "11ff11ff", str(root.base))
    assert other.start(asked(), b"the program", 60)
    runner.Run("c-1", TOKEN, str(root.base)).forget()
    assert [path.name for path in (root.base / "runs/c-1").iterdir()] == ["11ff11ff"]
    other.forget()
    other.forget()
    assert list((root.base / "runs").iterdir()) == []


def test_one_that_was_cut_off_or_refused_is_a_failure(root: Root, units: list[list[str]]) -> None:
    call(root, asked({"check": "AAA-01", "files": [{"path": "no path", "content": ""}]}))
    units.clear()  # killed: its unit is gone, and it has answered nothing
    with pytest.raises(Refusal, match="was cut off"):
        call(root, None)
    runner.Run("c-1", TOKEN, str(root.base)).work(program.do)
    with pytest.raises(Refusal, match="path"):
        call(root, None)


def test_where_none_can_be_started_nobody_waits_for_one(
    root: Root, units: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Place, "run", lambda *_, **__: (1, "no systemd"))
    assert call(root, asked(make_fix(root, "AAA-01"))) is None
    root.base.joinpath("runs").rename(root.base / "kept")
    root.base.joinpath("runs").write_text("in the way")
    assert call(root, asked(make_fix(root, "AAA-01"))) is None


@pytest.mark.parametrize("token", ["", "../x", "g" * 8, "0" * 40])
def test_a_run_has_no_name_but_a_number(root: Root, token: str) -> None:
    with pytest.raises(Refusal):
        runner.Run("c-1", token, str(root.base))


def test_one_that_has_to_end_finishes_its_act_takes_its_fix_back_and_begins_no_other(root: Root) -> None:
    place, told = root.place(), []

    def tell(doing: Sequence[str]) -> None:
        told.append(doing[0])
        if doing[0] == "AAA-02: changing /etc/second":
            place.stopped = ("it was told to end", "il a dû s’arrêter")

    place.tell = tell
    fixes = [
        {"check": "AAA-01", "files": [{"path": "/etc/one", "content": "ours\n"}]},
        {"check": "AAA-02", "folders": [{"path": "/etc/second"}], "files": [{"path": "/etc/two", "content": "ours\n"}]},
        {"check": "AAA-03", "files": [{"path": "/etc/three", "content": "ours\n"}]},
    ]
    done = change.fix(place, fixes)["fixes"]
    assert [one["failed"] for one in done] == [False, True, True]
    assert done[1]["why"][0] == done[2]["why"][0] == "it was told to end"
    assert {"AAA-01: changing /etc/one", "AAA-02: taking it back"} <= set(told)
    assert root.path("/etc/one").exists()
    assert not [name for name in ("second", "two", "three") if root.path(f"/etc/{name}").exists()]


def test_what_was_said_is_gone_when_its_change_has_ended_or_nobody_asks_any_more(
    root: Root, units: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "is_possible", lambda _: True)
    place = Place("c-1", base=str(root.base))
    call(root, asked(make_fix(root, "AAA-01")))
    assert runner.find_doing(place) == ["it begins", "début"]
    runner.Run("c-1", TOKEN, str(root.base)).work(program.do)
    assert runner.find_doing(place) is None
    folder = root.base / "runs/c-1" / TOKEN
    assert json.loads((folder / "answer").read_text())["answer"]["changed"]
    change.keep(place)
    assert not folder.exists()

    call(root, asked(make_fix(root, "AAA-01")))
    old = time.time() - 3 * 86400
    os.utime(folder, (old, old))
    runner.call(Place("c-2", base=str(root.base)), TOKEN, asked(), b"", deadline=60, patience=0)
    assert not folder.exists()

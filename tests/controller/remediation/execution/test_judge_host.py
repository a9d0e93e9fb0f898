"""What is kept of a wave and what is undone, by what was found on each host after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run, silent

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.playbook import Access
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.execution import revert, stage
from rempart_controller.remediation.execution.apply import Applier
from rempart_controller.remediation.execution.judge_host import judge_fix
from rempart_controller.remediation.execution.stage import ApplyOptions
from rempart_controller.remediation.records.before import note_before
from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_controller.remediation.records.plan import PlannedFix, PlannedHost
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import Evidence, Result, Run, State
from rempart_core.text import NOTHING, Text, same

FIX = PlannedFix("RMT-01", "remote_access", ("a", "b"), "high", "none", "00", (), {})
FOUND = [make_result("RMT-01", State.FAIL, ["x"]), make_result("PAT-05"), make_result("ACC-01")]


def apply_one(
    monkeypatch: pytest.MonkeyPatch,
    after: Sequence[Result],
    opens: dict[str, frozenset[str]] | None = None,
    first: Sequence[Result] | None = None,
    touches: dict[str, frozenset[str]] | None = None,
    finish: dict[str, str] | None = None,
    broken: bool = False,
    said: Mapping[str, Any] | None = None,
) -> tuple[list[str], HostOutcome]:
    """Apply a plan of one fix to one host, on which ``after`` is found then; returns which playbooks ran."""
    asked: list[str] = []
    looks = [*([first] if first else []), after]

    def play(_folder: str, name: str, *_: object, **__: object) -> Iterator[Event]:
        asked.append(name)
        answers = {
            "apply.yml": said or {},
            "finish.yml": finish or {"state": "kept"},
            "rollback.yml": {"state": "undone"},
        }
        yield Event("task", "Do it", host="web", outcome="ok", answer=answers[name], begun=name == "apply.yml")
        if name == "apply.yml" and broken:
            yield Event("task", "Fix it", "RMT-01", "web", "failed", message="no space", apart=True)

    def measure(_names: Sequence[str], _deadline: float | None = None) -> dict[str, Run]:
        return {"web": make_run("web", BEGINNING, looks.pop(0) if len(looks) > 1 else looks[0])}

    monkeypatch.setattr(stage, "play", play)
    host = PlannedHost("web", "servers", "linux", "Debian", fixes=(FIX,))
    applier = Applier(
        ApplyOptions("c-1", "ann@desk", "playbooks", 300, opens or {}, touches=touches or {}),
        Access([]),
        measure,
        Console(quiet=True),
        lambda: None,
    )
    outcomes: dict[str, HostOutcome] = {}
    applier.apply([host], {"web": note_before(host.checks, make_run("web", BEGINNING, FOUND))}, outcomes)
    return asked, outcomes["web"]


WORSE = [make_result("RMT-01"), make_result("PAT-05", State.FAIL, ["reboot"]), make_result("ACC-01")]


def test_a_change_that_opens_another_check_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, host = apply_one(monkeypatch, WORSE)
    assert asked == ["apply.yml", "rollback.yml"]
    assert (host.state, list(host.regressed), host.good) == ("reverted", ["PAT-05"], False)
    assert host.fixes["RMT-01"].outcome is Outcome.ROLLED_BACK


def test_what_one_of_its_fixes_is_known_to_open_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, host = apply_one(monkeypatch, WORSE, {"RMT-01": frozenset({"PAT-05"})})
    assert asked == ["apply.yml", "finish.yml"]
    assert (host.state, host.regressed, host.good) == ("kept", {}, True)


@pytest.mark.parametrize(
    "opens", [{"PAT-01": frozenset({"PAT-05"})}, {"RMT-01": frozenset({"ACC-01"})}], ids=["not planned", "another"]
)
def test_what_a_fix_opens_excuses_nothing_else(
    monkeypatch: pytest.MonkeyPatch, opens: dict[str, frozenset[str]]
) -> None:
    asked, host = apply_one(monkeypatch, WORSE, opens)
    assert asked == ["apply.yml", "rollback.yml"]
    assert host.state == "reverted"


@pytest.mark.parametrize("check", ["RMT-01", "ACC-01"])
@pytest.mark.parametrize("state", [State.NOT_CHECKED, State.ERROR])
def test_what_can_not_be_judged_any_more_is_worse_and_the_change_is_undone(
    monkeypatch: pytest.MonkeyPatch, check: str, state: State
) -> None:
    after = [make_result(one.check) for one in FOUND if one.check != check]
    asked, host = apply_one(monkeypatch, [*after, make_result(check, state, failure="part")])
    assert asked == ["apply.yml", "rollback.yml"]
    assert (host.state, host.unseen, list(host.regressed), host.good) == ("reverted", (check,), [check], False)


def test_what_answers_the_second_time_was_only_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = [make_result("RMT-01"), make_result("PAT-05", State.ERROR, failure="timeout"), make_result("ACC-01")]
    whole = [make_result("RMT-01"), make_result("PAT-05"), make_result("ACC-01")]
    asked, host = apply_one(monkeypatch, whole, first=slow)
    assert asked == ["apply.yml", "finish.yml"]
    assert (host.state, host.good) == ("kept", True)


def test_what_another_made_worse_is_told_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    aged = make_result(
        "PAT-05", State.FAIL, ["last good backup"], sql={"query": "SELECT 1 FROM file WHERE path = '/b'"}
    )
    after = [make_result("RMT-01"), aged, make_result("ACC-01")]
    asked, host = apply_one(monkeypatch, after, touches={"RMT-01": frozenset({"/etc/ssh"})})
    assert asked == ["apply.yml", "finish.yml"]
    assert (host.state, host.regressed, list(host.others)) == ("kept", {}, ["PAT-05"])
    assert "made worse by another, not by this change: PAT-05 reads /b" in host.notes[0].en
    asked, host = apply_one(monkeypatch, after, touches={"RMT-01": frozenset({"/b"})})
    assert (asked[-1], host.state) == ("rollback.yml", "reverted")


WROTE = ["file", "/etc/ssh/sshd_config.d/00-rempart-rmt-01.conf"]


@pytest.mark.parametrize(
    ("loaded", "acts", "state"),
    [
        (["reload ssh.service"], [WROTE, ["package", "auditd"]], "kept"),
        ([], [WROTE], "reverted"),  # that sshd has read what we wrote is not proved
        (["restart auditd"], [WROTE], "reverted"),
        ([], [["file", "/etc/login.defs"]], "kept"),  # none of it is for sshd
        (None, [], "reverted"),  # what the fix did is not known
    ],
)
def test_an_edit_of_sshd_by_another_in_the_middle_of_an_apply_does_not_undo_it(
    monkeypatch: pytest.MonkeyPatch, loaded: list[str] | None, acts: list[list[str]], state: str
) -> None:
    seen = {"item": "configuration in force", "ok": ""}
    seen["observed"] = "/etc/ssh/sshd_config changed after it was started or reloaded"
    unread = make_result("RMT-01", State.ERROR, failure="undecided", evidence=Evidence([seen], 0, 1, 0))
    fix = {"check": "RMT-01", "acts": acts, "failed": "", "loaded": loaded}
    said = {"fixes": [fix] if loaded is not None else []}
    _, host = apply_one(monkeypatch, [unread, make_result("PAT-05"), make_result("ACC-01")], said=said)
    assert (host.state, host.good) == (state, False)
    assert list(host.others) == (["RMT-01"] if state == "kept" else [])
    if state == "kept":
        assert host.fixes["RMT-01"].outcome is Outcome.STILL_FAILING
        assert "/etc/ssh/sshd_config was changed after sshd had read" in host.notes[0].en


@pytest.mark.parametrize(
    ("by", "said"), [("timer", "its timer rolled back"), ("rollback", "somebody rolled back"), ("", "somebody")]
)
def test_the_timer_is_blamed_only_where_it_did_it(monkeypatch: pytest.MonkeyPatch, by: str, said: str) -> None:
    whole = [make_result("RMT-01"), make_result("PAT-05"), make_result("ACC-01")]
    _, host = apply_one(monkeypatch, whole, finish={"state": "reverted", "by": by})
    assert host.state == "reverted"
    assert host.notes[0].en.startswith(said)
    assert host.fixes["RMT-01"].reason == host.notes[0]


def test_nobody_is_blamed_where_the_only_fix_failed_and_we_took_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    same = [make_result("RMT-01", State.FAIL, ["root"]), make_result("PAT-05"), make_result("ACC-01")]
    ended = {"state": "reverted", "by": "rollback"}
    _, host = apply_one(monkeypatch, same, finish=ended, broken=True)
    assert host.fixes["RMT-01"].outcome is Outcome.ROLLED_BACK
    assert "no space" in host.fixes["RMT-01"].reason.en
    assert not [note for note in host.notes if "somebody" in note.en]


def test_a_host_that_does_not_answer_after_its_change_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revert.time, "monotonic", iter(range(0, 10**9, 10**4)).__next__)  # nobody waits for timers
    asked, host = apply_one(monkeypatch, silent("web", BEGINNING, ["RMT-01", "PAT-05"]).results)
    assert asked == ["apply.yml"]
    assert (host.state, host.fixes["RMT-01"].outcome) == ("lost", Outcome.LOST)


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.PASS, Outcome.FIXED),
        (State.NOT_APPLICABLE, Outcome.FIXED),
        (State.FAIL, Outcome.STILL_FAILING),
        (State.ERROR, Outcome.STILL_FAILING),
        (State.NOT_CHECKED, Outcome.STILL_FAILING),
    ],
)
def test_only_what_is_seen_to_be_mended_is_fixed(state: State, outcome: Outcome) -> None:
    after = make_result("RMT-01", state, ["y"])
    found = judge_fix((same("x: bad"),), after)
    assert found.outcome is outcome
    assert (found.before, found.after) == ((same("x: bad"),), (Text("y: bad", "y\u00a0: bad"),))
    assert found.reason == (NOTHING if outcome is Outcome.FIXED else after.reason)


def test_what_was_not_asked_again_is_not_fixed() -> None:
    found = judge_fix((same("x: bad"),), None)
    assert (found.outcome, found.reason.en) == (Outcome.STILL_FAILING, "it was not asked again")

"""What hosts answer to an undo, and what is asked of them then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run, silent

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_controller.remediation.undo.undo import Undoer, Undone, note_undone
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import State
from rempart_core.text import same


def answer(*again: str, kept: int = 2, failed: tuple[str, ...] = ()) -> dict[str, Any]:
    named = [{"id": check, "role": "r"} for check in again]
    shared = {check: ["/etc/main"] for check in again}
    more = {"shared": shared, "again": named, "kept": ["K-01", "K-02"][:kept], "failed": list(failed)}
    return {"state": "reverted", "restored": ["/etc/main"], **more}


class Script:
    """Plays what it is given, one playbook after the other, and remembers what was asked."""

    def __init__(self, *plays: list[Event]) -> None:
        self._plays = list(plays)
        self.asked: list[tuple[str, Mapping[str, Mapping[str, Any]]]] = []

    def __call__(self, name: str, variables: Mapping[str, Mapping[str, Any]]) -> Iterable[Event]:
        self.asked.append((name, variables))
        return self._plays.pop(0)


def undo(script: Script, *checks: str) -> tuple[Undoer, Undone]:
    undoer, done = Undoer("c-1", script, force=False), dict[str, Undone]()
    undoer.undo({"web": "00"}, checks, done)
    return undoer, done["web"]


def test_what_was_restored_in_part_is_said_and_what_runs_again_is_left_alone() -> None:
    script = Script(
        [
            Event("task", "Undo", host="web", outcome="ok", answer=answer("RMT-02", failed=("/etc/x: refused",))),
            Event("task", "Expect that all could be restored", host="web", outcome="failed", message="/etc/x: refused"),
        ]
    )
    _, done = undo(script, "RMT-01")
    assert (done.failures, done.also, list(done.again)) == ([same("/etc/x: refused")], {}, ["RMT-02"])
    assert len(script.asked) == 1


def test_recorded_acts_that_are_not_taken_back_and_fixes_that_are_not_done_anew_are_failures() -> None:
    row = {"word": "failed", "checks": ["RMT-01"], "target": "/etc/x", "why": ["read-only", "lecture seule"]}
    failed = {"check": "RMT-03", "change": "c-2", "failed": True, "why": ["no timer", "pas de minuteur"]}
    again = {"check": "RMT-04", "failed": False, "acts": [{"target": "/etc/main"}, {"target": "/etc/own"}]}
    back = {"word": "back", "target": "/etc/main"}
    script = Script(
        [
            Event(
                "task",
                "Take back",
                host="web",
                outcome="ok",
                answer={"rows": [row, back], "again": [again], "elsewhere": [failed]},
            ),
            Event("task", "Undo", host="web", outcome="ok", answer=answer("RMT-02")),
            Event("task", "Expect that all could be restored", host="web", outcome="failed", message="/etc/x"),
        ]
    )
    _, done = undo(script, "RMT-01")
    assert [one.en for one in done.failures] == [
        "could not be rolled back: RMT-01  /etc/x  read-only",
        "RMT-03 c-2: could not be applied again: no timer",
    ]
    assert (done.again, done.also) == ({"RMT-04": ["/etc/main"], "RMT-02": ["/etc/main"]}, {})


def test_where_a_handler_fails_all_that_ran_again_is_undone() -> None:
    script = Script(
        [
            Event("task", "Undo", host="web", outcome="ok", answer=answer("RMT-02", "RMT-03")),
            Event("task", "Test the configuration of sshd", host="web", outcome="failed", message="line 3"),
        ],
        [Event("task", "Undo", host="web", outcome="ok", answer=answer(kept=0))],
    )
    _, done = undo(script, "RMT-01")
    assert script.asked[1][1]["web"]["checks"] == ["RMT-02", "RMT-03"]
    assert set(done.also) == {"RMT-02", "RMT-03"}
    assert (done.whole, done.again) == (True, {})


@pytest.mark.parametrize("answers", [True, False])
def test_the_rest_is_kept_only_on_a_host_that_answers_anew(answers: bool) -> None:
    script = Script([Event("task", "Undo", host="web", outcome="ok", answer=answer("RMT-02"))], [])
    undoer, done = undo(script, "RMT-01")
    run = make_run("web", BEGINNING, [make_result("RMT-02")]) if answers else silent("web", BEGINNING, ["RMT-02"])
    undoer.keep({"web": done}, {"web": run})
    assert [name for name, _ in script.asked] == ["rollback.yml", "finish.yml"][: 1 + answers]
    assert done.silent is not answers
    assert bool(done.failures) is not answers


def test_a_kept_check_that_does_not_pass_any_more_is_told() -> None:
    host = HostOutcome("web", "kept", {check: FixOutcome(Outcome.FIXED) for check in ("RMT-01", "RMT-02", "RMT-03")})
    done = Undone(checks={"RMT-01"}, again={"RMT-02": [], "RMT-03": []})
    states = {"RMT-01": State.FAIL, "RMT-02": State.FAIL, "RMT-03": State.PASS}
    run = make_run("web", BEGINNING, [make_result(check, state, ["x"]) for check, state in states.items()])
    assert note_undone(host, done, run) == ["RMT-02"]
    assert host.state == "kept"
    assert host.fixes["RMT-01"].outcome is Outcome.ROLLED_BACK

"""What hosts answer to an undo, and what is asked of them then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run, silent

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.records.outcome import FixOutcome, HostOutcome
from rempart_controller.remediation.undo.undo import Undoer, Undone, note_undone
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import State
from rempart_core.text import Text


def answer(*again: str, state: str = "kept", rows: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    done = [{"check": check, "failed": False, "acts": [{"target": "/etc/main"}]} for check in again]
    found = rows or [{"word": "back", "checks": ["RMT-01"], "target": "/etc/main"}]
    return {"state": state, "rows": found, "again": done, "elsewhere": []}


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
    undoer.undo(["web"], checks, done)
    return undoer, done["web"]


def test_acts_that_are_not_taken_back_and_fixes_that_are_not_done_anew_are_failures() -> None:
    row = {"word": "failed", "checks": ["RMT-01"], "target": "/etc/x", "why": ["read-only", "lecture seule"]}
    failed = {"check": "RMT-03", "change": "c-2", "failed": True, "why": ["no timer", "pas de minuteur"]}
    again = {"check": "RMT-04", "failed": False, "acts": [{"target": "/etc/main"}, {"target": "/etc/own"}]}
    back = {"word": "back", "target": "/etc/main"}
    said = {"state": "open", "rows": [row, back], "again": [again], "elsewhere": [failed]}
    script = Script(
        [
            Event("task", "Undo", host="web", outcome="ok", answer=said),
            Event("task", "Expect that all could be taken back", host="web", outcome="failed", message="/etc/x"),
        ]
    )
    _, done = undo(script, "RMT-01")
    assert [one.en for one in done.failures] == [
        "could not be rolled back: RMT-01  /etc/x  read-only",
        "RMT-03 c-2: could not be applied again: no timer",
    ]
    assert (done.again, done.whole) == ({"RMT-04": ["/etc/main"]}, False)


def test_a_host_that_refuses_says_why_and_nothing_counts_as_undone() -> None:
    why = Text("change c-1 was made by an older version of Rempart", "une version plus ancienne")
    _, done = undo(Script([Event("task", "Undo", host="web", outcome="failed", message=why.en, french=why.fr)]))
    assert done.failures == [why]
    assert (done.whole, done.silent) == (False, False)


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

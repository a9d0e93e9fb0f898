"""A host that does not answer when Ctrl-C is pressed twice: who undoes it, and until when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run, silent

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.ansible.playbook import Access
from rempart_controller.remediation.ansible.progress_line import Console
from rempart_controller.remediation.execution import stage
from rempart_controller.remediation.execution.apply import Applier
from rempart_controller.remediation.execution.stage import ApplyOptions
from rempart_controller.remediation.records.before import note_before
from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_controller.remediation.records.plan import PlannedFix, PlannedHost
from rempart_core.model.fix_outcome import Outcome
from rempart_core.model.result import Run, State

FIX = PlannedFix("RMT-01", "remote_access", ("a", "b"), "high", "lockout", "00", (), {})
HOST = PlannedHost("web", "servers", "linux", "Debian", fixes=(FIX,))


@pytest.mark.parametrize("armed", [True, False])
def test_a_host_that_does_not_answer_is_left_to_its_timer_and_it_is_said_until_when(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, armed: bool
) -> None:
    stop = tmp_path / "stop"
    asked: list[str] = []

    def play(_folder: str, name: str, _access: object, told: dict[str, Any], **options: Any) -> Iterator[Event]:
        asked.append(name)
        assert not told["web"].get("force")  # nobody has asked for it: acts that another was at since are left
        assert bool(options["stop"]) is (name == "apply.yml")  # what undoes is never stopped
        if name == "apply.yml":
            yield Event("task", "Fix it", host="web", outcome="changed", answer={"guarded": armed}, begun=True)
            stop.touch()
            return
        yield Event("task", "Undo", host="web", outcome="unreachable", message="no route")

    monkeypatch.setattr(stage, "play", play)

    def measure(names: object, deadline: float | None = None) -> dict[str, Run]:
        return {"web": silent("web", BEGINNING, ["RMT-01"])}

    waits: list[bool] = []
    options = ApplyOptions("c-1", "ann@desk", "playbooks", 300, stop=str(stop), waits=waits.append)
    applier = Applier(options, Access([]), measure, Console(quiet=True), lambda: None)
    outcomes: dict[str, HostOutcome] = {}
    before = note_before(HOST.checks, make_run("web", BEGINNING, [make_result("RMT-01", State.FAIL, ["x"])]))
    applier.apply([HOST], {"web": before}, outcomes)
    assert asked == ["apply.yml", "rollback.yml"]
    assert waits == [True, False]
    assert outcomes["web"].state == "lost"
    assert outcomes["web"].fixes["RMT-01"].outcome is Outcome.LOST
    said = "; ".join(note.en for note in outcomes["web"].notes)
    wanted = (
        r"its own timer rolls back the change by \d\d:\d\d:\d\d UTC"
        if armed
        else "when it answers again, run `rempart rollback c-1`"
    )
    assert re.search(wanted, said), said

"""What is kept of a wave and what is undone, by what was found on each host after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run, silent

from rempart_controller.remediation import applying
from rempart_controller.remediation.applying import Applier, Manner, note_before
from rempart_controller.remediation.outcome import HostOutcome
from rempart_controller.remediation.planfile import PlannedFix, PlannedHost
from rempart_controller.remediation.playbook import Access, Event
from rempart_core.outcome import Outcome
from rempart_core.result import Result, Run, State

FIX = PlannedFix("RMT-01", "remote_access", ("a", "b"), "high", "none", "00", (), {})
FOUND = [make_result("RMT-01", State.FAIL, ["x"]), make_result("PAT-05"), make_result("ACC-01")]


def apply_one(
    monkeypatch: pytest.MonkeyPatch, after: Sequence[Result], opens: dict[str, frozenset[str]] | None = None
) -> tuple[list[str], HostOutcome]:
    """Apply a plan of one fix to one host, on which ``after`` is found then; returns which playbooks ran."""
    asked: list[str] = []

    def play(_folder: str, name: str, *_: object, **__: object) -> Iterator[Event]:
        asked.append(name)
        answers = {
            "apply.yml": {"digest": "00"},
            "finish.yml": {"state": "kept"},
            "rollback.yml": {"state": "reverted"},
        }
        yield Event("task", "Do it", host="web", outcome="ok", answer=answers[name])

    def measure(_names: Sequence[str], _deadline: float | None = None) -> dict[str, Run]:
        return {"web": make_run("web", BEGINNING, after)}

    monkeypatch.setattr(applying, "play", play)
    host = PlannedHost("web", "servers", "linux", "Debian", fixes=(FIX,))
    applier = Applier(
        Manner("c-1", "ann@desk", "playbooks", 300, opens or {}), Access([]), measure, lambda *_: None, lambda: None
    )
    outcomes: dict[str, HostOutcome] = {}
    applier.apply([host], {"web": note_before(host, make_run("web", BEGINNING, FOUND))}, outcomes)
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


def test_a_fix_whose_check_can_not_be_judged_any_more_is_not_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    unseen = make_result("RMT-01", State.NOT_CHECKED, failure="part")
    _, host = apply_one(monkeypatch, [unseen, make_result("PAT-05"), make_result("ACC-01")])
    assert host.fixes["RMT-01"].outcome is Outcome.STILL_FAILING
    assert (host.unseen, host.good) == (("RMT-01",), False)


def test_a_host_that_does_not_answer_after_its_change_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying.time, "monotonic", iter(range(0, 10**9, 10**4)).__next__)  # nobody waits for timers
    asked, host = apply_one(monkeypatch, silent("web", BEGINNING, ["RMT-01", "PAT-05"]).results)
    assert asked == ["apply.yml"]
    assert (host.state, host.fixes["RMT-01"].outcome) == ("lost", Outcome.LOST)

"""What becomes of a host on which fixes fail or that gets lost: it goes by whether it may have begun to change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.execution.fix_wave import WaveFixer
from rempart_controller.remediation.execution.revert import Reverter
from rempart_controller.remediation.execution.stage import Stage
from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_controller.remediation.records.plan import PlannedFix
from rempart_core.model.fix_outcome import Outcome
from rempart_core.text import NOTHING

LOCKED = "change c-2 of ann@desk is under way here"


def plan(check: str) -> PlannedFix:
    return PlannedFix(check, "remote_access", ("a", "b"), "high", "none", "00", (), {})


def fix(*runs: list[Event], checks: tuple[str, ...] = ("RMT-01", "RMT-02")) -> tuple[HostOutcome, list[list[str]]]:
    """Run the fixes of a host, whose runs go as they are given; returns what was undone alone too."""
    left, undone = list(runs), list[list[str]]()

    def play(_name: str, _variables: object) -> Iterator[Event]:
        yield from left.pop(0)

    def lose(host: HostOutcome, _why: object) -> None:
        host.state = "lost"

    class Undo:
        def undo_part(self, parts: Mapping[str, list[str]], _outcomes: object) -> None:
            undone.extend(parts.values())

        def undo(self, _names: object, outcomes: Mapping[str, HostOutcome]) -> None:
            undone.append(["all"])
            outcomes["web"].state = "reverted"

    options = SimpleNamespace(change="c-1", holder="ann@desk", closed=lambda _: NOTHING)
    stage: Any = SimpleNamespace(play=play, lose=lose, options=options, halted=False, patience=lambda _: 300)
    outcomes = {"web": HostOutcome("web", "open")}
    WaveFixer(cast(Stage, stage), cast(Reverter, Undo())).fix({"web": [plan(check) for check in checks]}, outcomes)
    assert left == []
    return outcomes["web"], undone


def fail(check: str, message: str, **more: Any) -> Event:
    return Event("task", "Do it", check, "web", "failed", message=message, checks=[check], **more)


def test_where_the_call_itself_is_refused_nothing_was_changed_and_nothing_is_undone() -> None:
    host, undone = fix([fail("RMT-01", LOCKED), fail("RMT-02", LOCKED)])
    assert (host.state, undone) == ("untouched", [])
    assert {one.outcome for one in host.fixes.values()} == {Outcome.NOT_APPLIED}
    assert LOCKED in host.fixes["RMT-01"].reason.en


@pytest.mark.parametrize("begun", [True, False])
def test_a_fix_that_fails_is_undone_alone_where_it_may_have_left_something(begun: bool) -> None:
    done = Event("task", "Do it", "RMT-02", "web", "changed", begun=True)
    host, undone = fix([fail("RMT-01", "no space", begun=begun)], [done])
    assert (host.state, host.begun) == ("open", True)
    assert undone == ([["RMT-01"]] if begun else [])
    assert host.fixes["RMT-01"].outcome is Outcome.ROLLED_BACK


@pytest.mark.parametrize(("begun", "state"), [(True, "lost"), (False, "untouched")])
def test_a_host_that_gets_lost_is_waited_for_only_where_it_may_have_begun(begun: bool, state: str) -> None:
    host, undone = fix([Event("task", "Do it", "", "web", "unreachable", message="no route", begun=begun)])
    assert (host.state, undone) == (state, [])
    assert all(one.outcome is Outcome.NOT_APPLIED for one in host.fixes.values())


def test_what_fails_of_no_fix_undoes_all_that_was_begun() -> None:
    done = Event("task", "Do it", "RMT-01", "web", "changed", begun=True)
    host, undone = fix([done, Event("task", "Reboot", "", "web", "failed", message="it does not come back")])
    assert (host.state, undone) == ("reverted", [["all"]])

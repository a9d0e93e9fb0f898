"""Who undid a change is said as the endpoint has noted it, and a timer is named only where one did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.execution.revert import TIMER, Reverter
from rempart_controller.remediation.execution.stage import Stage
from rempart_controller.remediation.records.outcome import HostOutcome
from rempart_core.messages.say import say_both


def undo(*answers: Mapping[str, Any], outcome: str = "ok") -> HostOutcome:
    """Return what an undo comes to on a host whose modules answer one after the other."""

    def play(_playbook: str, _variables: object) -> Iterator[Event]:
        for answer in answers:
            yield Event("task", "Undo", host="web", outcome=outcome, answer=dict(answer))

    stage = SimpleNamespace(play=play, options=SimpleNamespace(change="c-1"))
    outcomes = {"web": HostOutcome("web")}
    Reverter(cast(Stage, stage)).undo(["web"], outcomes)
    return outcomes["web"]


def test_a_timer_that_undid_the_change_is_named_once() -> None:
    said = {"state": "undone", "before": "timer"}
    host = undo(said, said)
    assert (host.state, host.notes) == ("reverted", [say_both(TIMER)])


def test_a_host_that_never_began_is_as_it_was() -> None:
    host = undo({"state": "unknown"})
    assert (host.state, host.notes) == ("reverted", [])


@pytest.mark.parametrize("before", ["", "rollback"])
def test_no_timer_is_named_where_none_undid_it(before: str) -> None:
    host = undo({"state": "undone", "before": before})
    assert (host.state, host.notes) == ("reverted", [])


def test_a_host_whose_undo_failed_is_lost_and_no_timer_is_named() -> None:
    host = undo({"before": "timer"}, outcome="failed")
    assert host.state == "lost"
    assert say_both(TIMER) not in host.notes

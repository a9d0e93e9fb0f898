"""Fixes that were done in one call: each is told as if its own task had done it."""

from __future__ import annotations

from typing import Any

import pytest

from rempart_controller.remediation.ansible.answer import read_reports
from rempart_controller.remediation.ansible.callback_plugins.rempart_events import (
    _part,
    _read_left,
)
from rempart_controller.remediation.ansible.event import Event
from rempart_controller.remediation.execution.fix_wave import _Failures, _note
from rempart_controller.remediation.records.plan import PlannedFix
from rempart_core.text import Text

FIX = PlannedFix("RMT-01", "remote_access", ("a", "b"), "high", "lockout", "00", (), {})
NAMES = [["KRN-01 | Protect memory", "KRN-01"], ["RMT-01 | Refuse root", "RMT-01"]]
DONE = {"failed": False, "changed": True, "why": ["", ""], "diff": [], "acts": []}
DONE["effects"] = [{"name": "reload ssh.service", "word": "done"}]
BAD = {"failed": True, "changed": False, "why": ["no space", "plus de place"], "diff": [], "acts": []}
BAD["effects"] = [{"name": "reload ssh.service", "word": "failed"}, {"name": "restart auditd", "word": "nothing"}]


def test_one_that_failed_is_told_alone_and_the_others_went_on() -> None:
    first, second = _part({"answer": {"fixes": [{"check": "KRN-01", **DONE}, {"check": "RMT-01", **BAD}]}}, NAMES)
    assert (first["check"], first["outcome"], first["task"]) == ("KRN-01", "changed", "KRN-01 | Protect memory")
    assert (second["check"], second["outcome"], second["message"]) == ("RMT-01", "failed", "no space")
    assert first["apart"]
    assert second["apart"]
    assert first["answer"]["fixes"][0]["loaded"] == ["reload ssh.service"]
    assert second["answer"]["fixes"][0]["loaded"] == []
    assert read_reports(second["answer"])[0].why == Text("no space", "plus de place")
    found = _Failures()
    _note(found, Event(kind="task", host="web", **second), [FIX])
    assert found.checks["RMT-01"] == Text(
        "RMT-01 | Refuse root: no space", "«\u00a0RMT-01 | Refuse root\u00a0»\u00a0: plus de place"
    )


@pytest.mark.parametrize("answer", [None, {}, {"fixes": []}, {"fixes": [DONE]}, {"fixes": [DONE, DONE, DONE]}])
def test_where_the_host_does_not_say_what_became_of_each_all_have_failed(answer: Any) -> None:
    told = list(
        _part({"answer": answer, "msg": "another change is under way", "msg_fr": "un autre est en cours"}, NAMES)
    )
    assert [(one["check"], one["outcome"], one["apart"]) for one in told] == [
        ("KRN-01", "failed", False),
        ("RMT-01", "failed", False),
    ]
    assert {(one["message"], one["french"]) for one in told} == {
        ("another change is under way", "un autre est en cours")
    }
    (silent, _) = _part({"answer": answer}, NAMES)
    assert silent["message"] == "the host does not say what became of it"
    assert silent["french"].startswith("la machine ne dit pas")


def test_a_host_says_how_long_its_own_timer_waits_and_no_nonsense_counts() -> None:
    said = [{"answer": {"left": 290}}, {"answer": {"left": "soon"}}, {"answer": {"left": None}}, {"answer": None}, {}]
    assert [_read_left(one) for one in said] == [290.0, 0.0, 0.0, 0.0, 0.0]

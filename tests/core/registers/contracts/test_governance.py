"""Decisions and their ends."""

from __future__ import annotations

from rempart_core.registers.contract import Kind
from rempart_core.registers.contracts.governance import GOVERNANCE

BY_NAME = {one.name: one for one in GOVERNANCE}


def test_an_acceptance_has_a_signer_a_reason_and_an_end() -> None:
    needed = {one.name: one.kind for one in BY_NAME["acceptances"].columns if one.required}
    assert needed.keys() >= {"by", "reason", "until"}
    assert needed["until"] is Kind.DUE


def test_nothing_accepted_planned_or_changed_is_an_answer() -> None:
    empty = {one.name for one in GOVERNANCE if one.may_be_empty}
    assert empty == {"changes", "treatments", "acceptances", "actions", "applicability"}

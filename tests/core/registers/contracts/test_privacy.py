"""Breaches, processing and processors."""

from __future__ import annotations

from rempart_core.registers.contract import Kind
from rempart_core.registers.contracts.privacy import PRIVACY

BY_NAME = {one.name: one for one in PRIVACY}


def test_a_breach_can_be_entered_in_its_first_hour_and_no_breach_is_an_answer() -> None:
    breaches = BY_NAME["breaches"]
    assert [one.name for one in breaches.columns if one.required] == ["id", "what", "aware"]
    assert breaches.unproven
    assert breaches.may_be_empty


def test_the_clock_of_72_hours_needs_times() -> None:
    kinds = {one.name: one.kind for one in BY_NAME["breaches"].columns}
    assert {kinds[name] for name in ("aware", "assessed", "notified", "informed")} == {Kind.TIME}

"""Rights, departures, keys and doors."""

from __future__ import annotations

from rempart_core.registers.contract import Kind
from rempart_core.registers.contracts.access import ACCESS

BY_NAME = {one.name: one for one in ACCESS}


def test_a_departure_is_kept_to_the_hour_and_may_be_open() -> None:
    kinds = {one.name: (one.kind, one.required) for one in BY_NAME["departures"].columns}
    assert (kinds["left"], kinds["closed"]) == ((Kind.TIME, True), (Kind.TIME, False))


def test_exports_are_as_old_as_their_list() -> None:
    assert {one.name for one in ACCESS if not one.dated} == {"second_factor", "escrow"}

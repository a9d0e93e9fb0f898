"""The roster and what each person has signed."""

from __future__ import annotations

from rempart_core.registers.contract import Kind
from rempart_core.registers.contracts.roster import ROSTER

BY_NAME = {one.name: one for one in ROSTER}


def test_access_and_departure_may_be_planned() -> None:
    kinds = {one.name: one.kind for one in BY_NAME["people"].columns}
    assert (kinds["access_from"], kinds["left"]) == (Kind.DUE, Kind.DUE)


def test_what_a_person_has_signed_goes_with_the_person() -> None:
    assert {one.name: one.subject for one in ROSTER} == {
        "organisation": "", "people": "id", "undertakings": "person", "notices": "person", "signers": "",
    }  # fmt: skip

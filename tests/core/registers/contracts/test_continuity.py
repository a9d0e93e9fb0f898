"""Assets, restores, exercises and who watches."""

from __future__ import annotations

from rempart_core.registers.contract import Kind
from rempart_core.registers.contracts.continuity import CONTINUITY

BY_NAME = {one.name: one for one in CONTINUITY}


def test_a_restore_says_what_it_is_measured_by() -> None:
    needed = {one.name for one in BY_NAME["restores"].columns if one.required and one.kind is Kind.COUNT}
    assert needed == {"minutes", "rto_minutes", "data_age_minutes", "rpo_minutes"}


def test_an_asset_may_be_listed_before_it_is_classified() -> None:
    assert [one.name for one in BY_NAME["assets"].columns if one.required] == ["host"]
    (criticality,) = [one for one in BY_NAME["assets"].columns if one.name == "criticality"]
    assert criticality.choices == ("G1", "G2", "G3", "G4")

"""The registers fit together, and each organisational control has one to ask."""

from __future__ import annotations

import pytest

from rempart_core.registers.catalogue import CONTRACTS
from rempart_core.registers.contract import DATES, TIMES, Kind


def test_every_organisational_control_has_a_register() -> None:
    asked = {control for contract in CONTRACTS.values() for control in contract.controls}
    assert asked == {f"ORG-{number:02}" for number in range(1, 25)}


def test_what_others_need_is_read_before_them() -> None:
    assert list(CONTRACTS)[:2] == ["organisation", "people"]


@pytest.mark.parametrize("name", CONTRACTS)
def test_a_register_holds_together(name: str) -> None:
    contract = CONTRACTS[name]
    columns = {one.name: one for one in contract.columns}
    assert len(columns) == len(contract.columns)
    assert set(contract.key) <= set(columns)
    assert contract.single or contract.key
    assert not contract.dated or columns[contract.dated].kind in DATES | TIMES
    assert not contract.subject or columns[contract.subject].personal
    assert {one.name for one in contract.columns if one.choices} == {
        one.name for one in contract.columns if one.kind is Kind.CHOICE
    }
    sql = [name for name, _ in contract.sql_columns]
    assert len(set(sql)) == len(sql)


def test_scores_of_people_are_personal() -> None:
    scores = {one.name for one in CONTRACTS["awareness_tests"].columns if one.personal}
    assert scores == {"person", "score"}
    assert not any(one.kind is Kind.PERSON for one in CONTRACTS["phishing"].columns), "teams alone"

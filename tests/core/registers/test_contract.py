"""What a register holds, and what else its rows need to be judged."""

from __future__ import annotations

from rempart_core.registers.contract import Contract, Kind, optional, required


def test_rows_that_name_people_need_the_roster_and_its_headcount() -> None:
    assert Contract("x", (), (required("by", Kind.PERSON),), ()).needs == ("people", "organisation")
    assert Contract("x", (), (required("site"),), ()).needs == ()
    assert Contract("people", (), (required("id", Kind.ID),), ()).needs == ("organisation",)


def test_a_column_with_a_person_is_personal() -> None:
    assert required("by", Kind.PERSON).personal
    assert optional("by", Kind.PERSON).personal
    assert not optional("site").personal


def test_columns_of_sql_are_those_that_are_written_and_those_that_are_computed() -> None:
    contract = Contract(
        "x", (), (required("n", Kind.COUNT), optional("until", Kind.DUE), optional("at", Kind.TIME)), ()
    )
    assert dict(contract.sql_columns) == {
        "n": "INTEGER", "until": "TEXT", "at": "TEXT",
        "evidence": "TEXT", "sha256": "TEXT", "reference": "TEXT", "proof": "TEXT",
        "until_in_days": "INTEGER", "at_epoch": "INTEGER",
        "age_days": "INTEGER", "trouble": "TEXT", "trouble_value": "TEXT", "line": "INTEGER",
    }  # fmt: skip
    assert contract.written == ("n", "until", "at", "evidence", "sha256", "reference")

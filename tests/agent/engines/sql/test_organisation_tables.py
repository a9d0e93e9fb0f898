"""The tables of an organisation: those of registers by their contracts, and results of machines that grow old."""

from __future__ import annotations

import pytest

from rempart_agent.engines.sql import organisation_tables
from rempart_agent.engines.sql.database import Database
from rempart_agent.engines.sql.given_rows import CaseReader
from rempart_agent.tables.read import UnknownTable
from rempart_core.registers.catalogue import CONTRACTS

ASK = "SELECT host FROM org_hosts WHERE max_age_d = 2"


def test_each_register_is_a_table_with_the_columns_of_its_contract() -> None:
    for name, contract in CONTRACTS.items():
        columns = {column.name: column.type for column in organisation_tables.columns(f"org_{name}")}
        assert columns == dict(contract.sql_columns)
    assert {f"org_{name}" for name in CONTRACTS} < set(organisation_tables.names())
    with pytest.raises(UnknownTable):
        organisation_tables.columns("people")


@pytest.mark.parametrize(
    ("ages", "kind"), [((0, 90), ""), ((2,), ""), ((3, 4), "not_kept"), ((), "not_kept"), ((None,), "not_kept")]
)
def test_the_newest_result_decides_whether_results_are_too_old(ages: tuple[int | None, ...], kind: str) -> None:
    rows = [{"host": f"web-{number}", "age_days": age} for number, age in enumerate(ages)]
    answer = Database(CaseReader("organisation", {"org_hosts": rows}, live=True)).query(ASK, 10)
    assert (answer.failure.kind if answer.failure else "") == kind
    assert len(answer.rows) == (0 if kind else len(ages))


def test_who_does_not_say_how_old_a_result_may_be_is_told_so() -> None:
    answer = Database(CaseReader("organisation", {}, live=True)).query("SELECT host FROM org_hosts", 10)
    assert answer.failure is not None
    assert answer.failure.kind == "constraint"


def test_why_there_is_no_result_is_told_in_both_languages() -> None:
    answer = Database(CaseReader("organisation", {}, live=True)).query(ASK, 10)
    assert answer.failure is not None
    assert answer.failure.said is not None
    assert "--live RUNS.jsonl" in answer.failure.message

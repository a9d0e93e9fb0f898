"""Rows for which a policy passes and fails: what is found was answered by the real SQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rempart_controller.imports.example_rows import Reads, Sampler
from rempart_core.messages.message import Message


@pytest.fixture(scope="module")
def sampler() -> Iterator[Sampler]:
    sampler = Sampler("darwin")
    yield sampler
    sampler.close()


def reads(sampler: Sampler, sql: str) -> Reads:
    found = sampler.find_reads(sql)
    assert isinstance(found, Reads), found
    return found


def test_a_table_of_which_no_column_is_read_is_seen(sampler: Sampler) -> None:
    assert reads(sampler, "SELECT 1 FROM apps").columns == {"apps": []}
    assert reads(sampler, "SELECT 1 FROM users JOIN user_ssh_keys USING (uid)").columns["users"] == ["uid"]
    assert reads(sampler, "SELECT 1").columns == {}


def test_what_does_not_compile_says_why(sampler: Sampler) -> None:
    for sql, why in (
        ("SELECT 1 FROM no_such", "no such table: no_such"),
        ("SELECT 1 FROM apps WHERE no_such = 1", "no such column: no_such"),
        ("SELECT 1 FROM file", "file is asked without its required column"),
        ("DELETE FROM apps", "may not be modified"),
    ):
        found = sampler.find_reads(sql)
        assert isinstance(found, Message), sql
        assert why in str(found)


def test_several_rows_are_found_where_each_is_wanted_by_its_name(sampler: Sampler) -> None:
    sql = """
        SELECT 1 WHERE EXISTS (SELECT 1 FROM managed_policies WHERE name = 'a' AND value = 1)
        AND EXISTS (SELECT 1 FROM managed_policies WHERE name = 'b' AND value <= 5)
        AND NOT EXISTS (SELECT 1 FROM managed_policies WHERE name = 'b' AND value > 5)"""
    examples = sampler.find_examples(sql, reads(sampler, sql))
    assert examples.met is not None
    assert {row["name"] for row in examples.met["managed_policies"]} >= {"a", "b"}
    assert examples.unmet == {}
    assert not examples.empty


def test_where_empty_tables_pass_the_examples_hold_a_row(sampler: Sampler) -> None:
    sql = "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM users JOIN user_ssh_keys USING (uid) WHERE encrypted = '0')"
    examples = sampler.find_examples(sql, reads(sampler, sql))
    assert examples.empty
    assert examples.met is not None
    assert examples.unmet is not None
    assert any(examples.met.values())
    assert examples.unmet["user_ssh_keys"]


def test_what_never_fails_has_no_example_of_it(sampler: Sampler) -> None:
    sql = "SELECT CASE WHEN count(*) THEN 1 ELSE 0 END FROM apps"
    assert sampler.find_examples(sql, reads(sampler, sql)).unmet is None


def test_the_same_statement_gives_the_same_rows(sampler: Sampler) -> None:
    sql = "SELECT 1 FROM apps WHERE bundle_identifier = 'a.b' AND bundle_short_version >= '1.2'"
    first, second = (sampler.find_examples(sql, reads(sampler, sql)) for _ in range(2))
    assert first == second

"""Which tables a disk of Windows answers, and what is said of the others."""

from __future__ import annotations

import pytest
from rempart_testing.windows_system import target

from rempart_agent.engines.embedded import platform_tables
from rempart_agent.engines.embedded.engine import TableReader
from rempart_agent.engines.sql.database import Database
from rempart_agent.tables import read


def ask(sql: str) -> tuple[list[tuple[str, ...]], str]:
    database = Database(TableReader(target(), True, frozenset(), lambda _name: None))
    answer = database.query(sql, 1000)
    return answer.rows, answer.failure.kind + ": " + answer.failure.message if answer.failure else ""


def test_tables_of_windows_answer_and_those_of_linux_are_none() -> None:
    rows, failed = ask("SELECT start_type FROM services WHERE name = 'dnscache'")
    assert (rows, failed) == ([("AUTO_START",)], "")
    assert ask("SELECT * FROM rempart_lines")[1].startswith("no_table")
    assert ask("SELECT uid FROM shadow")[1].startswith("no_table")


@pytest.mark.parametrize("table", ["processes", "bitlocker_info", "osquery_info", "windows_security_products"])
def test_what_only_a_running_system_fills_is_not_observable(table: str) -> None:
    asked = " WHERE channel = 'Security'" if table == "windows_eventlog" else ""
    rows, failed = ask(f"SELECT * FROM {table}{asked}")
    assert rows == []
    assert failed == f"not_observable: the table {table} can't be filled from a disk"


def test_a_column_that_is_not_asked_for_does_not_fail_the_statement() -> None:
    reader = TableReader(target(), True, frozenset(), lambda _name: None)
    database = Database(reader)
    database.expect({"services": ("name", "start_type", "status")})
    assert database.query("SELECT name FROM services WHERE start_type = 'BOOT_START'", 9).rows == [("disk",)]
    assert database.query("SELECT name FROM services WHERE status = 'RUNNING'", 9).failure is not None


def test_our_tables_of_windows_have_columns_of_osquery_alone() -> None:
    for table in read.names("windows"):
        ours = {(column.name, column.type) for column in read.module(table, "windows").COLUMNS}
        from rempart_agent.engines.sql import schema

        theirs = {(column.name, column.type) for column in schema.columns(table, "windows")}
        assert ours <= theirs, table
        assert platform_tables.columns(table, "windows") == read.module(table, "windows").COLUMNS

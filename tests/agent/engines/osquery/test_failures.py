"""What osquery's words come to, and the order of columns that it does not tell."""

from __future__ import annotations

import pytest

from rempart_agent.engines.osquery.failures import order_columns, sort_failure


@pytest.mark.parametrize(
    ("message", "sql", "kind", "said"),
    [
        ("no such table: nope", "SELECT 1 FROM nope", "no_table", "no such table: nope"),
        ("no such column: x.y", "SELECT x.y FROM t x", "no_column", "no such column: x.y"),
        (
            "no such column: f.symlink_target_path",
            "SELECT f.symlink_target_path FROM file f",
            "no_column",
            "file.symlink_target_path needs osquery 5.17.0, this is 5.10.2",
        ),
        (
            "no such table: deviceguard_status",
            "SELECT 1 FROM deviceguard_status",
            "no_table",
            "deviceguard_status needs osquery 5.14.0",
        ),
        (
            "Table file was queried without a required column in the WHERE clause",
            "SELECT 1 FROM file",
            "constraint",
            "Table file",
        ),
        ("constraint failed", "SELECT 1 FROM file", "constraint", "constraint failed"),
        ('near "SELEC":\nsyntax error', "SELEC", "sql", 'near "SELEC": syntax error'),
    ],
)
def test_failures_are_sorted_by_their_words(message: str, sql: str, kind: str, said: str) -> None:
    failure = sort_failure(message, sql, "5.10.2")
    assert failure.kind == kind
    assert said in failure.message


@pytest.mark.parametrize(
    ("sql", "names", "order"),
    [
        ("SELECT b, a FROM t", ("a", "b"), ("b", "a")),
        ("SELECT x AS b, b AS a FROM t", ("a", "b"), ("b", "a")),
        ("SELECT a FROM t", ("a",), ("a",)),
        ("SELECT 'more' AS more, 1 ok, 2 AS expected, 3 AS observed, 4 AS item", None, None),
        ("SELECT * FROM t", ("a", "b"), None),
        ('SELECT 1 AS "two words", 2 AS other', ("other", "two words"), ("two words", "other")),
    ],
)
def test_columns_come_in_the_order_of_the_statement(
    sql: str, names: tuple[str, ...] | None, order: tuple[str, ...] | None
) -> None:
    if names is None:
        names, order = ("expected", "item", "more", "observed", "ok"), ("item", "observed", "expected", "ok", "more")
    assert order_columns(sql, names) == order

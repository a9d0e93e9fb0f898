"""The SQL that may be asked: what is told of a statement by looking at its text."""

from __future__ import annotations

import pytest

from rempart_agent.engines.sql import dialect


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM t WHERE a IN ('x', 'y')", False),
        ("SELECT 1 FROM t WHERE a NOT IN (-1)", False),
        ("SELECT 1 FROM t WHERE a IN (VALUES (1), (2))", False),
        ("SELECT 1 FROM t WHERE a NOT IN (SELECT b FROM u)", False),  # SQLite hands down no NOT IN
        ("SELECT 1 FROM t WHERE a IN (VALUES ('/') UNION SELECT b FROM u)", False),
        ("SELECT 1 FROM t INNER JOIN u WHERE in_cidr_block(a, b)", False),
        ("SELECT 1 FROM t WHERE a IN (SELECT b FROM u)", True),
        ("SELECT 1 FROM t WHERE a in\n  (select b FROM u)", True),
        ("SELECT 1 FROM t WHERE a IN (WITH q AS (SELECT 1) SELECT * FROM q)", True),
        ("SELECT 1 FROM t WHERE a IN u", True),
        ('SELECT 1 FROM t WHERE a IN "u"', True),
        ("SELECT 1 FROM t WHERE a IN /* all of */ (SELECT b FROM u)", True),
        ("SELECT 1 FROM t WHERE a IN -- all of\n (SELECT b FROM u)", True),
    ],
)
def test_a_list_that_rows_make_may_come_out_empty(sql: str, *, expected: bool) -> None:
    assert dialect.may_list_nothing(sql) is expected

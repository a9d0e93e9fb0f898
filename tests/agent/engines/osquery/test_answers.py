"""What holds of osqueryd and osqueryi alike, and of the real ones where they are named in the environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rempart_agent.engines.osquery.answers import Osquery, extra_tables


def test_it_says_who_answers(osquery: Osquery) -> None:
    identity = osquery.identity()
    assert identity.name in {"osqueryd", "osqueryi"}
    assert identity.version == osquery.query("SELECT version FROM osquery_info").rows[0][0]
    assert identity.privileged == (os.geteuid() == 0)
    assert identity.user


def test_values_are_text_in_the_order_of_the_statement(osquery: Osquery) -> None:
    answer = osquery.query(
        "SELECT username AS observed, uid AS item, NULL AS expected, 1.5 AS a FROM users WHERE uid = 0"
    )
    assert answer.failure is None
    assert answer.columns == ("observed", "item", "expected", "a")
    assert answer.rows == [("root", "0", "", "1.5")]


def test_no_rows_are_an_answer(osquery: Osquery) -> None:
    answer = osquery.query("SELECT username FROM users WHERE username = 'nobody-of-that-name'")
    assert (answer.rows, answer.failure) == ([], None)


def test_several_statements_give_the_rows_of_all(osquery: Osquery) -> None:
    rows, failure = osquery.records("SELECT 1 AS a;\n-- and\nSELECT 2 AS a;")
    assert failure is None
    assert rows == [{"a": "1"}, {"a": "2"}]


@pytest.mark.parametrize(
    ("sql", "kind", "said"),
    [
        ("SELECT 1 FROM nope", "no_table", "no such table: nope"),
        ("SELECT nope FROM users", "no_column", "no such column: nope"),
        ("SELECT path FROM file", "constraint", "required column"),
        ("SELECT line FROM rempart_lines", "constraint", "required column"),
        ("SELEC 1", "sql", "syntax error"),
        ("SELECT 'unfinished", "sql", ""),
        ("SELECT (1", "sql", ""),
        (".exit", "sql", "syntax error"),
        ("SELECT regex_match('a', '(', 0)", "sql", "Invalid regex"),
    ],
)
def test_what_goes_wrong_has_a_kind_and_the_next_statement_is_answered(
    osquery: Osquery, sql: str, kind: str, said: str
) -> None:
    answer = osquery.query(sql)
    assert answer.failure is not None
    assert answer.failure.kind == kind
    assert said in answer.failure.message
    assert osquery.query("SELECT username FROM users WHERE uid = 0").rows == [("root",)]


def test_the_deadline_ends_the_wait_and_the_next_statement_is_answered(osquery: Osquery) -> None:
    answer = osquery.query("SELECT sleep(30)", deadline=0.5)
    assert answer.failure is not None
    assert answer.failure.kind == "timeout"
    assert osquery.query("SELECT username FROM users WHERE uid = 0").rows == [("root",)]


def test_too_many_rows_are_a_failure(osquery: Osquery) -> None:
    sql = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 50) SELECT x FROM c"
    assert len(osquery.query(sql, max_rows=50).rows) == 50
    answer = osquery.query(sql, max_rows=49)
    assert answer.rows == []
    assert answer.failure is not None
    assert answer.failure.kind == "limit"


def test_hostile_text_comes_as_it_is(osquery: Osquery) -> None:
    answer = osquery.query("SELECT 'é\n[]\nrempart_x' || char(27) || '\"' || char(8364) AS a, ';' AS b")
    assert answer.rows == [('é\n[]\nrempart_x\x1b"€', ";")]


def test_the_extra_tables_are_there_while_the_engine_is_open(osquery: Osquery, place: Path) -> None:
    (place / "one").write_text("first\nsecond\n")
    answer = osquery.query(f"SELECT line, text FROM rempart_lines WHERE path = '{place}/one'")
    assert answer.failure is None
    assert answer.rows == [("1", "first"), ("2", "second")]
    known = osquery.query("SELECT name FROM osquery_registry WHERE registry = 'table' AND name = 'rempart_lines'")
    assert known.rows == [("rempart_lines",)]


def test_every_scan_of_an_extra_table_counts(osquery: Osquery, place: Path) -> None:
    (place / "in").mkdir()
    place /= "in"
    (place / "a").write_text("1\n1\n")
    (place / "b").write_text("1\n")
    one, two = f"path = '{place}/a'", f"path = '{place}/b'"
    answer = osquery.query(f"SELECT path, text FROM rempart_lines WHERE {one} OR {two}")
    assert len(answer.rows) == 3
    answer = osquery.query(f"SELECT path, text FROM rempart_lines WHERE path IN ('{place}/a', '{place}/b')")
    assert len(answer.rows) == 3
    answer = osquery.query(f"SELECT path, text FROM rempart_lines WHERE path LIKE '{place}/%' AND text = '1'")
    assert len(answer.rows) == 3
    answer = osquery.query(
        f"WITH p(x) AS (SELECT '{place}/a' UNION ALL SELECT NULL UNION ALL SELECT '') "
        "SELECT text FROM p JOIN rempart_lines l ON l.path = p.x"
    )
    assert (answer.rows, answer.failure) == ([("1",), ("1",)], None)


def test_an_extra_table_that_cannot_read_its_source_fails_the_statement(osquery: Osquery, place: Path) -> None:
    (place / "large").write_bytes(b"x" * (5 << 20))
    (place / "one").write_text("first\n")
    for sql in (
        f"SELECT text FROM rempart_lines WHERE path = '{place}/large'",
        f"SELECT 'a' AS item, count(*) = 0 AS ok FROM rempart_lines WHERE path = '{place}/large'",
        f"SELECT NOT EXISTS (SELECT 1 FROM rempart_lines WHERE path = '{place}/large') AS ok",
    ):
        answer = osquery.query(sql)
        assert answer.rows == []
        assert answer.failure is not None
        assert answer.failure.kind == "unfit"
        assert "large" in answer.failure.message
    assert osquery.query(f"SELECT text FROM rempart_lines WHERE path = '{place}/one'").rows == [("first",)]


def test_only_names_of_tables_count_as_extra_tables() -> None:
    assert extra_tables("SELECT 1 FROM osquery_registry WHERE name = 'rempart_lines'") == set()
    assert extra_tables('SELECT 1 FROM Rempart_Lines l JOIN "rempart_ini" i ON 1') == {"rempart_lines", "rempart_ini"}
    assert extra_tables("SELECT 1 -- rempart_lines\n FROM users") == set()

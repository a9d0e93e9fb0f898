"""SQL over virtual tables: what goes down to a table, value rules, error texts, and nothing that writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import apsw
import pytest

from rempart_agent.engines.sql.database import Database
from rempart_agent.source.contract import BIGINT, DOUBLE, INTEGER, Column
from rempart_agent.tables.read import Answer, Request, UnknownTable

TABLES: dict[str, tuple[tuple[Column, ...], list[dict[str, Any]]]] = {
    "people": (
        (Column("uid", BIGINT, index=True), Column("name"), Column("home"), Column("shell", collate="nocase")),
        [
            {"uid": 0, "name": "root", "home": "/root", "shell": "/bin/sh"},
            {"uid": 1000, "name": "alice", "home": "/home/alice", "shell": "/bin/sh"},
            {"uid": 1001, "name": "bob", "home": "/home/bob"},
        ],
    ),
    "place": (
        (
            Column("path", argument=True, required=True),
            Column("directory", argument=True, required=True),
            Column("size", BIGINT),
            Column("digest", costly=True),
        ),
        [],
    ),
    "plain": (
        (Column("n", INTEGER), Column("r", DOUBLE), Column("t")),
        [{"n": "0640", "r": "1.5", "t": "a"}, {"n": "0x1f", "t": "b\udcff"}, {"n": "", "t": None}, {"n": "many"}],
    ),
    "twice": ((Column("a", INTEGER), Column("b", INTEGER)), [{"a": 1, "b": 1}, {"a": 1, "b": 1}, {"a": 2, "b": 1}]),
    "broken": ((Column("a"),), []),
}


class Reader:
    """Answers from ``TABLES`` and notes what was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def read(self, requests: Sequence[Request]) -> list[Answer]:
        self.requests += requests
        return [self._read(request) for request in requests]

    def _read(self, request: Request) -> Answer:
        if request.table == "broken":
            return Answer((), "denied", "/etc/broken: may not be read")
        if request.table == "place":
            return Answer(
                [
                    {"path": value, "directory": "/d", "size": len(value), "digest": "x"}
                    for c in request.constraints
                    for value in c.values
                    if c.op == "="
                ]
            )
        return Answer(TABLES[request.table][1])

    def columns(self, table: str) -> tuple[Column, ...]:
        try:
            return TABLES[table][0]
        except KeyError as error:
            raise UnknownTable(table) from error

    def names(self) -> Iterable[str]:
        return TABLES


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def database(reader: Reader) -> Database:
    return Database(reader)


def rows(database: Database, sql: str) -> list[tuple[str, ...]]:
    answer = database.query(sql, 1000)
    assert answer.failure is None, answer.failure
    return answer.rows


def failure(database: Database, sql: str) -> tuple[str, str]:
    answer = database.query(sql, 1000)
    assert answer.failure is not None, answer.rows
    assert answer.rows == []
    return answer.failure.kind, answer.failure.message


def test_equality_and_in_go_down_to_an_argument_column(database: Database, reader: Reader) -> None:
    assert rows(database, "SELECT path, size FROM place WHERE path = '/a'") == [("/a", "2")]
    assert rows(database, "SELECT path FROM place WHERE path IN ('/b', '/a', '/b')") == [("/a",), ("/b",)]
    assert [r.constraints for r in reader.requests] == [
        (("path", "=", ("/a",)),),
        (("path", "=", ("/a", "/b")),),
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT path FROM place WHERE path IN (SELECT name FROM people WHERE uid = 7)",
        "SELECT path FROM place WHERE path IN (SELECT value FROM json_each('[]'))",
    ],
)
def test_a_list_that_comes_out_empty_selects_nothing(database: Database, sql: str) -> None:
    assert rows(database, sql) == []
    assert rows(database, f"SELECT name FROM people WHERE uid = 0 UNION ALL {sql}") == [("root",)]
    assert rows(database, "SELECT path FROM place WHERE path IN ('/b', '/a')") == [("/a",), ("/b",)]


def test_like_goes_down_to_an_argument_column(database: Database, reader: Reader) -> None:
    rows(database, "SELECT path FROM place WHERE path LIKE '/etc/%.conf'")
    assert reader.requests[0].constraints == (("path", "LIKE", ("/etc/%.conf",)),)


def test_two_patterns_under_or_are_two_reads_and_never_a_scan_without_constraint(
    database: Database, reader: Reader
) -> None:
    rows(database, "SELECT path FROM place WHERE path LIKE '/a/%' OR path LIKE '/b/%'")
    assert sorted(r.constraints[0].values for r in reader.requests) == [("/a/%",), ("/b/%",)]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT p.name, f.path FROM people p JOIN place f ON f.path = p.home ORDER BY p.uid",
        "SELECT p.name, f.path FROM place f JOIN people p ON f.path = p.home ORDER BY p.uid",
        "SELECT p.name, (SELECT path FROM place WHERE path = p.home) FROM people p ORDER BY p.uid",
        "SELECT p.name, f.path FROM people p LEFT JOIN place f ON f.path = p.home ORDER BY p.uid",
    ],
)
def test_a_join_gives_the_argument_column_its_values_in_either_order(database: Database, sql: str) -> None:
    assert rows(database, sql) == [("root", "/root"), ("alice", "/home/alice"), ("bob", "/home/bob")]


def test_two_scans_that_are_joined_by_another_column_have_a_plan(database: Database) -> None:
    sql = "SELECT s.path, b.path FROM place s JOIN place b ON b.size = s.size WHERE s.path IN ('/a', '/bb') "
    sql += "AND b.path IN ('/c', '/dd')"
    expected = [("/a", "/c"), ("/bb", "/dd")]
    assert sorted(rows(database, sql)) == expected
    assert sorted(rows(database, sql + " AND 1 IN (SELECT 1)")) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT path FROM place",
        "SELECT path FROM place WHERE size > 3",
        "SELECT path FROM place WHERE path <> '/a'",
        "SELECT path FROM place WHERE path = '/a' OR size = 3",
    ],
)
def test_a_required_column_that_nothing_constrains_is_osquerys_error(database: Database, sql: str) -> None:
    kind, message = failure(database, sql)
    assert kind == "constraint"
    assert message == "Table place was queried without a required column in the WHERE clause"


def test_each_read_happens_once_in_a_run(database: Database, reader: Reader) -> None:
    for _ in range(3):
        rows(database, "SELECT name FROM people WHERE uid = 0")
        rows(database, "SELECT count(*) FROM people")
        rows(database, "SELECT size FROM place WHERE path = '/a'")
    assert [r.table for r in reader.requests] == ["people", "place"]


def test_a_costly_column_is_asked_for_by_those_statements_only_that_name_it(database: Database, reader: Reader) -> None:
    rows(database, "SELECT size FROM place WHERE path = '/a'")
    rows(database, "SELECT digest FROM place WHERE path = '/a'")
    assert [("digest" in r.columns) for r in reader.requests] == [False, True]


def test_a_costly_column_that_fails_fails_those_statements_only_that_name_it(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(request: Request) -> Answer:
        return Answer((), "denied", "no") if "deep" in request.columns else Answer([{"name": "sda", "deep": "x"}])

    monkeypatch.setitem(TABLES, "disks", ((Column("name", index=True), Column("deep", costly=True)), []))
    monkeypatch.setattr(reader, "_read", read)
    database = Database(reader)
    database.expect({"disks": ["name", "deep"]})  # the run asks for it sooner or later
    assert rows(database, "SELECT name FROM disks") == [("sda",)]
    assert failure(database, "SELECT deep FROM disks") == ("denied", "no")
    assert rows(database, "SELECT name FROM disks") == [("sda",)]


def test_a_column_that_is_costly_beyond_that_comes_along_for_no_statement_that_does_not_name_it(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = (Column("name"), Column("deep", costly=True), Column("why", costly=True, alone=True))
    monkeypatch.setitem(TABLES, "disks", (columns, [{"name": "sda", "deep": "x", "why": "y"}]))
    database = Database(reader)
    database.expect({"disks": ["name", "deep", "why"]})
    rows(database, "SELECT name FROM disks")
    assert [request.columns for request in reader.requests] == [("name", "deep")]
    assert rows(database, "SELECT why FROM disks") == [("y",)]
    assert rows(database, "SELECT deep, why FROM disks") == [("x", "y")]  # which the look before brought along
    assert [request.columns for request in reader.requests[1:]] == [("name", "deep", "why")]


def test_or_over_several_scans_loses_no_row_and_repeats_none(database: Database) -> None:
    assert rows(database, "SELECT a, b FROM twice WHERE a = 1 OR b = 1") == [("1", "1"), ("1", "1"), ("2", "1")]
    found = rows(database, "SELECT name FROM people WHERE uid = 1000 OR name = 'bob' OR home = '/home/alice'")
    assert sorted(found) == [("alice",), ("bob",)]


def test_distinct_and_group_by_on_a_key_that_is_not_unique_are_right(database: Database) -> None:
    assert rows(database, "SELECT DISTINCT shell FROM people ORDER BY 1") == [("",), ("/bin/sh",)]
    assert rows(database, "SELECT DISTINCT a, b FROM twice") == [("1", "1"), ("2", "1")]


def test_unset_is_empty_in_a_text_column_and_null_in_a_numeric_one(database: Database) -> None:
    assert rows(database, "SELECT t IS NULL, t = '', n IS NULL FROM plain WHERE rowid = 3") == [("0", "1", "1")]
    assert rows(database, "SELECT typeof(n), n FROM plain") == [
        ("integer", "416"),  # osquery detects the base: a leading 0 is octal
        ("integer", "31"),
        ("null", ""),
        ("null", ""),
    ]
    assert rows(database, "SELECT typeof(r), r FROM plain LIMIT 1") == [("real", "1.5")]


def test_a_name_that_is_no_utf8_is_shown_and_does_not_crash(database: Database) -> None:
    assert rows(database, "SELECT t FROM plain WHERE n = 31") == [("b\ufffd",)]


def test_a_number_compares_with_text_as_sqlite_does(database: Database) -> None:
    assert rows(database, "SELECT name FROM people WHERE uid = '1000'") == [("alice",)]
    assert rows(database, "SELECT name FROM people WHERE uid IN ('0', 1001.0)") == [("root",), ("bob",)]
    assert rows(database, "SELECT name FROM people WHERE shell = '/BIN/SH' ORDER BY uid") == [("root",), ("alice",)]
    assert rows(database, "SELECT name FROM people WHERE uid = NULL") == []


def test_a_table_with_a_key_has_no_rowid_and_star_hides_ours(database: Database) -> None:
    assert failure(database, "SELECT rowid FROM people") == ("no_column", "no such column: rowid")
    assert database.query("SELECT * FROM people", 10).columns == ("uid", "name", "home", "shell")


@pytest.mark.parametrize(
    ("sql", "kind", "message"),
    [
        ("SELECT * FROM nope", "no_table", "no such table: nope"),
        ("SELECT nope FROM people", "no_column", "no such column: nope"),
        ("SELEC 1", "sql", 'near "SELEC": syntax error'),
        ("SELECT 1 +", "sql", "incomplete input"),
        ("SELECT nope(1)", "sql", "no such function: nope"),
        ("SELECT string_agg('a', 'b')", "sql", "no such function: string_agg"),
        ("SELECT octet_length('é')", "sql", "no such function: octet_length"),
        ("SELECT timediff('2020-01-02', '2020-01-01')", "sql", "no such function: timediff"),
        ("SELECT 1_000", "sql", 'unrecognized token: "1_000"'),
        ("SELECT group_concat(name ORDER BY uid) FROM people", "sql", 'near "ORDER": syntax error'),
        ("SELECT regex_match('hello', '(', 0)", "sql", "Invalid regex"),
        ("SELECT sqrt(-1)", "sql", "Numerical argument out of domain"),
        ("SELECT a FROM broken", "denied", "/etc/broken: may not be read"),
        ("INSERT INTO people (uid) VALUES (1)", "sql", "table people may not be modified"),
        ("UPDATE people SET uid = 1", "sql", "table people may not be modified"),
        ("DELETE FROM people", "sql", "table people may not be modified"),
        ("CREATE TABLE x (a)", "sql", "not authorized"),
        ("DROP TABLE people", "sql", "not authorized"),
        ("ATTACH '/tmp/x.db' AS x", "sql", "not authorized"),
        ("PRAGMA user_version", "sql", "not authorized"),
        ("SELECT load_extension('x')", "sql", "no such function: load_extension"),
        ("SELECT name FROM sqlite_master", "sql", "not authorized"),
        ("VACUUM INTO '/tmp/x.db'", "sql", "not authorized"),
    ],
)
def test_what_is_wrong_is_said_in_sqlites_words(database: Database, sql: str, kind: str, message: str) -> None:
    assert failure(database, sql) == (kind, message)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT group_concat(name) FROM (SELECT name FROM people ORDER BY uid)",
        "SELECT row_number() OVER (ORDER BY uid) FROM people",
        "SELECT max((SELECT uid FROM people ORDER BY uid LIMIT 1))",
        "SELECT uid FROM people WHERE uid IN (SELECT uid FROM people ORDER BY 1)",
        "SELECT name AS a_1 FROM people WHERE name <> '1_000' ORDER BY uid",
        "WITH e(x) AS MATERIALIZED (VALUES (1)) SELECT x FROM e",
        "SELECT value FROM json_each('[1, 2]')",
        "SELECT '{\"a\":[1,2]}' ->> '$.a[1]'",
        "PRAGMA table_info(people)",
    ],
)
def test_what_sqlite_3_42_reads_is_read(database: Database, sql: str) -> None:
    assert rows(database, sql)


def test_more_rows_than_the_limit_are_a_failure_and_no_part_of_an_answer(database: Database) -> None:
    endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
    assert failure(database, endless) == ("limit", "more than 1000 rows")


def test_records_put_statements_together_and_later_names_win(database: Database) -> None:
    assert database.records(
        "SELECT 1 AS a, 2 AS a; SELECT USERNAME FROM (SELECT name AS username FROM people LIMIT 1)", 9
    ) == (
        [{"a": "2"}, {"username": "root"}],
        None,
    )
    assert database.records(" ; ", 9) == ([], None)


def test_only_a_statement_that_is_trusted_goes_unasked_and_the_next_one_is_asked_again(database: Database) -> None:
    outside = "SELECT name FROM sqlite_master"
    assert database.query(outside, 10, trusted=True).failure is None
    assert failure(database, outside) == ("sql", "not authorized")
    assert database.query("SELECT name FROM no_such", 10, trusted=True).failure is not None
    assert failure(database, outside) == ("sql", "not authorized")
    refused = database.records(outside, 10)[1]
    assert refused is not None
    assert (refused.kind, refused.message) == ("sql", "not authorized")


def test_compiled_statements_take_memory_only_where_they_are_kept(reader: Reader) -> None:
    """An audit of one machine asks each of them once: to keep all of them costs it 5 MiB."""
    used = []
    for keep in (0, 100):
        database = Database(reader, keep=keep)
        before = apsw.memory_used()
        for number in range(100):
            assert database.query(f"SELECT {number} AS number FROM people", 1000).failure is None
        used.append(apsw.memory_used() - before)
        database.close()
    assert used[0] * 4 < used[1]


def test_explain_names_columns_uses_and_what_is_not_constrained(database: Database) -> None:
    columns, unconstrained, uses, failed = database.explain("SELECT name AS item FROM people JOIN place ON size = uid")
    assert failed is None
    assert columns == ("item",)
    assert unconstrained == ["place"]
    assert {("people", "name"), ("place", "size")} <= uses
    assert database.find_reads("SELECT name AS item FROM people JOIN place ON size = uid") == uses
    assert database.find_reads("SELECT 1") == set()
    assert database.find_reads("SELECT name FROM people JOIN") is None

"""Strings, names, comments and variables are told apart as SQLite does."""

from __future__ import annotations

import pytest

from rempart_core.model.sql_parameter import find_mistakes, find_names, find_tokens


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT :a, :b_2", ["a", "b_2"]),
        ("SELECT ':a', \":b\", [:c], `:d`", []),
        ("SELECT 'it''s :a' || :b", ["b"]),
        ("SELECT 1 -- :a\n, :b", ["b"]),
        ("SELECT /* :a '*/ :b /* :c", ["b"]),
        ("SELECT /*/ :a */ :b", ["b"]),
        ("SELECT 5-:a/:b", ["a", "b"]),
        ("SELECT x:a", ["a"]),
        ("SELECT a$b, ':x'", []),
        ("SELECT :é", ["é"]),
    ],
)
def test_names_are_found_outside_of_strings_and_comments(sql: str, names: list[str]) -> None:
    assert list(find_names(sql)) == names


def test_tokens_know_where_they_are() -> None:
    sql = "SELECT 'a' -- c\n, :b;"
    assert [(t.kind, t.text) for t in find_tokens(sql)] == [
        ("string", "'a'"),
        ("comment", "-- c"),
        ("variable", ":b"),
        ("end", ";"),
    ]
    assert all(sql.startswith(token.text, token.offset) for token in find_tokens(sql))


@pytest.mark.parametrize(
    ("sql", "offset", "message"),
    [
        ("SELECT 'a", 7, "the ' that opens here is never closed"),
        ("SELECT [a", 7, "the [ that opens here is never closed"),
        ("SELECT ?", 7, "? is no parameter: they are written :name, in small letters"),
        ("SELECT ?1", 7, "?1 is no parameter: they are written :name, in small letters"),
        ("SELECT @a", 7, "@a is no parameter: they are written :name, in small letters"),
        ("SELECT $a", 7, "$a is no parameter: they are written :name, in small letters"),
        ("SELECT :Name", 7, ":Name is no parameter: they are written :name, in small letters"),
        ("SELECT :a::text", 7, ":a::text is no parameter: they are written :name, in small letters"),
        ("SELECT 1; SELECT 2", 8, "a second statement follows: write one"),
        ("DELETE FROM users", 0, "the statement has to begin with SELECT, WITH or VALUES"),
        ("-- a\n PRAGMA x", 6, "the statement has to begin with SELECT, WITH or VALUES"),
        ("-- nothing", 10, "the statement has to begin with SELECT, WITH or VALUES"),
    ],
)
def test_what_would_be_taken_otherwise_is_refused(sql: str, offset: int, message: str) -> None:
    assert [(at, str(said)) for at, said in find_mistakes(sql)] == [(offset, message)]


@pytest.mark.parametrize(
    "sql",
    ["SELECT 1", "select 1;", "WITH a AS (SELECT 1) SELECT * FROM a ; -- end\n", "VALUES (1)", "/* x */ SELECT ';?@a'"],
)
def test_a_sound_statement_has_no_mistakes(sql: str) -> None:
    assert find_mistakes(sql) == []

"""A value becomes SQL that means exactly it, wherever it comes from and whatever it holds."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.model.parameter import Parameter, bind, fill, parse, render, split, validate, values_of
from rempart_core.text import Text

Make = Callable[..., Parameter]

# Any text that validate takes: everything but NUL, line ends and lone surrogates.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\n\r"), max_size=50)
hostile = st.sampled_from(
    ["'", "''", "'; DROP TABLE t; --", "--", "/*", "*/", ":x", ":y", "?", "\\'", '"', "NULL", ");", "\u2028"]
)
integers = st.integers(min_value=-(2**63), max_value=2**63 - 1)
scalars = st.one_of(texts, hostile, integers)


def declare(type_: str, **fields: Any) -> Parameter:
    return Parameter("x", type_, None, Text("x", "x"), **fields)


def ask(sql: str) -> list[tuple[Any, ...]]:
    """Ask SQLite; it refuses more than one statement and any unbound variable is None."""
    connection = sqlite3.connect(":memory:")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def fill_in(sql: str, parameter: Parameter, value: Any) -> str:
    return bind(sql, {"x": parameter}, {"x": value})


@given(st.one_of(texts, hostile))
def test_a_text_is_itself_in_sql(value: str) -> None:
    assert ask(fill_in("SELECT :x, typeof(:x)", declare("text"), value)) == [(value, "text")]


@given(integers)
def test_an_integer_is_itself_in_sql(value: int) -> None:
    for sql in ("SELECT :x, typeof(:x)", "SELECT(:x),typeof(:x)"):
        assert ask(fill_in(sql, declare("integer"), value)) == [(value, "integer")]


@given(st.integers(min_value=-1000, max_value=1000))
def test_an_integer_keeps_its_sign_among_operators(value: int) -> None:
    assert ask(fill_in("SELECT 5-:x, 5 - -:x, 5*:x,:x-5,-:x", declare("integer"), value)) == [
        (5 - value, 5 + value, 5 * value, value - 5, -value)
    ]


@given(st.lists(scalars, max_size=6), scalars)
def test_a_list_holds_exactly_its_values(values: list[str | int], probe: str | int) -> None:
    sql = f"SELECT {render(declare('text' if isinstance(probe, str) else 'integer'), probe)} IN (:x)"
    # the probe is rendered first and may hold ":x" in its string, where it is no parameter
    assert ask(fill_in(sql, declare("list"), values)) == [(int(probe in values),)]


def test_an_empty_list_is_in_nothing_and_outside_of_everything() -> None:
    assert ask(fill_in("SELECT 1 IN (:x), 1 NOT IN (:x), NULL NOT IN (:x)", declare("list"), [])) == [(0, 1, 1)]


@given(st.lists(st.tuples(scalars, scalars), max_size=6))
def test_rows_are_exactly_themselves(rows: list[tuple[str | int, str | int]]) -> None:
    parameter = declare("rows", columns=("a", "b"))
    found = ask(fill_in("WITH t(a, b) AS (VALUES :x) SELECT a, b FROM t", parameter, rows))
    assert found == rows or (not rows and found == [(None, None)])


@given(st.one_of(texts, hostile), st.sampled_from(["x", "", "'a'", '"a"', "1", "b.", "é", ":y", "?"]))
def test_a_value_never_melts_with_its_neighbour(value: str, neighbour: str) -> None:
    """``x'41'`` would be a blob, ``'a''b'`` one string: SQLite may refuse the statement, but reads no other value."""
    for sql in (f"SELECT {neighbour}:x AS v", f"SELECT :x{neighbour} AS v"):
        try:
            bound = fill_in(sql, declare("text"), value)
            found = ask(bound)
        except (ValueError, sqlite3.Error):
            continue
        assert value in found[0]


def test_names_in_strings_and_comments_stay() -> None:
    sql = "SELECT ':x', \":x\" -- :x\n, :x /* :x */ FROM [:x];\n -- done"
    assert fill_in(sql, declare("integer"), 3) == "SELECT ':x', \":x\"  \n, 3   FROM [:x]"


def test_the_same_parts_are_filled_with_other_values() -> None:
    parts = split("SELECT :x AS ok, :x + 1")
    assert parts == ("SELECT ", "x", " AS ok, ", "x", " + 1")
    assert [fill(parts, {"x": declare("integer")}, {"x": n}) for n in (1, -2)] == [
        "SELECT 1 AS ok, 1 + 1",
        "SELECT (-2) AS ok, (-2) + 1",
    ]


@pytest.mark.parametrize("sql", ["SELECT :y", "SELECT ?", "SELECT @x", "SELECT $x", "SELECT :x::y"])
def test_a_name_without_a_value_is_refused(sql: str) -> None:
    """SQLite would take it for NULL."""
    with pytest.raises(ValueError, match="has no value"):
        fill_in(sql, declare("integer"), 3)


@pytest.mark.parametrize(
    ("fields", "value", "message"),
    [
        ({"type_": "integer"}, True, "expected a whole number, found true"),
        ({"type_": "integer"}, 1.0, "expected a whole number, found 1.0"),
        ({"type_": "integer"}, "14", 'expected a whole number, found the text "14": write it without quotes'),
        ({"type_": "integer"}, None, "expected a whole number, found nothing"),
        ({"type_": "integer"}, 2**63, "out of bounds"),
        pytest.param({"type_": "integer"}, 10**5000, "the number is out of bounds", id="huge"),
        ({"type_": "integer", "min": 1, "max": 9}, 0, "0 is out of bounds: from 1 to 9"),
        ({"type_": "integer", "min": 1, "max": 9}, 10, "10 is out of bounds: from 1 to 9"),
        ({"type_": "integer", "choices": ("1", "2")}, 3, "3 is not allowed: one of 1, 2"),
        ({"type_": "text"}, 5, 'expected a text, found 5: write it in quotes, "5"'),
        ({"type_": "text"}, "a\0b", "neither NUL nor line ends"),
        ({"type_": "text"}, "a\nb", "neither NUL nor line ends"),
        ({"type_": "text"}, "a\rb", "neither NUL nor line ends"),
        ({"type_": "text"}, "\ud800", "surrogate"),
        ({"type_": "text"}, "x" * 10_001, "the text has 10001 characters: at most 10000"),
        ({"type_": "text", "choices": ("a", "b")}, "c", '"c" is not allowed: one of a, b'),
        ({"type_": "list"}, "a", 'expected a list, found the text "a"'),
        ({"type_": "list"}, [None], "expected texts or whole numbers, found nothing"),
        ({"type_": "list"}, [["a"]], "expected texts or whole numbers, found a list"),
        ({"type_": "list"}, [False], "expected texts or whole numbers, found false"),
        ({"type_": "list"}, ["a\0"], "neither NUL nor line ends"),
        ({"type_": "list"}, ["a"] * 1001, "holds 1001 values: at most 1000"),
        ({"type_": "list", "of": "integer"}, ["22"], 'expected a whole number, found the text "22"'),
        ({"type_": "list", "default": ["a"]}, [1001], 'expected a text, found 1001: write it in quotes, "1001"'),
        ({"type_": "list", "default": [22], "min": 1}, [0], "0 is out of bounds"),
        ({"type_": "list", "choices": ("a", "b")}, ["a", "c"], '"c" is not allowed: one of a, b'),
        ({"type_": "rows", "columns": ("a", "b")}, [["x"]], "row 1 holds 1 values: expected 2 (a, b)"),
        ({"type_": "rows", "columns": ("a", "b")}, [["x", 1], "y"], "expected a list of 2 values as row 2"),
        ({"type_": "rows", "columns": ("a",)}, [[None]], "expected texts or whole numbers, found nothing"),
    ],
)
def test_a_value_of_another_kind_is_refused(
    parameter_of: Make, fields: dict[str, Any], value: Any, message: str
) -> None:
    for refuse in (validate, render):
        with pytest.raises(ValueError, match=re.escape(message)):
            refuse(parameter_of(**fields), value)


def test_a_valid_value_is_a_copy(parameter_of: Make) -> None:
    rows = [["a", 1]]
    found = validate(parameter_of("rows", columns=("a", "b")), rows)
    assert found == rows
    assert found is not rows
    assert found[0] is not rows[0]


def test_what_a_list_holds_follows_its_default(parameter_of: Make) -> None:
    assert values_of(parameter_of("list", [22])) == "integer"
    assert values_of(parameter_of("list", ["a"])) == "text"
    assert values_of(parameter_of("list", ["a", 22])) == ""
    assert values_of(parameter_of("list", [])) == ""
    assert values_of(parameter_of("list", [], of="integer")) == "integer"


@pytest.mark.parametrize(
    ("fields", "text", "value"),
    [
        ({"type_": "integer"}, " 14 ", 14),
        ({"type_": "integer"}, "-3", -3),
        ({"type_": "text"}, " a,b ", " a,b "),
        ({"type_": "text"}, "14", "14"),
        ({"type_": "text"}, "", ""),
        ({"type_": "list", "default": ["a"]}, "/boot, /efi", ["/boot", "/efi"]),
        ({"type_": "list", "default": ["a"]}, "1001", ["1001"]),
        ({"type_": "list", "default": [22]}, "22,443", [22, 443]),
        ({"type_": "list", "default": []}, "22,ssh,022", [22, "ssh", "022"]),
        ({"type_": "list", "default": ["a"]}, "", []),
        ({"type_": "list", "default": ["a"]}, '["a,b", "c"]', ["a,b", "c"]),
        ({"type_": "list", "default": ["a"]}, "[]", []),
        ({"type_": "rows", "columns": ("a", "b")}, '[["x", 1], ["y", 2]]', [["x", 1], ["y", 2]]),
        ({"type_": "rows", "columns": ("a", "b")}, "", []),
    ],
)
def test_a_text_from_the_command_line_gives_a_value(
    parameter_of: Make, fields: dict[str, Any], text: str, value: Any
) -> None:
    assert parse(parameter_of(**fields), text) == value


@pytest.mark.parametrize(
    ("fields", "text", "message"),
    [
        ({"type_": "integer"}, "014", 'expected a whole number in decimal digits, found "014"'),
        ({"type_": "integer"}, "٣", "expected a whole number in decimal digits"),
        ({"type_": "integer"}, "1" * 5000, "expected a whole number in decimal digits"),
        ({"type_": "integer"}, "", 'expected a whole number in decimal digits, found ""'),
        ({"type_": "list", "default": [22]}, "22,ssh", 'expected whole numbers, found "ssh"'),
        ({"type_": "list", "default": ["a"]}, "a,,b", "a value between commas is empty"),
        ({"type_": "list", "default": ["a"]}, "[a]", "is no JSON list"),
        ({"type_": "list", "default": ["a"]}, "[" * 100_000, "is no JSON list"),
        ({"type_": "list", "default": [1]}, "[1.5]", "expected a whole number, found 1.5"),
        ({"type_": "rows", "columns": ("a", "b")}, "x,1", 'expected rows as JSON: [["a", "b"], …]'),
    ],
)
def test_a_wrong_text_from_the_command_line_is_refused(
    parameter_of: Make, fields: dict[str, Any], text: str, message: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse(parameter_of(**fields), text)

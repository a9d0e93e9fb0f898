"""What osquery calls answered counts only where whoever serves our extra tables could read them."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from rempart_testing.answering_node import Osquery, serving, tables_of

from rempart_core.model.result import State
from rempart_server.osquery import extras
from rempart_server.osquery.answer import Written, read_all
from rempart_server.osquery.extras import AFTER, BEFORE, find_extras, find_hidden, find_whys, read_whys
from rempart_store.server.audit import HIDDEN, UNUSABLE

GIVEN = {"7.1": BEFORE, "7.2": "aa", "7.3": "bb", "7.9": AFTER}
EXTRAS = {"aa": ["rempart_lines"]}
Row = dict[str, str]


def error(number: int | str, table: str = "", kind: str = "", instance: str = "one") -> Row:
    return {
        "instance": instance, "number": str(number), "table_name": table, "kind": kind, "message": "is locked",
        "said": "null",
    }  # fmt: skip


def hidden(before: list[Row] | None, after: list[Row] | None, status: int = 0) -> dict[str, int]:
    queries: dict[str, object] = {"7.2": [], "7.3": []}
    queries |= {id_: rows for id_, rows in (("7.1", before), ("7.9", after)) if rows is not None}
    statuses = dict.fromkeys(queries, 0) | {"7.2": status}
    found = find_hidden(read_all(Written(queries, statuses, {}, {})), GIVEN, EXTRAS)
    return {digest: one.status for digest, one in found.items()}


def test_an_error_of_a_table_that_is_named_fails_the_statement_and_no_other() -> None:
    old, new = error(3, "rempart_lines", "source"), error(4, "rempart_lines", "unfit")
    assert hidden([error(0), old], [error(0), old, new]) == {"aa": HIDDEN}
    for nothing in (
        ([error(0), old], [error(0), old]),
        ([error(0)], [error(0), error(1, "rempart_ini", "source")]),
        ([error(0)], [error(0), error(1, "rempart_lines", "why")]),
    ):
        assert hidden(*nothing) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, [error(0)]),
        ([error(0)], None),
        ([error(0)], []),
        ([error(1)], [error(1)]),
        ([error(0)], [error(0, instance="two")]),
        ([error(0)], [error(0), error(1, instance="two")]),
        ([error(0, instance="")], [error(0, instance="")]),
        ([error("9" * 5000)], [error(0)]),
        ([{"number": "0"}], [{}]),
    ],
)
def test_where_nobody_tells_what_could_not_be_read_nothing_is_answered(
    before: list[Row] | None, after: list[Row] | None
) -> None:
    assert hidden(before, after) == {"aa": UNUSABLE}


def test_a_statement_that_failed_by_itself_says_so_itself() -> None:
    assert hidden(None, None, status=1) == {}


def test_what_is_kept_is_bounded_and_is_the_extension_s_word() -> None:
    told = {**error(1, "rempart_lines", "source"), "message": "x" * 100_000}
    written = Written({"7.1": [error(0)], "7.2": [], "7.9": [error(0), told]}, dict.fromkeys(GIVEN, 0), {}, {})
    said = find_hidden(read_all(written), GIVEN, EXTRAS)["aa"].said
    assert len(said) < 5_000
    assert json.loads(said)["kind"] == "source"


def test_the_tables_are_found_as_the_agent_finds_them() -> None:
    texts = {"aa": 'SELECT 1 FROM "rempart_lines", rempart_ini', "bb": "SELECT 'rempart_lines' FROM users"}
    assert find_extras(texts) == {"aa": ["rempart_ini", "rempart_lines"]}


def own_states(tmp_path: Path, *, unreadable: bool) -> list[State]:
    """Return what checks came to that ask our extra tables, all of them without a row."""
    with serving(tmp_path) as one:
        osquery = Osquery(tables_of())
        osquery.unreadable = unreadable
        asyncio.run(one.audit(osquery))
        blocks = [(check.id, str(block)) for check in one.context.content.checks for block in check.platforms.values()]
        asked = {check for check, text in blocks if "rempart_" in text}
        return [standing.state for standing in one.context.store.standings() if standing.check in asked]


def test_a_source_that_can_not_be_read_is_never_judged(tmp_path: Path) -> None:
    judged = {State.PASS, State.FAIL}
    assert judged & set(own_states(tmp_path / "readable", unreadable=False)), "else this test shows nothing"
    states = own_states(tmp_path / "unreadable", unreadable=True)
    assert not judged & set(states)
    assert states.count(State.ERROR) > 10


def test_the_texts_that_ask_for_errors_are_sent_and_no_check_s(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        osquery = Osquery(tables_of({"rempart_lines": []}))
        asyncio.run(one.audit(osquery))
    assert any(extras.TEXTS[BEFORE] in sql for sql in osquery.asked)


def test_what_a_text_of_a_row_says_is_known_in_every_language_and_nothing_else_of_it_is_believed() -> None:
    why = {**error(1, "rempart_lines", "why"), "message": "is locked", "said": '["unit.locked", {}]'}
    broken = {**error(2, "rempart_lines", "why"), "message": "is broken", "said": "{"}
    rows = {"7.1": [error(0)], "7.9": [error(0), why, broken, error(3, "rempart_lines", "source")]}
    told = find_whys(read_all(Written(rows, dict.fromkeys(rows, 0), {}, {})), GIVEN)
    assert set(told) == {"is locked", "is broken"}
    assert read_whys(told) == {"is locked": ["unit.locked", {}]}
    assert find_whys({}, GIVEN) == {}

"""A store goes row by row into another of any kind, and its chains are held link by link."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.run import BEGINNING, make_result, make_run
from sqlalchemy import delete, insert, inspect, update

from rempart_core.signing.key import load_key
from rempart_store.schema.server_node import server_denied
from rempart_store.schema.table import link
from rempart_store.server.copy import dump, is_empty, list_tables, load, read_heads, verify
from rempart_store.store import Store


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Store]:
    """Return a store with signed documents, bytes, NULLs and text that is not ASCII."""
    key = load_key(str(tmp_path / "signing.key"))
    with Store.open(str(tmp_path / "from.db")) as store:
        for number in range(3):
            run = make_run("hôte-é", BEGINNING + number, [make_result("FWL-01", items=[f"{number}"])])
            store.save([run], key=key)
        with store.writing() as connection:
            row = {"node_id": 1, "digest": b"\x00\xff", "until": 2**40, "said": "\x1b[31m"}
            connection.execute(insert(server_denied), row)
        yield store


def content(store: Store) -> dict[str, list[object]]:
    with store.reading() as connection:
        return {table: list(dump(connection, table)) for table, _ in list_tables()}


def test_what_was_dumped_is_the_same_in_another_store_of_any_kind(filled: Store, store: Store) -> None:
    rows = content(filled)
    assert json.loads(json.dumps(rows)) == rows
    with store.writing() as connection:
        assert is_empty(connection)
        for table, some in rows.items():
            if some:
                load(connection, table, some)  # type: ignore[arg-type]
        assert not is_empty(connection)
    assert content(store) == rows
    with store.reading() as connection:
        heads = verify(connection)
        assert heads == read_heads(connection)
        assert heads.documents.links == 3
        assert heads.documents.head == filled.head()


@pytest.mark.parametrize(
    "row",
    [[1, "AA==", 3], [1, "AA==", 3, "x", 5], ["1", "AA==", 3, "x"], [1, 2, 3, "x"], [1, "*", 3, "x"], [1.0, "", 1, ""]],
)
def test_a_row_of_another_shape_is_refused(small: Store, row: list[object]) -> None:
    with small.writing() as connection, pytest.raises(ValueError):  # noqa: PT011 - base64's own words among them
        load(connection, "server_denied", [row])  # type: ignore[list-item]


def test_a_link_that_is_changed_gone_or_moved_breaks_the_chain(filled: Store) -> None:
    with filled.writing() as connection:
        for broken, statement in (
            (2, update(link).where(link.c.number == 2).values(hash="0" * 64)),
            (1, update(link).where(link.c.number == 1).values(link="{}")),
            (1, delete(link).where(link.c.number == 1)),
        ):
            with connection.begin_nested() as point:
                connection.execute(statement)
                assert verify(connection).documents.broken == broken
                point.rollback()
        assert verify(connection).documents.broken == 0


def test_the_newest_link_that_is_gone_is_another_head(filled: Store) -> None:
    with filled.writing() as connection:
        connection.execute(delete(link).where(link.c.number == 3))
        found = verify(connection).documents
    assert (found.links, found.broken) == (2, 0)
    assert found.head != filled.head() or found.links == 2


def test_every_table_of_a_store_is_copied_whatever_else_the_process_has_imported(small: Store) -> None:
    code = "from rempart_store.server.copy import list_tables; print(*(name for name, _ in list_tables()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    with small.reading() as connection:
        assert set(done.stdout.split()) == set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_an_empty_store_has_no_heads(small: Store) -> None:
    with small.reading() as connection:
        assert verify(connection).documents == verify(connection).log
        assert verify(connection).log.head == ""

"""One transaction for the writes of many: each is told once it is committed, and one that fails spoils its own only."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from rempart_core.error import StoreError
from rempart_server.writer import Writer
from rempart_store.schema.server_node import server_setting
from rempart_store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from rempart_store.connection import Connection


def put(name: str) -> Callable[[Connection], str]:
    def write(connection: Connection) -> str:
        connection.execute(insert(server_setting), {"name": name, "value": "1"})
        return name

    return write


def names(store: Store) -> set[str]:
    with store.reading() as connection:
        return set(connection.scalars(select(server_setting.c.name)))


def test_what_is_answered_is_committed_and_a_failure_spoils_nothing_else(tmp_path: Path) -> None:
    async def go(writer: Writer) -> list[object]:
        return list(await asyncio.gather(*(writer.write(put(one)) for one in "abab"), return_exceptions=True))

    with Store.open(str(tmp_path / "store.db")) as store:
        writer = Writer(store)
        said = asyncio.run(go(writer))
        writer.close()
        assert said[:2] == ["a", "b"]
        assert all(isinstance(one, Exception) for one in said[2:])
        assert names(store) == {"a", "b"}


def test_a_store_that_can_not_be_written_is_told_to_all_that_wait(tmp_path: Path) -> None:
    async def go(writer: Writer) -> None:
        await asyncio.gather(*(writer.write(put(one)) for one in "ab"))

    with Store.open(str(tmp_path / "store.db"), patience=0.1) as store, Store.open(str(tmp_path / "store.db")) as other:
        writer = Writer(store)
        with other.writing(), pytest.raises(StoreError):
            asyncio.run(go(writer))
        assert names(store) == set()
        asyncio.run(go(writer))
        writer.close()
        assert names(store) == {"a", "b"}


def fill(connection: Connection) -> None:
    """Write more than there is room for; SQLite answers a full disk with the same error (SQLITE_FULL)."""
    pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 1}")
    try:
        connection.execute(insert(server_setting), {"name": "large", "value": "x" * 200_000})
    finally:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")


def test_when_sqlite_undoes_the_transaction_nobody_in_it_is_told_that_it_is_written(tmp_path: Path) -> None:
    async def go(writer: Writer) -> list[object]:
        some = (put("a"), fill, put("c"))
        return list(await asyncio.gather(*(writer.write(one) for one in some), return_exceptions=True))

    with Store.open(str(tmp_path / "store.db")) as store:
        writer = Writer(store)
        said = asyncio.run(go(writer))
        assert [type(one) for one in said] == [StoreError] * 3
        assert names(store) == set()
        assert asyncio.run(writer.write(put("d"))) == "d"
        writer.close()
        assert names(store) == {"d"}


def test_an_error_of_the_database_is_one_of_ours(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store:
        writer = Writer(store)
        with pytest.raises(StoreError):
            asyncio.run(writer.write(lambda connection: connection.exec_driver_sql("SELECT * FROM nothing")))
        writer.close()

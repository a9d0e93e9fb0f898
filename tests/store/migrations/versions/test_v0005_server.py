"""A store of before gets the server's tables, and loses nothing by it."""

from __future__ import annotations

from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import inspect

from rempart_store.migrations.versions import v0005_server
from rempart_store.store import Store


def test_the_tables_come_and_go(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "store.db")) as store, store.writing() as connection:
        whole = set(inspect(connection).get_table_names())
        with Operations.context(MigrationContext.configure(connection)):
            v0005_server.downgrade()
            before = set(inspect(connection).get_table_names())
            v0005_server.upgrade()
        assert {"run", "endpoint", "link"} <= before
        assert whole - before == {name for name in whole if name.startswith("server_")}
        assert set(inspect(connection).get_table_names()) == whole

"""The store as its users open it, on SQLite and on PostgreSQL: migrated, refused, private."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from rempart_testing.run import BEGINNING, of_states

from rempart_core.error import StoreError, UsageError
from rempart_core.model.result import State
from rempart_store import connection as connecting
from rempart_store.retention.forget import DAY
from rempart_store.schema.server_node import NODE_TABLES
from rempart_store.schema.server_person import PERSON_TABLES
from rempart_store.schema.server_work import WORK_TABLES
from rempart_store.schema.table import metadata
from rempart_store.store import Store

NIGHT = DAY


def night(number: int) -> int:
    return BEGINNING + number * NIGHT


def test_the_migrations_make_the_tables_that_the_store_uses(store: Store) -> None:
    with connecting.begin(store._engine, write=False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    folder = Path(connecting.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == connecting.HEAD


def test_a_store_of_an_older_version_is_renewed_and_keeps_what_it_has(place: str) -> None:
    with Store.open(place) as store:
        store.save([of_states("web", night(0), {"AAA-01": State.FAIL})])
        before = store.standings(details=True)
        with connecting.begin(store._engine, write=True) as connection:
            for statement in (
                "ALTER TABLE endpoint DROP COLUMN listed",
                "ALTER TABLE endpoint DROP COLUMN proof",
                "DROP INDEX endpoint_machine_id",
                "ALTER TABLE pending DROP COLUMN absent",
                "DROP TABLE delivery",
                "DROP TABLE forgotten",
                *(f"DROP TABLE {table.name}" for table in (*NODE_TABLES, *WORK_TABLES, *PERSON_TABLES)),
                "UPDATE alembic_version SET version_num = '0001'",
            ):
                connection.exec_driver_sql(statement)
    with pytest.raises(StoreError, match="upgrades it"):
        Store.open(place, create=False)
    with Store.open(place) as store:
        assert store.standings(details=True) == before
        assert store.save([of_states("web", night(1), {"AAA-01": State.PASS})]) == 2


def test_a_store_of_a_newer_version_is_refused(place: str) -> None:
    with Store.open(place) as store, connecting.begin(store._engine, write=True) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for create in (True, False):
        with pytest.raises(StoreError, match="newer version"):
            Store.open(place, create=create)


def test_a_database_of_something_else_is_refused(place: str) -> None:
    if "://" not in place:
        os.makedirs(os.path.dirname(place))
        subprocess.run(
            [
                sys.executable,
                "-c",
                "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE t (x)')",
                place,
            ],
            check=True,
        )
    else:
        engine = connecting._postgresql(place, 60.0)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (x integer)")
        engine.dispose()
    with pytest.raises(StoreError, match="not a database of Rempart"):
        Store.open(place)


def test_where_no_store_is_none_is_begun_unless_asked_for(tmp_path: Path) -> None:
    place = tmp_path / "nothing.db"
    with pytest.raises(UsageError, match="no store"):
        Store.open(str(place), create=False)
    assert not place.exists()
    place.write_bytes(b"this is no database at all, but a text that somebody keeps" * 40)
    with pytest.raises(StoreError, match="not a database"):
        Store.open(str(place))
    with pytest.raises(UsageError, match="PostgreSQL"):
        Store.open("mysql://user:secret@host/x")
    with pytest.raises(UsageError, match="directory"):
        Store.open(str(tmp_path))


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as caught:
        Store.open("postgresql://user:hunter2@127.0.0.1:1/x?connect_timeout=2")
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_store_is_private_to_its_user(tmp_path: Path) -> None:
    place = tmp_path / "data/rempart.db"
    with Store.open(f"sqlite:///{place}") as store:
        store.save([of_states("web", night(0), {"AAA-01": State.PASS})])
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "rempart.db" in modes
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_a_file_that_was_removed_or_replaced_is_noticed_and_nobody_begins_another_one(tmp_path: Path) -> None:
    file, kept = tmp_path / "store.db", tmp_path / "kept.db"
    with Store.open(str(file)) as store:
        with store.writing():
            pass  # a connection is held in readiness from now on
        file.rename(kept)
        with pytest.raises(StoreError, match="removed"), store.writing():
            pass
        with pytest.raises(StoreError, match="removed"):
            store.fleet()
        assert not file.exists()
        file.write_bytes(b"")
        with pytest.raises(StoreError, match="replaced"), store.writing():
            pass
        assert file.read_bytes() == b""
        kept.replace(file)
        assert store.fleet() == []

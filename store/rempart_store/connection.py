"""How a store is opened: SQLite or PostgreSQL, brought to this version's tables, one writer at a time.

Sources: SQLAlchemy 2, "SQLite: Serializable isolation / Savepoints / Transactional DDL"; SQLite, "Write-Ahead
Logging"; PostgreSQL 15, "Explicit Locking".
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import Connection as Connection  # noqa: PLC0414 - others name it without importing SQLAlchemy
from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DisconnectionError, NoSuchModuleError, SQLAlchemyError

from rempart_core.error import StoreError, UsageError
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_store.location import file_of, is_postgresql, make_directory

HEAD = "0005"  # the newest migration; a test holds it to the files
PATIENCE = 60.0
"""Seconds that a writer waits for another one, where nobody says how long a run may take."""
_WRITES = "rempart_writes"
_LOCK = 0x72656D70617274  # "rempart"; a lock of the database that lasts as long as the transaction


def connect(place: str, *, create: bool, patience: float = PATIENCE) -> Engine:
    """Return an engine for the store at ``place``, its tables those of this version.

    Args:
        place: Path of an SQLite file, or a ``sqlite:///`` or ``postgresql://`` URL.
        create: Make it where it does not exist yet; and bring an older one to this version.
        patience: Seconds to wait for a server, and for another writer.

    Raises:
        UsageError: ``place`` is no place for a store, or there is none and none may be made.
        StoreError: It can't be opened, or is of a newer version.
    """
    engine = _postgresql(place, patience) if is_postgresql(place) else _sqlite(place, create, patience)
    try:
        with translated(place):
            _prepare(engine, place, create)
    except BaseException:
        engine.dispose()
        raise
    return engine


def read_layout(place: str) -> str:
    """Return the layout of the store at ``place``; ``""`` where it has none yet.

    Args:
        place: See :func:`connect`.

    Raises:
        UsageError: There is no store.
        StoreError: It can't be read.
    """
    engine = _postgresql(place, PATIENCE) if is_postgresql(place) else _sqlite(place, False, PATIENCE)
    try:
        with translated(place), begin(engine, write=False) as connection:
            return _version(connection) or ""
    finally:
        engine.dispose()


def _sqlite(place: str, create: bool, patience: float) -> Engine:
    path = file_of(place)
    if "://" in path:
        raise UsageError(Message("store.place", place=_hide(place)))
    if not os.path.exists(path):
        if not create:
            raise UsageError(Message("store.none", place=path))
        try:
            make_directory(os.path.dirname(path) or ".")
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # findings are nobody else's business
        except OSError as error:
            raise StoreError(Message("store.make", path=path, error=reason_of(error))) from error
    if os.path.isdir(path):
        raise UsageError(Message("store.folder", path=path))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": patience})
    first = _identify(path)
    event.listen(engine, "do_connect", partial(_hold_there, path, first))
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "checkout", partial(_hold_same, path, first))
    event.listen(engine, "begin", _begin)
    return engine


def _identify(path: str) -> tuple[int, int] | None:
    """Return what tells a file from another one of its name; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _hold_there(path: str, first: tuple[int, int] | None, *_: object) -> None:
    """Refuse to connect to a file that was removed or replaced: SQLite would begin an empty one, or mix two."""
    if _identify(path) != first:
        raise sqlite3.OperationalError("the file was removed or replaced")


def _hold_same(path: str, first: tuple[int, int] | None, *_: object) -> None:
    """Let go of a connection to such a file: what is written there, nobody ever reads."""
    if _identify(path) != first:
        raise DisconnectionError


def _set_up(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the transaction is ours to begin
    for pragma in ("foreign_keys=ON", "cache_size=-65536", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    try:
        connection.execute("PRAGMA journal_mode=WAL")  # readers go on while a run is saved
    except sqlite3.OperationalError:
        pass  # a store that may only be read stays as it is


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(place: str, patience: float) -> Engine:
    try:
        url = make_url(place)
        milliseconds = max(1, int(patience * 1000))
        waits: dict[str, Any] = {"options": f"-c lock_timeout={milliseconds}"}
        if "options" in url.query:  # the user's own count
            waits = {}
        if "connect_timeout" not in url.query:
            waits["connect_timeout"] = max(2, int(patience))  # libpq takes 1 for 2
        if (
            "tcp_user_timeout" not in url.query
        ):  # a server that vanished is noticed, and not waited for a quarter of an hour
            waits["tcp_user_timeout"] = max(2000, milliseconds)
        driver = url.set(drivername="postgresql+psycopg")
        return create_engine(driver, pool_pre_ping=True, connect_args=waits)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise UsageError(Message("store.url", place=_hide(place))) from error
    except ModuleNotFoundError as error:
        raise UsageError(Message("store.psycopg")) from error


@contextmanager
def begin(engine: Engine, *, write: bool) -> Iterator[Connection]:
    """Give a connection in one transaction, committed at its end, undone where anything is raised.

    There is one writer at a time; a reader sees one moment of the store.

    Args:
        engine: Of :func:`connect`.
        write: Whether it may write, for which it waits until no other does.
    """
    with engine.connect() as plain:
        if engine.dialect.name == "sqlite":
            connection = plain.execution_options(**{_WRITES: write})
        else:
            connection = plain.execution_options(isolation_level="READ COMMITTED" if write else "REPEATABLE READ")
        with connection.begin():
            if write and engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
            yield connection


def is_lost(connection: Connection) -> bool:
    """Tell whether a transaction that was begun is no more: on some errors SQLite undoes all of it by itself.

    Whoever catches an error within a transaction asks this first: what came before is gone, and a commit says nothing.

    Args:
        connection: In a transaction.

    Source: SQLite, "Transactions", section 3, "Response To Errors Within A Transaction".
    """
    return not getattr(connection.connection.driver_connection, "in_transaction", True)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn the exceptions of SQLAlchemy and its drivers into ours.

    Raises:
        StoreError: What went wrong, in one line, without passwords.
    """
    try:
        yield
    except DatabaseError as error:
        theirs = str(error.orig).strip().partition("\n")[0]
        busy = "locked" in theirs or "lock timeout" in theirs
        said = Message("store.busy") if busy else Message("text.theirs", text=theirs)
        raise StoreError(Message("store.failed", place=_hide(place), error=said)) from error
    except SQLAlchemyError as error:
        raise StoreError(Message("store.failed", place=_hide(place), error=str(error).partition(chr(10))[0])) from error


def _prepare(engine: Engine, place: str, create: bool) -> None:
    """Bring the store to this version, or say why it can't be used."""
    with begin(engine, write=False) as connection:
        version = _version(connection)
        strange = version is None and bool(inspect(connection).get_table_names())
    if version == HEAD:
        return
    if strange:
        raise StoreError(Message("store.foreign", place=_hide(place)))
    if version is not None and version > HEAD:
        raise StoreError(Message("store.newer", place=_hide(place), version=version))
    if not create:
        if version is None:
            raise UsageError(Message("store.none", place=_hide(place)))
        raise StoreError(Message("store.older", place=_hide(place)))
    with begin(engine, write=True) as connection:
        if _version(connection) != HEAD:  # nobody else was faster
            migrate(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def migrate(connection: Connection) -> None:
    """Run the migrations that the store lacks."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", os.path.join(os.path.dirname(__file__), "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _hide(place: str) -> str:
    """Return a store's place without its password."""
    if "://" not in place:
        return place
    try:
        return make_url(place).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        return place.partition("://")[0] + "://…"

"""Reads a table out of an SQLite database that another program keeps.

SQLite is given a copy for the moment of the question: the program's own file is neither locked nor changed, and one
inside an image can't reach beyond its copy. A small one lies in memory, where this Python can have it so; a large one,
and one with a log beside it, in a folder of its own.
"""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator, List, Tuple, Union

from rempart_agent.source.contract import Malformed, Unfit, reason

if TYPE_CHECKING:
    import sqlite3

Cell = Union[str, int, float, bytes, None]
"""A value: a column may hold one of each kind, whatever it is declared as."""

MAX_STEPS = 50_000_000  # of SQLite's own machine: a database can hold views and indexes that never end
_STRIDE = 100_000
_SMALL = 4 * 1024 * 1024  # bytes of a database that is copied into memory
_VERSIONS = slice(
    18, 20
)  # of a database's header: 2 where it may have a log, which one in memory can't (SQLite's fileformat2.html)


def select(data: bytes, table: str, columns: str, log: bytes = b"") -> List[Tuple[Cell, ...]]:
    """Return columns of all rows of a table; nothing where the database, as yet, has no such table.

    Args:
        data: The database file; an empty one is an empty database, as SQLite has it.
        table: The table's name.
        columns: The columns, as SQL.
        log: SQLite's file ``-wal`` beside it.

    Raises:
        Malformed: it is no database, or it is damaged.
        Unfit: this machine can't lay out a copy, or its Python has no SQLite.
    """
    if not data:
        return []
    try:
        import sqlite3
    except ImportError as error:
        raise Unfit("Python's sqlite3 is not installed, which reads {table}", table=table) from error
    try:
        return _ask(data, table, columns, log)
    except sqlite3.Error as error:
        raise Malformed("a damaged database: {error}", error=error) from error
    except OSError as error:
        raise Unfit("no room for a copy of the database: {why}", why=reason(error)) from error


def _ask(data: bytes, table: str, columns: str, log: bytes) -> List[Tuple[Cell, ...]]:
    with opened(data, log) as connection:
        connection.text_factory = _text
        known = connection.execute("SELECT type FROM sqlite_master WHERE name = ? COLLATE NOCASE", (table,)).fetchone()
        if known is None:
            return []
        if known[0] != "table":
            raise Malformed("{table} is no table", table=table)
        statement = 'SELECT {} FROM "{}"'.format(columns, table)  # noqa: S608 - a table's own words, no one else's
        return connection.execute(statement).fetchall()


@contextmanager
def opened(data: bytes, log: bytes = b"") -> "Iterator[sqlite3.Connection]":
    """Open a copy of a database for a few questions, which end after ``MAX_STEPS``.

    Args:
        data: The database file.
        log: SQLite's file ``-wal`` beside it.

    Raises:
        sqlite3.Error: it is no database, or it is damaged; many are noticed by the first question alone.
        OSError: there is no room for the copy.
    """
    import sqlite3

    if data and not log and len(data) <= _SMALL and hasattr(sqlite3.Connection, "deserialize"):  # Python 3.11
        connection = sqlite3.connect(":memory:")
        try:
            copy = bytearray(data)
            if copy[_VERSIONS] == b"\2\2":
                copy[_VERSIONS] = b"\1\1"
            connection.deserialize(copy)
            yield _careful(connection)
        finally:
            connection.close()
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="rempart-") as folder:
        path = folder + "/db"
        for name, content in ((path, data), (path + "-wal", log)):
            if content:
                with open(name, "wb") as file:
                    file.write(content)
        connection = sqlite3.connect(path)
        try:
            yield _careful(connection)
        finally:
            connection.close()


def _careful(connection: "sqlite3.Connection") -> "sqlite3.Connection":
    connection.set_progress_handler(_Counter(), _STRIDE)
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


class _Counter:
    """Ends a statement that has taken too many steps."""

    def __init__(self) -> None:
        self._left = MAX_STEPS // _STRIDE

    def __call__(self) -> int:
        self._left -= 1
        return int(self._left < 0)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")

"""Finds and reads rpm's database: what rpm knows of each installed package.

Source: ``/var/lib/rpm`` or ``/usr/lib/sysimage/rpm``: ``rpmdb.sqlite`` with its write-ahead log, ``Packages.db``
(``ndb``) or ``Packages`` (``berkeley_db``). One that holds no package does not hide another: rpm itself leaves an
empty one where it was asked something on a system that is not its own.
"""

from typing import Callable, Dict, Iterator, List, TypeVar, Union

from rempart_agent.formats import rpm_header
from rempart_agent.source.contract import Malformed, Missing
from rempart_agent.source.target import Target

DIRECTORIES = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
SQLITE, NDB, BERKELEY = "rpmdb.sqlite", "Packages.db", "Packages"
MAX_DATABASE = 512 * 1024 * 1024
MAX_STEPS = 50_000_000  # of SQLite's own machine
_Found = TypeVar("_Found")


def headers(target: Target) -> "List[Dict[str, Union[str, int]]]":
    """Return what the database says of each package, by the names of ``rpm_header``; nothing where there is no rpm.

    It is read once in a run.

    Raises:
        Malformed: a database is damaged.
    """
    found: "List[Dict[str, Union[str, int]]]" = target.shared("rpm packages", lambda: list(_first(target, parse)))
    return found


def blobs(target: Target) -> Iterator[bytes]:
    """Return the header of each package as it lies in the database; nothing where there is no rpm.

    Raises:
        Malformed: a database is damaged.
    """
    import sqlite3

    def read(data: bytes, log: bytes, path: str) -> List[bytes]:
        try:
            return list(_blobs(path.rpartition("/")[2], data, log))
        except (sqlite3.Error, ValueError) as error:
            raise Malformed("{path}: {error}", path=path, error=error) from error

    return _first(target, read)


def _first(target: Target, read: "Callable[[bytes, bytes, str], List[_Found]]") -> "Iterator[_Found]":
    """Return what is read of the first database that holds packages."""
    for folder in DIRECTORIES:
        try:
            names = target.listdir(folder)
        except Missing:
            continue
        for name in (SQLITE, NDB, BERKELEY):
            path = "{}/{}".format(folder, name)
            if name not in names:
                continue
            log = target.read(path + "-wal", MAX_DATABASE) if name + "-wal" in names else b""
            found = read(target.read(path, MAX_DATABASE), log, path)
            if found:
                yield from found
                return


def parse(data: bytes, log: bytes = b"", path: str = SQLITE) -> "List[Dict[str, Union[str, int]]]":
    """Parse a database of the form that its name tells.

    Args:
        data: The database file.
        log: SQLite's file ``-wal`` beside it.
        path: Its name.

    Raises:
        Malformed: it is no database of rpm's, or it is damaged.
    """
    import sqlite3

    name = path.rpartition("/")[2]
    try:
        return [rpm_header.parse(blob) for blob in _blobs(name, data, log)]
    except (sqlite3.Error, ValueError, Malformed) as error:
        raise Malformed("{path}: {error}", path=path, error=error) from error


def _blobs(name: str, data: bytes, log: bytes) -> Iterator[bytes]:
    if name == NDB:
        from rempart_agent.formats import ndb

        return ndb.read(data)
    if name == BERKELEY:
        from rempart_agent.formats import berkeley_db

        return berkeley_db.read(data)
    return iter(_rows(data, log))


def _rows(data: bytes, log: bytes) -> List[bytes]:
    """Return the header of each package in SQLite's form, which wants files: copies of its own, for this moment."""
    import sqlite3
    import tempfile

    with tempfile.TemporaryDirectory(prefix="rempart-") as folder:
        path = folder + "/db"
        with open(path, "wb") as file:
            file.write(data)
        if log:
            with open(path + "-wal", "wb") as file:
                file.write(log)
        connection = sqlite3.connect(path)
        try:
            steps = [MAX_STEPS // 100_000]

            def stop() -> int:
                steps[0] -= 1
                return int(steps[0] < 0)

            connection.set_progress_handler(stop, 100_000)
            connection.execute("PRAGMA trusted_schema = OFF")
            kind = connection.execute("SELECT type FROM sqlite_master WHERE name = 'Packages'").fetchone()
            if not kind or kind[0] != "table":
                raise Malformed("no table of packages")
            found = connection.execute("SELECT blob FROM Packages ORDER BY hnum").fetchall()
            return [blob if isinstance(blob, bytes) else b"" for (blob,) in found]
        finally:
            connection.close()

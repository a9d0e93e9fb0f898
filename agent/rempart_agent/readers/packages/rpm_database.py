"""Finds and reads rpm's database: what rpm knows of each installed package.

Source: ``/var/lib/rpm`` or ``/usr/lib/sysimage/rpm``: ``rpmdb.sqlite`` with its write-ahead log, ``Packages.db``
(``ndb``) or ``Packages`` (``berkeley_db``). One that holds no package does not hide another: rpm itself leaves an
empty one where it was asked something on a system that is not its own.
"""

from typing import Callable, Dict, Iterator, List, TypeVar, Union

from rempart_agent.formats import rpm_header, sqlite_file
from rempart_agent.source.contract import Malformed, Missing
from rempart_agent.source.target import Target

DIRECTORIES = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
SQLITE, NDB, BERKELEY = "rpmdb.sqlite", "Packages.db", "Packages"
MAX_DATABASE = 512 * 1024 * 1024
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

    def read(data: bytes, log: bytes, path: str) -> List[bytes]:
        import sqlite3  # which a system without rpm does without

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
    """Return the header of each package in SQLite's form."""
    with sqlite_file.opened(data, log) as connection:
        kind = connection.execute("SELECT type FROM sqlite_master WHERE name = 'Packages'").fetchone()
        if not kind or kind[0] != "table":
            raise Malformed("no table of packages")
        found = connection.execute("SELECT blob FROM Packages ORDER BY hnum").fetchall()
        return [blob if isinstance(blob, bytes) else b"" for (blob,) in found]

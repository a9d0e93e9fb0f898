"""Table rpm_packages: the packages that rpm has installed.

Source: ``rpmdb.sqlite`` in ``/var/lib/rpm`` or ``/usr/lib/sysimage/rpm``. The older formats (Berkeley DB, ndb) are
asked of rpm itself on a running machine and can't be read on a root filesystem. Without either directory there is no
rpm, and no rows.
"""

from typing import Dict, Iterator, List, Tuple

from rempart_agent.tables import rpm_header
from rempart_agent.tables.contract import BIGINT, INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Unfit
from rempart_agent.targets.contract import Target

OFFLINE = "full"
COLUMNS = (
    Column("name", TEXT, index=True),
    Column("version", TEXT, index=True, collate="version_rhel"),
    Column("release", TEXT, index=True),
    Column("source", TEXT),
    Column("size", BIGINT),
    Column("sha1", TEXT, collate="nocase"),
    Column("arch", TEXT, index=True),
    Column("epoch", INTEGER, index=True),
    Column("install_time", INTEGER),
    Column("vendor", TEXT),
    Column("package_group", TEXT),
    Column("pid_with_namespace", INTEGER, hidden=True),
    Column("mount_namespace_id", TEXT, hidden=True),
)

DIRECTORIES = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
SQLITE = "rpmdb.sqlite"
OLDER = ("Packages", "Packages.db")  # Berkeley DB, ndb
MAX_DATABASE = 512 * 1024 * 1024
MAX_STEPS = 50_000_000  # of SQLite's own machine

_FIELDS = ("name", "version", "release", "source", "sha1", "arch", "vendor", "package_group")
_NUMBERS = ("size", "epoch", "install_time")
_ASKED: Tuple[str, ...] = ("NAME", "VERSION", "RELEASE", "SOURCERPM", "SHA1HEADER", "ARCH", "VENDOR", "GROUP")
_ASKED += ("SIZE", "EPOCH", "INSTALLTIME")
_FORMAT = "".join("%|{0}?{{%{{{0}}}}}|\\t".format(tag) for tag in _ASKED) + "\\n"


def rows(target: Target, query: Query) -> Iterator[Row]:
    """Return one row for each installed package.

    Raises:
        Unfit: the database is of an older format and nobody can be asked.
        Malformed: it is damaged.
    """
    for folder in DIRECTORIES:
        try:
            names = target.listdir(folder)
        except Missing:
            continue
        if SQLITE in names:
            path = "{}/{}".format(folder, SQLITE)
            log = target.read(path + "-wal", MAX_DATABASE) if SQLITE + "-wal" in names else b""
            yield from parse(target.read(path, MAX_DATABASE), log, path)
            return
        if any(name in names for name in OLDER):
            yield from _ask(target, folder)
            return


def _ask(target: Target, folder: str) -> Iterator[Row]:
    if not target.live:
        raise Unfit("{}: an rpm database of an older format, which only rpm itself reads".format(folder))
    text = target.run(["rpm", "-qa", "--qf", _FORMAT], timeout=30).decode("utf-8", "replace")
    for line in text.split("\n"):
        values = line.split("\t")
        if len(values) > len(_FIELDS) + len(_NUMBERS):
            row: Dict[str, object] = dict(zip(_FIELDS, values))
            numbers = zip(_NUMBERS, values[len(_FIELDS) :])
            row.update((name, int(value)) for name, value in numbers if value.isdigit())
            yield row


def parse(data: bytes, log: bytes = b"", path: str = SQLITE) -> Iterator[Row]:
    """Parse a database and what its write-ahead log adds.

    Args:
        data: The database file.
        log: The file ``-wal`` beside it.
        path: Its name, for errors.

    Raises:
        Malformed: it is no database of rpm's, or it is damaged.
    """
    import sqlite3

    try:
        for blob in _blobs(data, log):
            yield rpm_header.parse(blob)
    except (sqlite3.Error, ValueError, Malformed) as error:
        raise Malformed("{}: {}".format(path, error)) from error


def _blobs(data: bytes, log: bytes) -> List[bytes]:
    """Return the header of each package. SQLite wants files, so it gets copies of its own, for this moment."""
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

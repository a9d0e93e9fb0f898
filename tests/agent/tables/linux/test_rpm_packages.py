"""Table rpm_packages: databases made by rpm itself in each of its forms, and damaged ones."""

from __future__ import annotations

import shutil
import sqlite3
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing import rpm
from rempart_testing.outcome import outcome

from rempart_agent.formats import berkeley_db, ndb, rpm_header
from rempart_agent.readers.packages import rpm_database
from rempart_agent.source.contract import Malformed, Query
from rempart_agent.tables.linux import rpm_packages
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
needs_rpm = pytest.mark.skipif(not rpm.RPM, reason="rpm is not installed: there is no real database")
needs_db_load = pytest.mark.skipif(not rpm.BERKELEY_DB, reason="db5.3_load is not installed: no real Berkeley DB")
TAGS = "NAME VERSION RELEASE SOURCERPM SIZE SHA1HEADER ARCH EPOCH INSTALLTIME VENDOR GROUP"
FORMAT = "|".join(f"%{{{tag}}}" for tag in TAGS.split(" ")) + "\n"
PACKAGES = ("one-2:1.2~rc1-3", "two-1.2~rc1-3", "three-4-1")


def _rows(target: Any) -> list[dict[str, Any]]:
    return [dict(r) for r in rpm_packages.rows(target, Query())]


def _shown(rows: list[dict[str, Any]]) -> list[str]:
    visible = [c.name for c in rpm_packages.COLUMNS if not c.hidden]
    return sorted("|".join(str(r.get(c, "(none)")) for c in visible) for r in rows)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Build a few packages, one of them with a header larger than a page of Berkeley DB."""
    top = tmp_path_factory.mktemp("rpm")
    long = "long-1-1 " + ";".join(f"Provides: long({n})" for n in range(1500))
    return list(rpm.build(top, *PACKAGES, long).values())


@pytest.fixture(scope="module")
def database(packages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let rpm install the packages into a database of SQLite's form."""
    where = tmp_path_factory.mktemp("sqlite") / "db"
    rpm.install(where, packages)
    return where


@pytest.fixture(scope="module")
def ndb_file(packages: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let rpm install the packages into an ndb database, and take one out again."""
    where = tmp_path_factory.mktemp("ndb") / "db"
    rpm.install(where, packages, "ndb")
    rpm.run("rpm", "--define", "_db_backend ndb", "--dbpath", str(where), "-e", "--justdb", "three")
    return where / "Packages.db"


@needs_rpm
def test_rpm_itself_says_the_same(database: Path, root_of: RootOf) -> None:
    real = rpm.run("rpm", "--dbpath", str(database), "-qa", "--qf", FORMAT).splitlines()
    files = {f"/var/lib/rpm/{p.name}": p.read_bytes() for p in database.iterdir() if "sqlite" in p.name}
    rows = _rows(root_of(files))
    assert _shown(rows) == sorted(real)
    assert {r["name"]: r.get("epoch") for r in rows} == {"one": 2, "two": None, "three": None, "long": None}


@needs_rpm
def test_rpm_itself_says_the_same_of_suses_form(ndb_file: Path, root_of: RootOf) -> None:
    asked = ("rpm", "--define", "_db_backend ndb", "--dbpath", str(ndb_file.parent), "-qa", "--qf", FORMAT)
    rows = _rows(root_of({"/usr/lib/sysimage/rpm/Packages.db": ndb_file.read_bytes()}))
    assert _shown(rows) == sorted(rpm.run(*asked).splitlines())
    assert sorted(r["name"] for r in rows) == ["long", "one", "two"]


@needs_db_load
@pytest.mark.parametrize(("order", "page"), [("<", 4096), (">", 4096), ("<", 512), ("<", 32_768)])
def test_rpm_itself_says_the_same_of_the_form_of_rhel_8(
    database: Path, root_of: RootOf, tmp_path: Path, order: str, page: int
) -> None:
    path = tmp_path / "db" / "Packages"
    path.parent.mkdir()
    rpm.to_berkeley_db(database, path, order, page)
    rows = _rows(root_of({"/var/lib/rpm/Packages": path.read_bytes()}))
    real = rpm.run("rpm", "--dbpath", str(database), "-qa", "--qf", FORMAT).splitlines()
    assert _shown(rows) == sorted(real)
    if order == "<":  # rpm reads only its own byte order
        read_only = ("rpm", "--define", "_db_backend bdb_ro", "--dbpath", str(path.parent), "-qa", "--qf", FORMAT)
        assert sorted(rpm.run(*read_only).splitlines()) == _shown(rows)


@needs_rpm
def test_what_is_still_in_the_log_counts(database: Path, root_of: RootOf, tmp_path: Path) -> None:
    path = tmp_path / "rpmdb.sqlite"
    shutil.copy(database / "rpmdb.sqlite", path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("DELETE FROM Packages WHERE hnum = (SELECT min(hnum) FROM Packages)")
    connection.commit()
    folder = "/usr/lib/sysimage/rpm/rpmdb.sqlite"
    files = {folder: path.read_bytes(), folder + "-wal": Path(f"{path}-wal").read_bytes()}
    connection.close()
    assert len(_rows(root_of(files))) == len(PACKAGES)


def test_without_rpm_there_are_no_rows(root_of: RootOf) -> None:
    assert _rows(root_of({"/etc/passwd": ""})) == []
    assert _rows(root_of({"/var/lib/rpm/": ""})) == []


@needs_rpm
def test_an_empty_database_hides_no_other(database: Path, ndb_file: Path, root_of: RootOf, tmp_path: Path) -> None:
    rpm.run("rpm", "--dbpath", str(tmp_path / "empty"), "--initdb")
    empty = (tmp_path / "empty" / "rpmdb.sqlite").read_bytes()
    for path, content in (
        ("/usr/lib/sysimage/rpm/rpmdb.sqlite", (database / "rpmdb.sqlite").read_bytes()),
        ("/var/lib/rpm/Packages.db", ndb_file.read_bytes()),
    ):
        target = root_of({"/var/lib/rpm/rpmdb.sqlite": empty, path: content})
        assert len(_rows(target)) >= len(PACKAGES)
        Path(target.root + path).unlink()


@pytest.mark.parametrize("name", ["rpmdb.sqlite", "Packages", "Packages.db"])
def test_a_database_that_is_none_is_no_empty_answer(root_of: RootOf, name: str) -> None:
    for content in (b"", b"x", b"x" * 9000, bytes(9000), b"RpmP" + bytes(9000), struct.pack("<4I", 0, 1, 0, 0x061561)):
        with pytest.raises(Malformed, match=name):
            _rows(root_of({"/var/lib/rpm/" + name: content}))


def _database(tmp_path: Path, *statements: str) -> bytes:
    path = tmp_path / "made"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


def test_a_database_that_is_none_of_rpms_is_malformed(root_of: RootOf, tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS hnum, i AS blob FROM n"
    for data in (
        _database(tmp_path, "CREATE TABLE other (x)"),
        _database(tmp_path, "CREATE VIEW Packages AS " + endless),
        _database(tmp_path, "CREATE TABLE Packages (hnum, blob)", "INSERT INTO Packages VALUES (1, 'text')"),
        _database(tmp_path, "CREATE TABLE Packages (hnum, blob)", "INSERT INTO Packages VALUES (1, x'00')"),
    ):
        with pytest.raises(Malformed, match=r"rpmdb\.sqlite: "):
            _rows(root_of({"/var/lib/rpm/rpmdb.sqlite": data}))


CHANGES = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=20)


def _damaged(path: Path, changes: list[tuple[int, int]], least: int = 0) -> bytes:
    data = bytearray(path.read_bytes())
    for at, byte in changes:
        data[least + at % (len(data) - least)] = byte
    return bytes(data)


@needs_rpm
@settings(max_examples=60, deadline=None)
@given(changes=CHANGES)
def test_damage_is_an_error_or_other_values_but_never_a_crash(changes: list[tuple[int, int]], database: Path) -> None:
    found = outcome(lambda: rpm_database.parse(_damaged(database / "rpmdb.sqlite", changes)))
    if isinstance(found, list):
        assert all(set(row) <= set(rpm_header.TAGS.values()) for row in found)


@needs_rpm
@settings(max_examples=100, deadline=None)
@given(changes=CHANGES)
def test_damage_of_an_ndb_package_never_goes_unseen(changes: list[tuple[int, int]], ndb_file: Path) -> None:
    data = _damaged(ndb_file, changes, least=4096)
    found = outcome(lambda: ndb.read(data))
    whole = list(ndb.read(ndb_file.read_bytes()))
    assert isinstance(found, Malformed) or found == whole


@needs_db_load
@settings(max_examples=100, deadline=None)
@given(changes=CHANGES, cut=st.integers(0, 4096))
def test_damage_of_a_berkeley_database_is_never_a_crash(
    changes: list[tuple[int, int]], cut: int, database: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "Packages"
    if not path.exists():
        rpm.to_berkeley_db(database, path)
    data = _damaged(path, changes)
    assert isinstance(outcome(lambda: berkeley_db.read(data)), (list, Malformed))
    assert isinstance(outcome(lambda: berkeley_db.read(path.read_bytes()[: -1 - cut])), Malformed)


def test_values_that_share_their_pages_are_refused() -> None:
    page = 512
    meta = struct.pack("<8x4I4BI I", 0, 0x061561, 9, page, 0, 8, 0, 0, 0, 2).ljust(page, b"\0")
    item = b"\3\0\0\0" + struct.pack("<2I", 2, 400)
    places = [page - sum(5 if i % 2 == 0 else 12 for i in range(n + 1)) for n in range(32)]
    body = b"".join(item if n % 2 else b"\1" + struct.pack("<I", n + 1) for n in range(31, -1, -1))
    head = struct.pack("<8x3I2H2B", 1, 0, 0, 32, 0, 0, 13) + struct.pack("<32H", *places)
    overflow = struct.pack("<8x3I2H2B", 2, 0, 0, 1, 400, 0, 7) + b"x" * 400
    data = meta + head + body.rjust(page - len(head), b"\0") + overflow.ljust(page, b"\0")
    with pytest.raises(Malformed, match="more values than bytes"):
        list(berkeley_db.read(data))


@given(st.binary(max_size=400))
def test_any_header_parses_or_is_malformed(data: bytes) -> None:
    for blob in (data, b"\0\0\0\3\0\0\0\x20" + data, b"\0\0\0\1\0\0\0\4\0\0\x03\xe8\0\0\0\6" + data):
        try:
            assert set(rpm_header.parse(blob)) <= set(rpm_header.TAGS.values())
        except Malformed:
            continue

"""Table rpm_packages: databases made by rpm itself, damaged ones, and older formats."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rempart_agent.tables import rpm_header
from rempart_agent.tables.contract import Malformed, Query, SourceError, Unfit
from rempart_agent.tables.linux import rpm_packages
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
needs_rpm = pytest.mark.skipif(
    not (shutil.which("rpm") and shutil.which("rpmbuild")), reason="rpm is not installed: there is no real database"
)
SPEC = """Name: {0}
Version: 1.2~rc1
Release: 3
{1}
Summary: x
License: MIT
Vendor: Acme
Group: Tools
BuildArch: noarch
%description
x
%files
"""
TAGS = "NAME VERSION RELEASE SOURCERPM SIZE SHA1HEADER ARCH EPOCH INSTALLTIME VENDOR GROUP"
FORMAT = "|".join(f"%{{{tag}}}" for tag in TAGS.split(" ")) + "\n"


def _rows(target: Any) -> list[dict[str, Any]]:
    return [dict(r) for r in rpm_packages.rows(target, Query())]


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build two packages and let rpm install them into a database of their own."""
    top = tmp_path_factory.mktemp("rpm")
    for name, epoch in (("one-test", "Epoch: 2"), ("two-test", "")):
        (top / f"{name}.spec").write_text(SPEC.format(name, epoch))
        _run("rpmbuild", "-bb", "--define", f"_topdir {top}", str(top / f"{name}.spec"))
        package = next(str(p) for p in (top / "RPMS" / "noarch").glob(f"{name}*.rpm"))
        _run("rpm", "--dbpath", str(top / "db"), "-i", "--justdb", "--nodeps", package)
    return top / "db"


@needs_rpm
def test_rpm_itself_says_the_same(database: Path, root_of: RootOf) -> None:
    real = _run("rpm", "--dbpath", str(database), "-qa", "--qf", FORMAT).splitlines()
    files = {f"/var/lib/rpm/{p.name}": p.read_bytes() for p in database.iterdir() if "sqlite" in p.name}
    visible = [c.name for c in rpm_packages.COLUMNS if not c.hidden]
    rows = _rows(root_of(files))
    assert sorted("|".join(str(r.get(c, "(none)")) for c in visible) for r in rows) == sorted(real)
    assert [r.get("epoch") for r in rows] == [2, None]


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
    assert [r["name"] for r in _rows(root_of(files))] == ["two-test"]


def test_without_rpm_there_are_no_rows(root_of: RootOf) -> None:
    assert _rows(root_of({"/etc/passwd": ""})) == []
    assert _rows(root_of({"/var/lib/rpm/": ""})) == []


@pytest.mark.parametrize("name", ["Packages", "Packages.db"])
def test_an_older_format_is_no_empty_answer(root_of: RootOf, name: str) -> None:
    with pytest.raises(Unfit):
        _rows(root_of({"/var/lib/rpm/" + name: b"x"}))


def test_an_older_format_is_asked_of_rpm_on_a_running_machine(machine_of: Callable[..., Any]) -> None:
    said = "bash\t5.1\t8.el9\tbash-5.1-8.el9.src.rpm\tab12\tx86_64\tRed Hat\tUnspecified\t7738634\t\t1700000000\t\n"
    command = "rpm -qa --qf " + rpm_packages._FORMAT
    assert _rows(machine_of({"/var/lib/rpm/Packages": b"x"}, {command: said.encode()})) == [
        {
            "name": "bash",
            "version": "5.1",
            "release": "8.el9",
            "source": "bash-5.1-8.el9.src.rpm",
            "sha1": "ab12",
            "arch": "x86_64",
            "vendor": "Red Hat",
            "package_group": "Unspecified",
            "size": 7738634,
            "install_time": 1700000000,
        }
    ]


@needs_rpm
def test_rpm_takes_the_format_that_it_is_asked_with(database: Path) -> None:
    said = _run("rpm", "--dbpath", str(database), "-qa", "--qf", rpm_packages._FORMAT).splitlines()
    assert sorted(line.split("\t")[0] for line in said) == ["one-test", "two-test"]
    assert {line.count("\t") for line in said} == {11}


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
        b"",
        b"no database",
        _database(tmp_path, "CREATE TABLE other (x)"),
        _database(tmp_path, "CREATE VIEW Packages AS " + endless),
        _database(tmp_path, "CREATE TABLE Packages (hnum, blob)", "INSERT INTO Packages VALUES (1, 'text')"),
        _database(tmp_path, "CREATE TABLE Packages (hnum, blob)", "INSERT INTO Packages VALUES (1, x'00')"),
    ):
        with pytest.raises(Malformed, match=r"rpmdb\.sqlite: "):
            _rows(root_of({"/var/lib/rpm/rpmdb.sqlite": data}))


@needs_rpm
@settings(max_examples=60, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=20))
def test_damage_is_an_error_or_other_values_but_never_a_crash(changes: list[tuple[int, int]], database: Path) -> None:
    data = bytearray((database / "rpmdb.sqlite").read_bytes())
    for at, byte in changes:
        data[at % len(data)] = byte
    try:
        for row in rpm_packages.parse(bytes(data)):
            assert set(row) <= {c.name for c in rpm_packages.COLUMNS}
    except SourceError:
        pass


@given(st.binary(max_size=400))
def test_any_header_parses_or_is_malformed(data: bytes) -> None:
    for blob in (data, b"\0\0\0\3\0\0\0\x20" + data, b"\0\0\0\1\0\0\0\4\0\0\x03\xe8\0\0\0\6" + data):
        try:
            assert set(rpm_header.parse(blob)) <= set(rpm_header.TAGS.values())
        except Malformed:
            continue

"""Table rempart_last_login: lastlog, lastlog2, wtmp and wtmpdb."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_agent.formats import sqlite_file
from rempart_agent.source.contract import Denied, Malformed, Missing, Query, Unfit, rows_of
from rempart_agent.tables.linux import rempart_last_login as table
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, Any]], RootTarget]
PASSWD = "root:x:0:0:root:/root:/bin/bash\nbin:x:1:1::/:/usr/sbin/nologin\nalice:x:3:3::/home/alice:/bin/bash\n"
LASTLOG2 = "CREATE TABLE Lastlog2(Name TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT)"
WTMPDB = (
    "CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER, Logout INTEGER,"
    " TTY TEXT, RemoteHost TEXT, Service TEXT)"
)


def _lastlog(records: Mapping[int, tuple[int, str, str]], form: str = "<i32s256s") -> bytes:
    record = struct.Struct(form)
    data = bytearray(record.size * (max(records) + 1))
    for uid, (time, tty, host) in records.items():
        record.pack_into(data, uid * record.size, time, tty.encode(), host.encode())
    return bytes(data)


def _wtmp(*records: tuple[int, str, str, int]) -> bytes:
    record = struct.Struct("<h2xi32s4s32s256s4xiii16s20x")
    return b"".join(
        record.pack(kind, 100, b"pts/0", b"", user.encode(), host.encode(), 0, time, 0, b"")
        for kind, user, host, time in records
    )


def _database(folder: Path, *statements: str) -> bytes:
    path = folder / "made.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path.read_bytes()


def _rows(target: RootTarget) -> list[Mapping[str, Any]]:
    return list(rows_of(table, target, Query()))


def test_lastlog_has_a_record_for_each_user_id(root_of: RootOf) -> None:
    """It is read by the ids of the local accounts; times of 0 are no login."""
    data = _lastlog({0: (1_700_000_000, "tty1", ""), 1: (0, "", ""), 3: (1_790_000_000, "pts/0", "10.0.0.9")})
    found = _rows(root_of({"/etc/passwd": PASSWD, "/var/log/lastlog": data}))
    assert found == [
        {
            "username": "root",
            "time": 1_700_000_000,
            "tty": "tty1",
            "host": "",
            "source": "/var/log/lastlog",
            "since": 1_700_000_000,
        },
        {
            "username": "alice",
            "time": 1_790_000_000,
            "tty": "pts/0",
            "host": "10.0.0.9",
            "source": "/var/log/lastlog",
            "since": 1_700_000_000,
        },
    ]


def test_lastlog_with_long_times(root_of: RootOf) -> None:
    """On 64-bit Arm a record has 296 bytes."""
    data = _lastlog({3: (1_790_000_000, "pts/0", "")}, "<q32s256s")
    found = _rows(root_of({"/etc/passwd": PASSWD, "/var/log/lastlog": data}))
    assert [(r["username"], r["time"]) for r in found] == [("alice", 1_790_000_000)]


def test_lastlog_grows_with_the_highest_id_and_is_not_read_whole(root_of: RootOf, tmp_path: Path) -> None:
    """An account of a directory makes a sparse file of gigabytes: what is behind the local accounts is left alone."""
    target = root_of({"/etc/passwd": PASSWD, "/var/log/lastlog": _lastlog({3: (1_790_000_000, "", "")})})
    with (tmp_path / "root/var/log/lastlog").open("r+b") as file:
        file.truncate(292 * 1_000_000_000)
    assert [r["username"] for r in _rows(target)] == ["alice"]


def test_lastlog2_holds_names(root_of: RootOf, tmp_path: Path) -> None:
    """Accounts that the machine does not know locally are rows too."""
    data = _database(
        tmp_path,
        LASTLOG2,
        "INSERT INTO Lastlog2 VALUES ('alice', 1790000000, 'pts/0', '10.0.0.9', 'sshd')",
        "INSERT INTO Lastlog2 VALUES ('remote', 1780000000, 'tty1', NULL, 'login')",
    )
    found = _rows(root_of({"/var/lib/lastlog/lastlog2.db": data}))
    assert [(r["username"], r["time"], r["host"], r["since"]) for r in found] == [
        ("alice", 1_790_000_000, "10.0.0.9", 1_780_000_000),
        ("remote", 1_780_000_000, "", 1_780_000_000),
    ]


def test_wtmp_and_what_logrotate_keeps_of_it(root_of: RootOf) -> None:
    """Each file is a source; the newest login of an account counts, and other records are no logins."""
    files = {
        "/var/log/wtmp": _wtmp(
            (7, "alice", "", 1_790_000_000), (8, "", "", 1_790_000_500), (7, "alice", "h", 1_790_001_000)
        ),
        "/var/log/wtmp.1": _wtmp((7, "bob", "", 1_785_000_000)),
        "/var/log/wtmp-20261001": _wtmp((7, "carol", "", 1_780_000_000)),
        "/var/log/wtmp.2.gz": b"packed",
        "/var/log/wtmpdb": b"something else",
    }
    found = _rows(root_of(files))
    assert {(r["username"], r["time"], r["since"], r["source"]) for r in found} == {
        ("alice", 1_790_001_000, 1_790_000_000, "/var/log/wtmp"),
        ("bob", 1_785_000_000, 1_785_000_000, "/var/log/wtmp.1"),
        ("carol", 1_780_000_000, 1_780_000_000, "/var/log/wtmp-20261001"),
    }


def test_wtmpdb_counts_in_microseconds(root_of: RootOf, tmp_path: Path) -> None:
    """Its records of starts are no logins, and two names of one file are one source."""
    data = _database(
        tmp_path,
        WTMPDB,
        "INSERT INTO wtmp VALUES (1, 1, 'reboot', 1700000000000000, NULL, '~', '6.12', NULL)",
        "INSERT INTO wtmp VALUES (2, 3, 'alice', 1790000000999999, NULL, 'pts/0', '10.0.0.1', 'sshd')",
    )
    target = root_of({"/var/log/wtmp.db": data, "/var/lib/wtmpdb/": ""})
    (tmp_path / "root/var/lib/wtmpdb/wtmp.db").symlink_to("../../log/wtmp.db")
    found = _rows(target)
    assert [(r["username"], r["time"], r["source"]) for r in found] == [
        ("alice", 1_790_000_000, "/var/lib/wtmpdb/wtmp.db")
    ]


def test_a_source_without_a_record_is_shown_and_has_no_since(root_of: RootOf) -> None:
    """It proves nothing, and must not look like one that reaches far back."""
    files = {"/etc/passwd": PASSWD, "/var/log/lastlog": b"", "/var/log/wtmp": b"", "/var/log/wtmp.db": b""}
    assert _rows(root_of(files)) == [
        {"source": "/var/log/lastlog"},
        {"source": "/var/log/wtmp"},
        {"source": "/var/log/wtmp.db"},
    ]


def test_a_database_that_holds_no_table_yet_is_empty(root_of: RootOf, tmp_path: Path) -> None:
    """lastlog2 makes the table with the first login."""
    data = _database(tmp_path, "CREATE TABLE other(x)")
    assert _rows(root_of({"/var/lib/lastlog/lastlog2.db": data})) == [{"source": "/var/lib/lastlog/lastlog2.db"}]


def test_no_record_of_logins_raises(root_of: RootOf) -> None:
    """An empty answer would say that nobody ever logged in."""
    with pytest.raises(Missing):
        _rows(root_of({"/etc/passwd": PASSWD}))


def test_a_record_that_may_not_be_read_raises(root_of: RootOf, deny: Callable[[RootTarget, str], None]) -> None:
    """The others would tell a part of the story."""
    target = root_of({"/etc/passwd": PASSWD, "/var/log/wtmp": b"", "/var/lib/lastlog/lastlog2.db": b""})
    deny(target, "/var/lib/lastlog/lastlog2.db")
    with pytest.raises(Denied):
        _rows(target)


@pytest.mark.parametrize(
    "statements",
    [
        ("CREATE VIEW Lastlog2 AS SELECT 'a' AS Name, 1 AS Time, '' AS TTY, '' AS RemoteHost",),
        ("CREATE TABLE Lastlog2(Name, Time, TTY, RemoteHost)", "INSERT INTO Lastlog2 VALUES (NULL, 1, '', '')"),
        ("CREATE TABLE Lastlog2(Name, Time, TTY, RemoteHost)", "INSERT INTO Lastlog2 VALUES ('a', 'now', '', '')"),
        ("CREATE TABLE Lastlog2(Other)",),
    ],
)
def test_a_database_of_another_kind_raises(root_of: RootOf, tmp_path: Path, statements: tuple[str, ...]) -> None:
    """What can't be understood is no empty record."""
    data = _database(tmp_path, *statements)
    with pytest.raises(Malformed):
        _rows(root_of({"/var/lib/lastlog/lastlog2.db": data}))


def test_a_database_in_write_ahead_mode_is_read_with_its_log(root_of: RootOf, tmp_path: Path) -> None:
    """The last logins may stand in the log alone."""
    path = tmp_path / "live.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(LASTLOG2)
    connection.execute("INSERT INTO Lastlog2 VALUES ('alice', 1790000000, 'pts/0', '', 'sshd')")
    connection.commit()
    files = {
        "/var/lib/lastlog/lastlog2.db": path.read_bytes(),
        "/var/lib/lastlog/lastlog2.db-wal": Path(f"{path}-wal").read_bytes(),
    }
    connection.close()
    assert [r["username"] for r in _rows(root_of(files))] == ["alice"]


def test_a_copy_that_has_no_room_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a traceback, and not an empty answer."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    with pytest.raises(Unfit, match="No space left"):
        sqlite_file.select(b"SQLite format 3\0", "t", "x", log=b"a log, which a copy in memory can't have")


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
@pytest.mark.parametrize("cut", [0, 100, 5_000, 20_000])
def test_a_copy_in_memory_answers_as_one_in_a_folder_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: str, cut: int
) -> None:
    """That of a machine that was shut down is in the mode of a log, which is not there any more."""
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute(LASTLOG2)
    connection.executemany(
        "INSERT INTO Lastlog2 VALUES (?, ?, 'pts/0', '', 'sshd')", [(f"user{n}", n) for n in range(500)]
    )
    connection.commit()
    connection.close()
    data = path.read_bytes()
    data = data[: len(data) - cut]

    def answer() -> object:
        try:
            return sqlite_file.select(data, "Lastlog2", "Name, Time, TTY, RemoteHost")
        except Malformed as error:
            return type(error)

    quick = answer()
    monkeypatch.setattr(sqlite_file, "_SMALL", 0)
    assert quick == answer()
    assert cut or (isinstance(quick, list) and len(quick) == 500)


@given(st.binary(max_size=2000))
def test_any_bytes_are_logins_or_malformed(data: bytes) -> None:
    """The parsers never fail otherwise."""
    names = {0: "root", 3: "alice\0twin"}
    assert all(login.username for login in table.parse_lastlog(data, names))
    assert all(login.username for login in table.parse_lastlog(data, names, 296))
    list(table.parse_wtmp(data))
    for parse in (table.parse_lastlog2, table.parse_wtmpdb):
        try:
            assert all(isinstance(login.time, int) for login in parse(data))
        except Malformed:
            continue

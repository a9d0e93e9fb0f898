"""Table rempart_package_history: what was updated, by the logs."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import rempart_package_history
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, str | bytes]], RootTarget]
UPGRADE = "2026-11-20 06:12:03 upgrade libc6:amd64 2.41-12 2.41-13\n"  # dpkg's log_message(), src/main/log.c
INSTALL = "2026-11-25 06:12:03 install nano:amd64 <none> 8.4-1\n2026-11-25 06:12:04 status installed nano:amd64 8.4-1\n"


def _rows(root_of: RootOf, files: Mapping[str, str | bytes]) -> list[dict[str, object]]:
    return [dict(row) for row in rempart_package_history.rows(root_of({"/etc/": "", **files}), Query())]


def test_an_installation_is_no_update(root_of: RootOf) -> None:
    (row,) = _rows(root_of, {"/var/log/dpkg.log": INSTALL})
    assert (row["name"], row["source"]) == ("", "/var/log/dpkg.log")


def test_the_newest_log_that_has_an_update_counts(root_of: RootOf) -> None:
    older = UPGRADE.replace("libc6", "bash").replace("11-20", "09-01")
    files: dict[str, str | bytes] = {
        "/var/log/dpkg.log": INSTALL,
        "/var/log/dpkg.log.1": "",
        "/var/log/dpkg.log.2.gz": gzip.compress(UPGRADE.encode()),
        "/var/log/dpkg.log.10.gz": gzip.compress(older.encode()),
        "/var/log/dpkg.log.bak": older,
    }
    (row,) = _rows(root_of, files)
    assert (row["name"], row["at"]) == ("libc6:amd64", 1_795_155_123)


def test_no_log_gives_no_rows(root_of: RootOf) -> None:
    assert _rows(root_of, {}) == []


def _database(path: Path, statements: str) -> bytes:
    connection = sqlite3.connect(path)
    connection.executescript(statements)
    connection.close()
    return path.read_bytes()


def test_the_history_of_dnf(root_of: RootOf, tmp_path: Path) -> None:
    # libdnf/transaction/sql/migration_tables_1_2.hpp; action 6 is UPGRADE, 1 INSTALL, 7 UPGRADED
    data = _database(
        tmp_path / "dnf4",
        "CREATE TABLE trans (id INTEGER, dt_begin INTEGER, dt_end INTEGER);"
        "CREATE TABLE trans_item (trans_id INTEGER, item_id INTEGER, action INTEGER);"
        "CREATE TABLE rpm (item_id INTEGER, name TEXT);"
        "INSERT INTO trans VALUES (1, 10, 20), (2, 30, 40), (3, 50, 60);"
        "INSERT INTO trans_item VALUES (1, 1, 6), (2, 2, 6), (2, 3, 7), (3, 4, 1);"
        "INSERT INTO rpm VALUES (1, 'a'), (2, 'b'), (3, 'b'), (4, 'c');",
    )
    (row,) = _rows(root_of, {"/var/lib/dnf/history.sqlite": data})
    assert (row["manager"], row["name"], row["at"]) == ("rpm", "b", 40)


def test_the_history_of_dnf5(root_of: RootOf, tmp_path: Path) -> None:
    data = _database(
        tmp_path / "dnf5",  # libdnf5/transaction/db/db.cpp
        "CREATE TABLE trans (id INTEGER, dt_begin INTEGER, dt_end INTEGER);"
        "CREATE TABLE trans_item (trans_id INTEGER, item_id INTEGER, action_id INTEGER);"
        "CREATE TABLE trans_item_action (id INTEGER, name TEXT);"
        "INSERT INTO trans_item_action VALUES (1, 'Install'), (2, 'Upgrade');"
        "INSERT INTO trans VALUES (1, 10, 20), (2, 30, 40);"
        "INSERT INTO trans_item VALUES (1, 1, 2), (2, 2, 1);",
    )
    rows = _rows(root_of, {"/usr/lib/sysimage/libdnf5/transaction_history.sqlite": data})
    assert [row["at"] for row in rows] == [20]

"""Table rempart_last_login: when each account last logged in, by every record that the machine keeps.

Sources, as far as they are there:

* ``/var/log/lastlog`` (lastlog(5)), one record for each user id, of local accounts below 65,536;
* ``/var/lib/lastlog/lastlog2.db`` (lastlog2(8)), an SQLite database by name;
* ``/var/log/wtmp`` (utmp(5)) and what logrotate keeps of it uncompressed (``wtmp.1``, ``wtmp-20261101``);
* ``/var/lib/wtmpdb/wtmp.db`` or ``/var/log/wtmp.db`` (wtmpdb(8)), an SQLite database with times in microseconds.

One row for each account and source. ``since`` is the time of the oldest login that the source holds: an account that
is in none of them has not logged in since the oldest ``since``, and nothing is known of the time before. A source
without a record is one row without an account. A machine that keeps none of them raises.
"""

import os
import re
from typing import Dict, Iterable, Iterator, List, NamedTuple, Tuple

from rempart_agent.formats import sqlite_file
from rempart_agent.readers.files import account
from rempart_agent.source.contract import BIGINT, TEXT, Column, Malformed, Missing, Query, Row
from rempart_agent.source.target import Target
from rempart_agent.tables.linux import last

OFFLINE = "full"
COLUMNS = (
    Column("username", TEXT),
    Column("time", BIGINT),
    Column("tty", TEXT),
    Column("host", TEXT),
    Column("source", TEXT),
    Column("since", BIGINT),
)

LASTLOG = "/var/log/lastlog"
LASTLOG2 = "/var/lib/lastlog/lastlog2.db"
LOGS = "/var/log"
WTMPDB = ("/var/lib/wtmpdb/wtmp.db", "/var/log/wtmp.db")
MAX_DATABASE = 256 * 1024 * 1024
MAX_UID = 65_536
"""Of ``lastlog``, whose size grows with the highest user id, no records from here on are read."""

_WTMP = re.compile(r"wtmp(\.1|-[0-9]{8})?$")
_SHORT, _LONG = "<i32s256s", "<q32s256s"  # ll_time, ll_line, ll_host: with times of 32 bits, and of 64 (64-bit Arm)
_USER_PROCESS = 3  # of wtmpdb


class Login(NamedTuple):
    """One login: account, seconds since 1970, terminal and where from."""

    username: str
    time: int
    tty: str = ""
    host: str = ""


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each account and source.

    Raises:
        Missing: the machine keeps no record of logins at all.
        Malformed: a record is there and damaged.
    """
    found = False
    for source, logins in _sources(target):
        found = True
        yield from pick_newest(source, logins)
    if not found:
        raise Missing("neither lastlog, lastlog2, wtmp nor wtmpdb keeps a record of logins")


def _sources(target: Target) -> Iterator[Tuple[str, Iterable[Login]]]:
    if target.exists(LASTLOG):
        names = _local(target.text(account.PASSWD))
        size = target.stat(LASTLOG).st_size
        data = target.read_head(LASTLOG, (max(names, default=0) + 1) * measure_record(size))
        yield LASTLOG, parse_lastlog(data, names, measure_record(size))
    if target.exists(LASTLOG2):
        yield LASTLOG2, parse_lastlog2(_database(target, LASTLOG2), _log(target, LASTLOG2))
    names_of_logs = target.listdir(LOGS) if target.exists(LOGS) else []
    for name in filter(_WTMP.match, names_of_logs):
        path = LOGS + "/" + name
        yield path, parse_wtmp(target.read(path, last.MAX_BYTES))
    path = next((path for path in WTMPDB if target.exists(path)), "")
    if path:
        yield path, parse_wtmpdb(_database(target, path), _log(target, path))


def _local(passwd: str) -> Dict[int, str]:
    """Return the names of the local accounts by user id; of several with one id, all, parted by NUL."""
    names: Dict[int, str] = {}
    for entry in account.parse_accounts(passwd):
        if entry.uid < MAX_UID and entry.name[:1] not in ("+", "-"):
            names[entry.uid] = names[entry.uid] + "\0" + entry.name if entry.uid in names else entry.name
    return names


def _database(target: Target, path: str) -> bytes:
    return target.read(path, MAX_DATABASE)


def _log(target: Target, path: str) -> bytes:
    try:
        return target.read(path + "-wal", MAX_DATABASE)
    except Missing:
        return b""


def pick_newest(source: str, logins: Iterable[Login]) -> List[Row]:
    """Return a row for each account with its newest login; a single one without an account where there is none.

    Args:
        source: Which record the logins are of.
        logins: In any order; one without a time or an account does not count.
    """
    latest: Dict[str, Login] = {}
    since = 0
    for login in logins:
        if login.time <= 0 or not login.username:
            continue
        since = min(since, login.time) if since else login.time
        known = latest.get(login.username)
        if known is None or known.time < login.time:
            latest[login.username] = login
    if not latest:
        return [{"source": source}]
    return [dict(login._asdict(), source=source, since=since) for login in latest.values()]


def measure_record(size: int) -> int:
    """Return the length of one record of a lastlog file of ``size`` bytes: 292, or 296 with times of 64 bits."""
    wide = os.uname().machine in ("aarch64", "riscv64", "loongarch64")
    if size % 292 == 0 and size % 296 == 0:
        return 296 if wide else 292
    return 296 if size % 296 == 0 else 292


def parse_lastlog(data: bytes, names: Dict[int, str], length: int = 292) -> Iterator[Login]:
    """Parse lastlog(5).

    Args:
        data: The file, or its beginning.
        names: The names of the accounts by user id; several with one id parted by NUL.
        length: Of one record, 292 or 296 bytes.
    """
    import struct

    record = struct.Struct(_LONG if length == 296 else _SHORT)
    for uid in sorted(names):
        part = data[uid * length : uid * length + record.size]
        if len(part) < record.size:
            break
        time, tty, host = record.unpack(part)
        for name in names[uid].split("\0"):
            yield Login(name, time, _string(tty), _string(host))


def parse_lastlog2(data: bytes, log: bytes = b"") -> Iterator[Login]:
    """Parse the database of lastlog2(8); raises ``Malformed``.

    Args:
        data: The database file.
        log: SQLite's file ``-wal`` beside it.
    """
    for name, time, tty, host in sqlite_file.select(data, "Lastlog2", "Name, Time, TTY, RemoteHost", log):
        yield _login(name, time, tty, host, 1)


def parse_wtmp(data: bytes) -> Iterator[Login]:
    """Parse the logins of wtmp; see ``last.parse``."""
    for row in last.parse(data):
        if row["type_name"] == "user-process":
            yield Login(str(row["username"]), int(str(row["time"])), str(row["tty"]), str(row["host"]))


def parse_wtmpdb(data: bytes, log: bytes = b"") -> Iterator[Login]:
    """Parse the database of wtmpdb(8); raises ``Malformed``.

    Args:
        data: The database file; its times are microseconds.
        log: SQLite's file ``-wal`` beside it.
    """
    for kind, user, login, tty, host in sqlite_file.select(data, "wtmp", "Type, User, Login, TTY, RemoteHost", log):
        if kind == _USER_PROCESS:
            yield _login(user, login, tty, host, 1_000_000)


def _login(name: object, time: object, tty: object, host: object, unit: int) -> Login:
    if not isinstance(name, str) or not isinstance(time, int):
        raise Malformed("a login of no account or at no time")
    return Login(name, time // unit, str(tty or ""), str(host or ""))


def _string(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")

"""When each account last logged in, by every record that the machine keeps: lastlog, lastlog2, wtmp, wtmpdb."""

import glob
import os
import pwd
import re
import struct
from contextlib import closing
from typing import Any, Dict, Iterator, Tuple

Login = Tuple[str, int]
_MAX_UID = 65536
_WTMP = re.compile(r"/var/log/wtmp(\.1|-[0-9]{8})?$")
_RECORD, _LONG_RECORD = "<h2xi32s4s32s256s4xiii16s20x", "<h2xi32s4s32s256s4xqqq16s20x4x"  # utmp(5); 64-bit Arm
_USER_PROCESS = 7


def read_lastlog(path: str) -> Iterator[Login]:
    """Yield account and time of each record of lastlog(5)."""
    size = os.stat(path).st_size
    wide = size % 296 == 0 and (size % 292 != 0 or os.uname().machine in ("aarch64", "riscv64", "loongarch64"))
    record = struct.Struct("<q288x" if wide else "<i288x")
    with open(path, "rb") as file:
        for account in pwd.getpwall():
            if account.pw_uid < _MAX_UID:
                file.seek(account.pw_uid * record.size)
                data = file.read(record.size)
                if len(data) == record.size:
                    yield account.pw_name, record.unpack(data)[0]


def read_wtmp(path: str) -> Iterator[Login]:
    """Yield account and time of each login of wtmp(5)."""
    with open(path, "rb") as file:
        data = file.read()
    record = struct.Struct(_LONG_RECORD if len(data) % 384 and not len(data) % 400 else _RECORD)
    for at in range(0, len(data) - record.size + 1, record.size):
        kind, _, _, _, user, _, _, time, _, _ = record.unpack_from(data, at)
        if kind == _USER_PROCESS:
            yield user.partition(b"\0")[0].decode("utf-8", "replace"), time


def read_database(path: str, statement: str, unit: int) -> Iterator[Login]:
    """Yield account and time of each row of an SQLite database."""
    import sqlite3

    with closing(sqlite3.connect("file:%s?mode=ro" % path, uri=True)) as database:
        for name, time in database.execute(statement):
            yield name, time // unit


def read_all() -> Iterator[Login]:
    """Yield account and time of each login that any record holds."""
    if os.path.exists("/var/log/lastlog"):
        yield from read_lastlog("/var/log/lastlog")
    if os.path.exists("/var/lib/lastlog/lastlog2.db"):
        yield from read_database("/var/lib/lastlog/lastlog2.db", "SELECT Name, Time FROM Lastlog2", 1)
    for path in filter(_WTMP.match, glob.glob("/var/log/wtmp*")):
        yield from read_wtmp(path)
    for path in ("/var/lib/wtmpdb/wtmp.db", "/var/log/wtmp.db"):
        if os.path.exists(path):
            yield from read_database(path, "SELECT User, Login FROM wtmp WHERE Type = 3", 1000000)  # user process
            break


def read_logins() -> Dict[str, Any]:
    """Return the seconds since 1970 of the last login by account (``seen``), and of the oldest of any (``since``).

    Raises:
        OSError: A record can't be read.
    """
    import sqlite3

    seen: Dict[str, int] = {}
    since = 0
    try:
        for name, time in read_all():
            if name and time > 0:
                seen[name] = max(seen.get(name, 0), time)
                since = min(since or time, time)
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
    return {"seen": seen, "since": since}

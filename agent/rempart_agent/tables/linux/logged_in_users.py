"""Table logged_in_users: who is logged in.

Source: utmp(5). Distributions give it up, since its times end in 2038; where there is none, the sessions that
systemd-logind keeps in ``/run/systemd/sessions`` are read instead, as sd-login(3) does. A machine with neither keeps no
record, and the table fails rather than say that nobody is there.
"""

from typing import Dict, Iterator, List

from rempart_agent.formats import utmp
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("type", TEXT),
    Column("user", TEXT),
    Column("tty", TEXT),
    Column("host", TEXT),
    Column("time", BIGINT),
    Column("pid", INTEGER),
)
_UTMP = ("/run/utmp", "/var/run/utmp")
_SESSIONS = "/run/systemd/sessions"
_PEOPLE = ("user", "user-early", "user-light")  # not greeters, lock screens, and the session of the service manager


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each login record, or each session.

    Raises:
        Missing: the machine keeps neither.
    """
    target.need_live("logged_in_users")
    for path in _UTMP:
        try:
            data = target.read(path)
        except Missing:
            continue
        return parse_utmp(data)
    try:
        names = target.listdir(_SESSIONS)
    except Missing as error:
        raise Missing("neither utmp nor systemd-logind keeps a record of who is logged in") from error
    return _sessions(target, names)


def parse_utmp(data: bytes) -> Iterator[Dict[str, Value]]:
    """Make the rows of a utmp file; raises ``Malformed``."""
    for record in utmp.parse(data):
        if record.pid == 1:
            continue
        known = 0 <= record.type < len(utmp.TYPES)
        yield {
            "type": utmp.TYPES[record.type] if known else "unknown",
            "user": record.user,
            "tty": record.line,
            "host": record.host,
            "time": record.time,
            "pid": record.pid,
        }


def _sessions(target: Target, names: List[str]) -> Iterator[Dict[str, Value]]:
    for name in names:
        if name.endswith(".ref"):
            continue
        try:
            row = parse_session(target.text(_SESSIONS + "/" + name))
        except Missing:  # logged out meanwhile
            continue
        if row:
            yield row


def parse_session(text: str) -> Dict[str, Value]:
    """Return the row of a session of systemd-logind; empty where it is no person's, or is ending."""
    fields = {}
    for line in text.split("\n"):
        key, equals, value = line.partition("=")
        if equals:
            fields[key] = value
    if fields.get("CLASS", "user") not in _PEOPLE or fields.get("STATE") == "closing":
        return {}
    row: Dict[str, Value] = {
        "type": "user",
        "user": fields.get("USER", ""),
        "tty": fields.get("TTY", "") or fields.get("DISPLAY", ""),
        "host": fields.get("REMOTE_HOST", ""),
    }
    for column, key, unit in (("pid", "LEADER", 1), ("time", "REALTIME", 1_000_000)):
        value = fields.get(key, "")
        if value.isascii() and value.isdigit():
            row[column] = int(value[:20]) // unit
    return row

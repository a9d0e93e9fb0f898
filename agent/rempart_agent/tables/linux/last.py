"""Table last: logins and logouts.

Source: ``/var/log/wtmp`` (utmp(5)), records of user processes and of their end. A system that keeps it elsewhere
(wtmpdb, Debian from 13 on) has no such file, and the table raises.
"""

from typing import Dict, Iterator

from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
SOURCE = "/var/log/wtmp"
MAX_BYTES = 256 * 1024 * 1024
COLUMNS = (
    Column("username", TEXT),
    Column("tty", TEXT),
    Column("pid", INTEGER),
    Column("type", INTEGER),
    Column("type_name", TEXT),
    Column("time", INTEGER),
    Column("host", TEXT),
)

# ut_type, ut_pid, ut_line, ut_id, ut_user, ut_host, ut_exit, ut_session, ut_tv, ut_addr_v6, reserved
_SHORT = "<h2xi32s4s32s256s4xiii16s20x"  # 384 bytes: x86 and most
_LONG = "<h2xi32s4s32s256s4xqqq16s20x4x"  # 400 bytes: 64-bit Arm
_NAMES = {7: "user-process", 8: "dead-process"}


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each login and logout."""
    return parse(target.read(SOURCE, MAX_BYTES))


def parse(data: bytes) -> Iterator[Dict[str, Value]]:
    """Parse records of utmp(5) of either size; what is left of one at the end is no record."""
    import struct

    record = struct.Struct(_LONG if len(data) % 384 and not len(data) % 400 else _SHORT)
    for at in range(0, len(data) - record.size + 1, record.size):
        kind, pid, line, _, user, host, _, seconds, _, _ = record.unpack_from(data, at)
        if kind in _NAMES:
            yield {
                "username": _string(user),
                "tty": _string(line),
                "pid": pid,
                "type": kind,
                "type_name": _NAMES[kind],
                "time": seconds,
                "host": _string(host),
            }


def _string(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("utf-8", "replace")

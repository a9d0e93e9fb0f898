"""Table kernel_keys: the keys and keyrings that the kernel holds (keyrings(7)).

Source: ``/proc/keys`` (proc_keys(5)), which shows each reader only the keys that it may view. ``description`` loses the
blank between its two words, as in osquery; one of more or fewer words, of which osquery leaves the key out, is as
written. A line that can't be understood raises.
"""

from typing import Dict, Iterator

from rempart_agent.formats import line
from rempart_agent.source.contract import BIGINT, TEXT, Column, Malformed, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
SOURCE = "/proc/keys"
COLUMNS = (
    Column("serial_number", TEXT),
    Column("flags", TEXT),
    Column("usage", BIGINT),
    Column("timeout", TEXT),
    Column("permissions", TEXT),
    Column("uid", BIGINT),
    Column("gid", BIGINT),
    Column("type", TEXT),
    Column("description", TEXT),
)
_FIELDS = 8  # before the description


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each key.

    Raises:
        Missing: this kernel keeps no keys.
        Malformed: a line can't be understood.
    """
    target.need_live("kernel_keys")
    return parse(target.text(SOURCE))


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse proc_keys(5).

    Raises:
        Malformed: a line can't be understood.
    """
    for entry in line.trimmed(text):
        words = line.words(entry)
        try:
            serial, flags, usage, timeout, permissions, uid, gid, kind = words[:_FIELDS]
            numbers = {"usage": int(usage), "uid": int(uid), "gid": int(gid)}
        except ValueError as error:
            raise Malformed("{path}: {text}", path=SOURCE, text=repr(entry[:80])) from error
        told = words[_FIELDS:]
        yield {
            **numbers,
            "serial_number": serial,
            "flags": flags,
            "timeout": timeout,
            "permissions": permissions,
            "type": kind,
            "description": ("" if len(told) == 2 else " ").join(told),
        }

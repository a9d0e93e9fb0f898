"""Table shared_memory: segments of System V shared memory.

Source: ``/proc/sysvipc/shm`` (proc(5)), of the namespace of the run. Owners that no account has are told, too, other
than in osquery.
"""

from typing import Dict, Iterator

from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Malformed, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("shmid", INTEGER),
    Column("owner_uid", BIGINT),
    Column("creator_uid", BIGINT),
    Column("pid", BIGINT),
    Column("creator_pid", BIGINT),
    Column("atime", BIGINT),
    Column("dtime", BIGINT),
    Column("ctime", BIGINT),
    Column("permissions", TEXT),
    Column("size", BIGINT),
    Column("attached", INTEGER),
    Column("status", TEXT),
    Column("locked", INTEGER),
)
SOURCE = "/proc/sysvipc/shm"
_HEAD = [
    *("key", "shmid", "perms", "size", "cpid", "lpid", "nattch"),
    *("uid", "gid", "cuid", "cgid", "atime", "dtime", "ctime"),
]
_NUMBERS = {
    "shmid": "shmid",
    "owner_uid": "uid",
    "creator_uid": "cuid",
    "pid": "lpid",
    "creator_pid": "cpid",
    "atime": "atime",
    "dtime": "dtime",
    "ctime": "ctime",
    "size": "size",
    "attached": "nattch",
}
_DEST, _LOCKED = 0o1000, 0o2000  # shmctl(2)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each segment.

    Raises:
        Missing: this kernel has no such memory.
        Malformed: it is no such file.
    """
    target.need_live("shared_memory")
    return parse(target.text(SOURCE))


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse ``/proc/sysvipc/shm``: the lines that ``sysvipc_shm_proc_show`` of the kernel writes.

    Raises:
        Malformed: a line is none of these.
    """
    head, *lines = text.split("\n")
    if head.split()[: len(_HEAD)] != _HEAD:
        raise Malformed("{path}: {text}", path=SOURCE, text=repr(head[:80]))
    for line in lines:
        if not line:
            continue
        words = line.split()[: len(_HEAD)]
        if len(words) < len(_HEAD) or not all(word.lstrip("-").isdigit() and word.isascii() for word in words):
            raise Malformed("{path}: {text}", path=SOURCE, text=repr(line[:80]))
        told = dict(zip(_HEAD, words))
        mode = int(told["perms"], 8) if set(told["perms"]) <= set("01234567") else 0
        row: Dict[str, Value] = {column: int(told[name]) for column, name in _NUMBERS.items()}
        row["permissions"] = "{:04o}".format(mode & 0o7777)
        row["status"] = "dest" if mode & _DEST else ""
        row["locked"] = int(bool(mode & _LOCKED))
        yield row

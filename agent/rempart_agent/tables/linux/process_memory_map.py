"""Table process_memory_map: the files and other regions that each process has in its memory.

Source: ``/proc/PID/maps`` (proc_pid_maps(5)). A process that ends meanwhile is left out; one whose memory may not be
looked at raises. ``path`` is told whole, ``(deleted)`` with it; osquery ends it at its first blank.
"""

from typing import Dict, Iterator

from rempart_agent.readers.files import proc
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("pid", INTEGER, index=True, argument=True),
    Column("start", TEXT),
    Column("end", TEXT),
    Column("permissions", TEXT),
    Column("offset", BIGINT),
    Column("device", TEXT),
    Column("inode", INTEGER),
    Column("path", TEXT),
    Column("pseudo", INTEGER),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each region of each process.

    Raises:
        Denied: the memory of a process that is asked for may not be looked at.
        Malformed: it is no such file.
    """
    target.need_live("process_memory_map")
    asked = query.equal("pid")
    for pid in proc.pids(target):
        if asked is not None and pid not in asked:
            continue
        try:
            text = target.text("/proc/" + pid + "/maps")
        except Missing:
            continue
        for region in parse(text):
            yield {"pid": int(pid), **region}


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse proc_pid_maps(5).

    Raises:
        Malformed: a line can't be understood.
    """
    for line in text.split("\n"):
        if not line:
            continue
        words = line.split(None, 5)
        try:
            place, permissions, offset, device, inode, path = [*words, ""][:6]
            start, end = place.split("-")
            row: Dict[str, Value] = {"offset": int(offset, 16), "inode": int(inode)}
        except ValueError as error:
            raise Malformed("/proc/PID/maps: {text}", text=repr(line[:80])) from error
        row.update(start="0x" + start, end="0x" + end, permissions=permissions, device=device, path=path.rstrip())
        row["pseudo"] = int(row["inode"] == 0 and bool(row["path"]))
        yield row

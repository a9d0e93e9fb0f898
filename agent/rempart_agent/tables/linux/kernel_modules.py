"""Table kernel_modules: the modules that are loaded.

Source: ``/proc/modules`` (proc_modules(5)). A kernel built without loadable modules has no such file, and none loaded.
"""

from typing import Dict, Iterable, Iterator

from rempart_agent.source.contract import BIGINT, TEXT, Column, Malformed, Missing, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT),
    Column("size", BIGINT),
    Column("used_by", TEXT),
    Column("status", TEXT),
    Column("address", TEXT),
)


def rows(target: Target, query: Query) -> Iterable[Row]:
    """See Table.rows: one row for each loaded module."""
    target.need_live("kernel_modules")
    try:
        text = target.text("/proc/modules")
    except Missing:
        if not target.exists("/proc/version"):
            raise
        return []
    return parse(text)


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse ``/proc/modules``; raises ``Malformed`` on a line that is none of its lines."""
    for line in text.split("\n"):
        words = line.split()
        if not words:
            continue
        if len(words) < 6 or not (words[1].isascii() and words[1].isdigit()):
            raise Malformed("/proc/modules: not a module: {line}", line=repr(line[:80]))
        yield {
            "name": words[0],
            "size": int(words[1][:18]),
            "used_by": words[3].rstrip(","),
            "status": words[4],
            "address": words[5],
        }

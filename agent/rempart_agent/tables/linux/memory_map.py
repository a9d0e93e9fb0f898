"""Table memory_map: what each range of the machine's physical addresses is.

Source: ``/proc/iomem``. The kernel shows addresses to root alone and zeros to others: that raises. ``end`` has a blank
behind it, as osquery has it.
"""

from typing import Dict, Iterator, List

from rempart_agent.formats import line
from rempart_agent.source.contract import TEXT, Column, Denied, Malformed, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
SOURCE = "/proc/iomem"
COLUMNS = (
    Column("name", TEXT),
    Column("start", TEXT),
    Column("end", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each range, those within another too.

    Raises:
        Denied: the kernel hides the addresses from this run.
        Malformed: it is no such file.
    """
    target.need_live("memory_map")
    found: List[Dict[str, str]] = list(parse(target.text(SOURCE)))
    if found and not any(row["end"][2:].strip("0 ") for row in found):
        raise Denied("{path}: may not be read", path=SOURCE)
    return iter(found)


def parse(text: str) -> Iterator[Dict[str, str]]:
    """Parse ``/proc/iomem``: the lines that ``r_show`` of the kernel writes.

    Raises:
        Malformed: a line is none of these.
    """
    for entry in line.trimmed(text):
        place, colon, name = entry.partition(" : ")
        start, dash, end = place.partition("-")
        if not (colon and dash and start and end and name):
            raise Malformed("{path}: {text}", path=SOURCE, text=repr(entry[:80]))
        yield {"start": "0x" + start, "end": "0x" + end + " ", "name": name}

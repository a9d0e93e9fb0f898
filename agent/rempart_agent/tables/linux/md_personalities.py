"""Table md_personalities: the kinds of arrays that the kernel's software RAID knows at the moment.

Source: ``/proc/mdstat`` (md(4)).
"""

from typing import Iterator

from rempart_agent.readers.kernel import md
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (Column("name", TEXT),)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each; none where the kernel has no software RAID."""
    stat = md.stat(target, "md_personalities")
    for name in stat.personalities if stat else ():
        yield {"name": name}

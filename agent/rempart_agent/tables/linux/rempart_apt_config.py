"""Table rempart_apt_config: what the configuration of apt sets, and which of it is in force.

Source: ``/etc/apt/apt.conf.d/*`` (names without extension or in ``.conf``, in order of name), then
``/etc/apt/apt.conf``, and what they include (apt.conf(5)). A key is compared without regard to case and of several
values the last one counts; the items of a list (``Key::``) all count; ``#clear`` takes away what stands before it.
What apt has built in is not listed. No file: no rows.
"""

from typing import Dict, List

from rempart_agent.readers.packages.apt_settings import read_settings
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
COLUMNS = (
    Column("key", TEXT),
    Column("value", TEXT, command=True),
    Column("source", TEXT),
    Column("line", INTEGER),
    Column("effective", INTEGER),
)


def rows(target: Target, query: Query) -> List[Dict[str, Value]]:
    """See Table.rows: one row for each value that a file sets."""
    return read_settings(target)

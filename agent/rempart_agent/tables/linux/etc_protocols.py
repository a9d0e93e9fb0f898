"""Table etc_protocols: the names of protocols, of protocols(5).

Source: ``/etc/protocols``. A line without a number is passed over, as in osquery; the first alias alone is told.
"""

from typing import Dict, Iterator

from rempart_agent.formats import etc_list
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
SOURCE = "/etc/protocols"
COLUMNS = (
    Column("name", TEXT),
    Column("number", INTEGER),
    Column("alias", TEXT),
    Column("comment", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each protocol."""
    return parse(target.text(SOURCE))


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse protocols(5); what is no number is unset."""
    for words, comment in etc_list.entries(text):
        if len(words) > 1:
            alias = words[2] if len(words) > 2 else ""
            yield {"name": words[0], "number": words[1], "alias": alias, "comment": comment}

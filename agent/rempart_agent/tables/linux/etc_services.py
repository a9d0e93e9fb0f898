"""Table etc_services: the names of ports, of services(5).

Source: ``/etc/services``. A line without a port and a protocol is passed over, as in osquery.
"""

from typing import Dict, Iterator

from rempart_agent.formats import etc_list, line
from rempart_agent.source.contract import INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "full"
SOURCE = "/etc/services"
COLUMNS = (
    Column("name", TEXT),
    Column("port", INTEGER),
    Column("protocol", TEXT),
    Column("aliases", TEXT),
    Column("comment", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each service and protocol."""
    return parse(target.text(SOURCE))


def parse(text: str) -> Iterator[Dict[str, Value]]:
    """Parse services(5); a port that is no number is unset."""
    for words, comment in etc_list.entries(text):
        port = line.parts(words[1], "/") if len(words) > 1 else []
        if len(port) == 2:
            aliases = " ".join(words[2:])
            yield {"name": words[0], "port": port[0], "protocol": port[1], "aliases": aliases, "comment": comment}

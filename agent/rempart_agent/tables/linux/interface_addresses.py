"""Table interface_addresses: the addresses of the network interfaces.

Source: rtnetlink(7), see ``rempart_agent.readers.kernel.interface``. ``type`` is ``unknown`` on Linux, as in osquery.
"""

from typing import Iterator

from rempart_agent.readers.kernel import interface
from rempart_agent.source.contract import TEXT, Column, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("interface", TEXT),
    Column("address", TEXT),
    Column("mask", TEXT),
    Column("broadcast", TEXT),
    Column("point_to_point", TEXT),
    Column("type", TEXT),
)


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each address."""
    target.need_live("interface_addresses")
    return interface.parse_addresses(interface.ask(target))

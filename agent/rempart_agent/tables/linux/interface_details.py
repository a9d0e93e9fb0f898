"""Table interface_details: the network interfaces and their counters.

Sources: rtnetlink(7), see ``rempart_agent.readers.kernel.interface``, and for ``link_speed`` (Mbit/s, 0 where there is
none) and ``pci_slot`` sysfs. ``type`` is the low byte of the hardware type, as in osquery.
"""

import re
from typing import Dict, Iterator

from rempart_agent.readers.kernel import interface
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, SourceError, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("interface", TEXT),
    Column("mac", TEXT, collate="nocase"),
    Column("type", INTEGER),
    Column("mtu", INTEGER),
    Column("metric", INTEGER),
    Column("flags", INTEGER),
    Column("ipackets", BIGINT),
    Column("opackets", BIGINT),
    Column("ibytes", BIGINT),
    Column("obytes", BIGINT),
    Column("ierrors", BIGINT),
    Column("oerrors", BIGINT),
    Column("idrops", BIGINT),
    Column("odrops", BIGINT),
    Column("collisions", BIGINT),
    Column("last_change", BIGINT),
    Column("link_speed", BIGINT, costly=True),
    Column("pci_slot", TEXT, costly=True),
)
_PCI = re.compile(r"[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each interface."""
    target.need_live("interface_details")
    for link in interface.parse_links(interface.ask(target)):
        row: Dict[str, Value] = {
            "interface": link.name,
            "mac": link.mac[:6].ljust(6, b"\0").hex(),
            "type": link.kind & 0xFF,
            "mtu": link.mtu,
            "metric": 0,
            "flags": link.flags,
            "last_change": -1,
            **link.stats,
        }
        row["mac"] = ":".join(re.findall("..", str(row["mac"])))
        del row["multicast"]
        if "link_speed" in query.columns:
            row["link_speed"] = _speed(target, link.name)
        if "pci_slot" in query.columns:
            row["pci_slot"] = _slot(target, link.name)
        yield row


def _speed(target: Target, name: str) -> int:
    try:
        return max(0, int(target.text("/sys/class/net/{}/speed".format(name))))
    except (SourceError, ValueError):  # a link that is down or has no speed says "invalid argument"
        return 0


def _slot(target: Target, name: str) -> str:
    try:
        found = _PCI.findall(target.realpath("/sys/class/net/{}/device".format(name)))
    except SourceError:
        return ""
    return found[-1] if found else ""

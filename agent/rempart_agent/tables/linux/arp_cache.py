"""Table arp_cache: which hardware address answers for which IPv4 address of the neighbourhood.

Source: ``/proc/1/net/arp`` (arp(7), proc_pid_net(5)): the machine's own network namespace. ``permanent`` is ``1`` where
the entry was set by hand (``ATF_PERM`` of linux/if_arp.h). IPv6 neighbours are not in it, as in osquery.
"""

from typing import Dict, Iterator

from rempart_agent.source.contract import TEXT, Column, Malformed, Query, Row
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("address", TEXT),
    Column("mac", TEXT, collate="nocase"),
    Column("interface", TEXT),
    Column("permanent", TEXT),
)
_PERMANENT = 0x4


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each neighbour."""
    target.need_live("arp_cache")
    return parse(target.text("/proc/1/net/arp"))


def parse(text: str) -> Iterator[Dict[str, str]]:
    """Parse ``/proc/net/arp``; raises ``Malformed`` on a line that is none of its."""
    for line in text.split("\n")[1:]:
        words = line.split()
        if not words:
            continue
        if len(words) != 6:
            raise Malformed("/proc/net/arp: no neighbour: {line}", line=repr(line[:80]))
        try:
            flags = int(words[2], 16)
        except ValueError as error:
            raise Malformed("/proc/net/arp: no flags: {line}", line=repr(line[:80])) from error
        yield {
            "address": words[0],
            "mac": words[3],
            "interface": words[5],
            "permanent": "1" if flags & _PERMANENT else "0",
        }

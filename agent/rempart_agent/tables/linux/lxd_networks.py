"""Table lxd_networks: the networks of LXD.

Source: LXD's REST API, ``/1.0/networks``, each one's ``state``.
"""

from typing import Dict, Iterator, Optional

from rempart_agent.formats.json_document import flag, items, number, numbers, text, texts
from rempart_agent.readers.services import lxd
from rempart_agent.source.contract import BIGINT, INTEGER, TEXT, Column, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("name", TEXT),
    Column("type", TEXT),
    Column("managed", INTEGER),
    Column("ipv4_address", TEXT),
    Column("ipv6_address", TEXT),
    Column("used_by", TEXT),
    Column("bytes_received", BIGINT, costly=True),
    Column("bytes_sent", BIGINT, costly=True),
    Column("packets_received", BIGINT, costly=True),
    Column("packets_sent", BIGINT, costly=True),
    Column("hwaddr", TEXT, costly=True),
    Column("state", TEXT, costly=True),
    Column("mtu", INTEGER, costly=True),
)
_COUNTERS = ("bytes_received", "bytes_sent", "packets_received", "packets_sent")
_OF_STATE = frozenset((*_COUNTERS, "hwaddr", "state", "mtu"))


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each network.

    Raises:
        SourceError: LXD does not answer, or refuses.
    """
    for uri in lxd.urls(target, "lxd_networks", "/1.0/networks"):
        found = lxd.find(target, "lxd_networks", uri)
        if found is None:
            continue
        row: Dict[str, Value] = {"name": text(found.get("name")), "type": text(found.get("type"))}
        row["managed"] = flag(found.get("managed"))
        row.update(texts(found.get("config"), {"ipv4_address": "ipv4.address", "ipv6_address": "ipv6.address"}))
        row["used_by"] = ",".join(_user(text(user)) for user in items(found.get("used_by")))
        if not _OF_STATE.isdisjoint(query.columns):
            path, mark, more = uri.partition("?")
            row.update(parse(lxd.find(target, "lxd_networks", path + "/state" + mark + more)))
        yield row


def parse(state: Optional[lxd.Object]) -> Dict[str, Value]:
    """Return what the state of a network is; None is that of a network without one."""
    if state is None:
        return {}
    row: Dict[str, Value] = {**texts(state, {"hwaddr": "hwaddr", "state": "state"})}
    row["mtu"] = number(state.get("mtu"))
    row.update(numbers(state.get("counters"), {name: name for name in _COUNTERS}))
    return row


def _user(uri: str) -> str:
    for place in ("/1.0/containers/", "/1.0/instances/"):
        if uri.startswith(place):
            return uri[len(place) :]
    return uri

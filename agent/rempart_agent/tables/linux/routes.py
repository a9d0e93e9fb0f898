"""Table routes: where packets go.

Source: rtnetlink(7), ``RTM_GETROUTE`` of linux/rtnetlink.h, asked in the machine's network namespace: all routing
tables, not the main one alone. ``netmask`` is the length of the prefix, ``type`` in osquery's words, ``source`` the
address that packets of ours get. A route over several ways has a row for each.
"""

from typing import Dict, Iterator, List, Mapping, Tuple

from rempart_agent.readers.kernel import host_network, interface, netlink
from rempart_agent.source.contract import INTEGER, TEXT, Column, Malformed, Query, Row, Value
from rempart_agent.source.target import Target

OFFLINE = "none"
COLUMNS = (
    Column("destination", TEXT),
    Column("netmask", INTEGER),
    Column("gateway", TEXT),
    Column("source", TEXT),
    Column("flags", INTEGER),
    Column("interface", TEXT),
    Column("mtu", INTEGER),
    Column("metric", INTEGER),
    Column("type", TEXT),
    Column("hopcount", INTEGER),
)
_GETLINK, _GETROUTE, _NEWROUTE = 18, 26, 24
_HEADER = 12  # struct rtmsg
_DST, _OIF, _GATEWAY, _PRIORITY, _PREFSRC, _METRICS, _MULTIPATH, _VIA = 1, 4, 5, 6, 7, 8, 9, 18
_MTU, _HOPLIMIT = 2, 10  # RTAX_…
_TYPES = {1: "gateway", 2: "local", 3: "broadcast", 4: "anycast"}
_ANY = {2: "0.0.0.0", 10: "::"}  # noqa: S104 - how the default route is named, by family


def rows(target: Target, query: Query) -> Iterator[Row]:
    """See Table.rows: one row for each way of each route."""
    target.need_live("routes")
    return parse(target.ask("routes", lambda: host_network.ask(_list_all)))


def _list_all() -> netlink.Answers:
    with netlink.Talk(netlink.ROUTE) as talk:
        return {"links": talk.dump(_GETLINK, bytes(16)), "routes": talk.dump(_GETROUTE, bytes(_HEADER))}


def parse(answers: netlink.Answers) -> Iterator[Dict[str, Value]]:
    """Return the rows of the kernel's answers to ``links`` and ``routes``, in base64; raises ``Malformed``."""
    names = {link.number: link.name for link in interface.parse_links(answers)}
    for message in netlink.messages(netlink.unpack(answers.get("routes"))):
        if message.type != _NEWROUTE:
            continue
        if len(message.body) < _HEADER:
            raise Malformed("rtnetlink: a route without a header")
        family, length, kind = message.body[0], message.body[1], message.body[7]
        if family not in _ANY:
            continue
        found = dict(netlink.attributes(message.body[_HEADER:]))
        metrics = dict(netlink.attributes(found.get(_METRICS, b"")))
        for device, gateway in _ways(family, found):
            row: Dict[str, Value] = {
                "destination": _address(family, found[_DST]) if _DST in found else _ANY[family],
                "netmask": length,
                "gateway": gateway,
                "source": _address(family, found[_PREFSRC]) if _PREFSRC in found else "",
                "flags": netlink.number(message.body[8:12]),
                "interface": names.get(device, ""),
                "mtu": netlink.number(metrics.get(_MTU, b"")),
                "metric": netlink.number(found.get(_PRIORITY, b"")),
                "type": _TYPES.get(kind, "other"),
                "hopcount": netlink.number(metrics.get(_HOPLIMIT, b"")),
            }
            yield row


def _ways(family: int, found: Mapping[int, bytes]) -> List[Tuple[int, str]]:
    """Return number of the interface and gateway of each way."""
    if _MULTIPATH not in found:
        return [(netlink.number(found.get(_OIF, b"")), _gateway(family, found))]
    ways, data = [], found[_MULTIPATH]
    while data:  # struct rtnexthop: length, flags, hops, interface; attributes
        length = netlink.number(data[:2])
        if length < 8 or length > len(data):
            raise Malformed("rtnetlink: a way of {length} bytes does not fit", length=length)
        ways.append((netlink.number(data[4:8]), _gateway(family, dict(netlink.attributes(data[8:length])))))
        data = data[length + 3 & ~3 :]
    return ways


def _gateway(family: int, found: Mapping[int, bytes]) -> str:
    if _VIA in found:  # a gateway of the other family
        return _address(netlink.number(found[_VIA][:2]), found[_VIA][2:])
    return _address(family, found[_GATEWAY]) if _GATEWAY in found else ""


def _address(family: int, data: bytes) -> str:
    import socket

    try:
        return socket.inet_ntop(family, data)
    except (ValueError, OSError) as error:
        raise Malformed("rtnetlink: no address of {count} bytes", count=len(data)) from error

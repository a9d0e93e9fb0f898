"""The machine's interfaces as the model of the firewall takes them: addresses, networks, what decides before it.

Source: rtnetlink(7), asked in the network namespace of process 1: links, addresses, settings of the protocols
(``RTM_GETNETCONF``), queueing disciplines and their filters.
"""

import sys
from typing import Any, Dict, Iterator, List, Mapping, Set, Tuple

from rempart_agent.models.firewall import packet, ranges
from rempart_agent.readers.kernel import netlink
from rempart_agent.said import Why

_GETLINK, _GETADDR, _GETROUTE, _GETNETCONF, _GETQDISC, _GETFILTER = 18, 22, 26, 82, 38, 46
_NEWLINK, _NEWADDR, _NEWROUTE, _NEWNETCONF, _NEWQDISC, _NEWFILTER = 16, 20, 24, 80, 36, 44
_INET, _INET6 = 2, 10
_FAMILIES = {_INET: "ip", _INET6: "ip6"}
_UP, _LOOPBACK = 0x1, 0x8
_DISABLE_IPV6 = 26  # DEVCONF_DISABLE_IPV6 of linux/ipv6.h
_INGRESS_PARENTS = (0xFFFFFFF2, 0xFFFF0000)  # of clsact, of ingress
_JOINED = ("bridge", "bond", "team", "openvswitch")  # what comes in by a member comes in by these
_ORDER: Any = sys.byteorder


def ask() -> netlink.Answers:
    """Ask the kernel; the answers in base64."""
    with netlink.Talk(netlink.ROUTE) as talk:
        answers: netlink.Answers = {
            "links": talk.dump(_GETLINK, bytes(16)),
            "addresses": talk.dump(_GETADDR, bytes(8)),
            "routes": [_quietly(talk, _GETROUTE, bytes((family,)) + bytes(11)) for family in (_INET, _INET6)],
            "settings": [_quietly(talk, _GETNETCONF, bytes((family, 0, 0, 0))) for family in (_INET, _INET6)],
            "disciplines": _quietly(talk, _GETQDISC, bytes(20)),
        }
        answers["filters"] = {
            str(number): [_quietly(talk, _GETFILTER, _filter_of(number, parent)) for parent in _INGRESS_PARENTS]
            for number in sorted(_with_discipline(answers))
        }
    return answers


def _quietly(talk: netlink.Talk, kind: int, body: bytes) -> str:
    """Ask for what an old kernel, or one without IPv6 or queueing, does not know."""
    from rempart_agent.source.contract import Denied, SourceError

    try:
        return talk.dump(kind, body)
    except Denied:
        raise
    except SourceError:
        return ""


def _filter_of(number: int, parent: int) -> bytes:
    return bytes(4) + number.to_bytes(4, _ORDER) + bytes(4) + parent.to_bytes(4, _ORDER) + bytes(4)


def _with_discipline(answers: netlink.Answers) -> Set[int]:
    found = set()
    for message in netlink.messages(netlink.unpack(answers.get("disciplines") or "")):
        if message.type == _NEWQDISC and len(message.body) >= 20:
            kind = netlink.text(dict(netlink.attributes(message.body[20:])).get(1, b""))
            if kind in ("ingress", "clsact"):
                found.add(netlink.number(message.body[4:8]))
    return found


def _has_filter(answers: netlink.Answers, number: int) -> bool:
    filters = answers.get("filters")
    return any(
        message.type == _NEWFILTER
        for answer in (filters.get(str(number), ()) if isinstance(filters, dict) else ())
        for message in netlink.messages(netlink.unpack(answer))
    )


def parse(answers: netlink.Answers) -> packet.Host:
    """Return the machine of the kernel's answers. Raises ``Malformed``."""
    addresses, networks = _addresses(answers)
    forwards = _forwarding(answers)
    routes = _routes(answers)
    links = list(_links(answers))
    kinds = {number: kind for number, _, _, kind in links}
    faces = []
    lo = packet.Interface("lo", 1, packet.LOOPBACK, why=Why("the loopback is down"))
    for number, body, found, kind in links:
        flags = netlink.number(body[8:12])
        master = netlink.number(found.get(10, b""))
        if not flags & _UP or kinds.get(master) in _JOINED:
            continue
        if flags & _LOOPBACK:
            lo = packet.Interface(
                name=netlink.text(found.get(3, b"")),
                number=number,
                kind=netlink.number(body[2:4]),
                group=netlink.number(found.get(27, b"")),
                off=_off(found),
                why=_before(answers, number, found, ""),
            )
            continue
        faces.append(
            packet.Interface(
                name=netlink.text(found.get(3, b"")),
                number=number,
                kind=netlink.number(body[2:4]),
                group=netlink.number(found.get(27, b"")),
                addresses={f: tuple(a for n, a in own if n == number) for f, own in addresses.items()},
                networks={f: ranges.make(r for n, r in own if n == number) for f, own in networks.items()},
                routes={f: ranges.make(r for n, r in own if n in (number, -1)) for f, own in routes.items()},
                bridge=kind == "bridge",
                off=_off(found),
                forwards=tuple(f for f in ("ip", "ip6") if forwards.get((f, number)) or (f, -1) in _sure(forwards)),
                why=_before(answers, number, found, kinds.get(master, "")),
            )
        )
    return packet.Host(tuple(faces), lo)


def _sure(forwards: Mapping[Tuple[str, int], bool]) -> Set[Tuple[str, int]]:
    """Return what holds of all interfaces: IPv6 is passed on by the whole machine."""
    return {("ip6", -1)} if forwards.get(("ip6", -1)) else set()


def _before(answers: netlink.Answers, number: int, found: Mapping[int, bytes], master: str) -> str:
    """Return what decides before the firewall, or in its place."""
    if any(dict(netlink.attributes(found.get(43, b""))).get(2, b"\0")):  # IFLA_XDP, IFLA_XDP_ATTACHED
        return Why("an XDP program decides first")
    if _has_filter(answers, number):
        return Why("filters of tc decide first")
    return Why("it belongs to a VRF") if master == "vrf" else ""


def _links(answers: netlink.Answers) -> Iterator[Tuple[int, bytes, Dict[int, bytes], str]]:
    for message in netlink.messages(netlink.unpack(answers.get("links"))):
        if message.type == _NEWLINK and len(message.body) >= 16:
            found = dict(netlink.attributes(message.body[16:]))
            kind = netlink.text(dict(netlink.attributes(found.get(18, b""))).get(1, b""))
            yield netlink.number(message.body[4:8]), message.body, found, kind


def _off(found: Mapping[int, bytes]) -> Tuple[str, ...]:
    """Return the families that are switched off on an interface."""
    if 26 not in found:
        return ()
    by = dict(netlink.attributes(found[26]))
    six = dict(netlink.attributes(by.get(_INET6, b""))).get(2, b"")
    at = _DISABLE_IPV6 * 4
    if _INET6 in by and len(six) >= at + 4 and not netlink.number(six[at : at + 4]):
        return ()
    return ("ip6",)


Numbered = Dict[str, List[Tuple[int, int]]]


def _addresses(answers: netlink.Answers) -> Tuple[Numbered, Dict[str, List[Tuple[int, Tuple[int, int]]]]]:
    addresses: Numbered = {"ip": [], "ip6": []}
    networks: Dict[str, List[Tuple[int, Tuple[int, int]]]] = {"ip": [], "ip6": []}
    for message in netlink.messages(netlink.unpack(answers.get("addresses"))):
        family = _FAMILIES.get(message.body[0]) if message.type == _NEWADDR and len(message.body) >= 8 else None
        if family is None:
            continue
        prefix, number = message.body[1], netlink.number(message.body[4:8])
        found = dict(netlink.attributes(message.body[8:]))
        own = found.get(2) or found.get(1, b"")
        peer = found.get(1, own)
        if len(own) != packet.WIDTH[family] or len(peer) != len(own):
            continue
        addresses[family].append((number, int.from_bytes(own, "big")))
        bits = packet.WIDTH[family] * 8 - min(prefix, packet.WIDTH[family] * 8)
        low = int.from_bytes(peer, "big") >> bits << bits
        networks[family].append((number, (low, low | (1 << bits) - 1)))
    return addresses, networks


def _routes(answers: netlink.Answers) -> Dict[str, List[Tuple[int, Tuple[int, int]]]]:
    """Return by family the interface (-1 is any) and the addresses of each route, of all tables but the local one."""
    found: Dict[str, List[Tuple[int, Tuple[int, int]]]] = {"ip": [], "ip6": []}
    for answer in answers.get("routes") or ():
        for message in netlink.messages(netlink.unpack(answer)):
            body = message.body
            family = _FAMILIES.get(body[0]) if message.type == _NEWROUTE and len(body) >= 12 else None
            if family is None or body[4] == 255 or body[7] != 1:  # RT_TABLE_LOCAL, RTN_UNICAST
                continue
            parts = dict(netlink.attributes(body[12:]))
            bits = packet.WIDTH[family] * 8 - min(body[1], packet.WIDTH[family] * 8)
            low = int.from_bytes(parts.get(1, b""), "big") >> bits << bits
            numbers = [netlink.number(parts[4])] if 4 in parts else _hops(parts.get(9, b"")) or [-1]
            found[family] += [(number, (low, low | (1 << bits) - 1)) for number in numbers]
    return found


def _hops(data: bytes) -> List[int]:
    """Return the interfaces of a route of several ways: struct rtnexthop, one after the other."""
    found, at = [], 0
    while at + 8 <= len(data):
        found.append(netlink.number(data[at + 4 : at + 8]))
        at += max(netlink.number(data[at : at + 2]) + 3 & ~3, 8)
    return found


def _forwarding(answers: netlink.Answers) -> Dict[Tuple[str, int], bool]:
    """Return by family and interface (-1 is all) whether packets are passed on."""
    found: Dict[Tuple[str, int], bool] = {}
    for answer in answers.get("settings") or ():
        for message in netlink.messages(netlink.unpack(answer)):
            family = _FAMILIES.get(message.body[0]) if message.type == _NEWNETCONF and message.body else None
            if family is None:
                continue
            parts = dict(netlink.attributes(message.body[4:]))
            number = int.from_bytes(parts.get(1, b""), _ORDER, signed=True)
            key = 2 if family == "ip" or number == -1 else 9  # NETCONFA_FORWARDING, _FORCE_FORWARDING
            found[family, number] = netlink.number(parts.get(key, b"")) != 0
    return found

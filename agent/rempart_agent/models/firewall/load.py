"""Where the values of a packet come from: headers, metadata, connection tracking."""

import sys
from typing import Dict, List, Optional, Tuple

from rempart_agent.models.firewall import packet, ranges
from rempart_agent.models.firewall.packet import Box, Host
from rempart_agent.models.firewall.value import Choice, Const, Free, Map, OneOf, Part, Unknown, Value, head, split, tail
from rempart_agent.said import Why

_SIZES = {
    packet.SPORT: 2,
    packet.DPORT: 2,
    packet.PROTO: 1,
    packet.FLAGS: 1,
    packet.TTL: 1,
    packet.TOS: 1,
    packet.MAC: 6,
    packet.ICMP: 1,
}
_LOCAL, _UNICAST, _BROADCAST, _MULTICAST = 2, 1, 3, 5  # RTN_… of linux/rtnetlink.h
_NEW, _UNTRACKED, _INVALID = 8, 64, 1  # NF_CT_STATE_…_BIT of linux/netfilter/nf_conntrack_common.h
_DNAT = 32  # IPS_DST_NAT
_CT_STATUS_KNOWN = 0x20 | 0x02 | 0x04  # whether DNAT was done; not seen a reply, not assured


class Place:
    """Where in the kernel a packet is, and in which family.

    Attributes:
        host: The machine.
        family: ``ip`` or ``ip6``.
        hook: The hook.
        direction: ``in``, ``through`` or ``out``.
        mangled: Whether packets are changed on their way, or handed to a local socket, in ways that are not followed.
    """

    def __init__(self, host: Host, family: str, hook: str, direction: str) -> None:
        """See the class."""
        self.host = host
        self.family = family
        self.hook = hook
        self.direction = direction


def field(box: Box, number: int, family: str) -> Value:
    """Return a field as it is now.

    Args:
        box: The packets.
        number: The field, by the numbers of ``packet``.
        family: ``ip`` or ``ip6``.
    """
    size = _SIZES.get(number) or packet.WIDTH[family]
    for changed, value in box.now:
        if changed == number:
            return Unknown(size, Why("a field that a rule has changed")) if value is None else Const(size, value)
    values = box.fields[number]
    if len(values) == 1 and values[0][0] == values[0][1]:
        return Const(size, values[0][0])
    return Part(size, number)


def _ttl(place: Place, box: Box) -> Value:
    """Return the time to live where a packet is: one less once it goes on to others (ip_forward, ip6_forward)."""
    value = field(box, packet.TTL, place.family)
    if place.direction == "out" or place.hook not in ("forward", "postrouting"):
        return value
    if isinstance(value, Const):
        return Const(1, max(0, value.value - 1))
    if isinstance(value, Part):
        return Map(
            1, packet.TTL, {n: n - 1 for low, high in box.fields[packet.TTL] for n in range(max(1, low), high + 1)}
        )
    return value


def _layout(place: Place, box: Box, base: int) -> List[Tuple[int, Value]]:
    """Return the parts of a header that are known, and where they begin."""
    six = place.family == "ip6"
    if base == 0:  # of Ethernet
        return [
            (6, field(box, packet.MAC, place.family)),
            (12, Const(2, 0x86DD if six else 0x0800)),
        ]
    if base == 1 and six:
        return [
            (6, _next_header(box)),
            (7, _ttl(place, box)),
            (8, field(box, packet.SADDR, "ip6")),
            (24, field(box, packet.DADDR, "ip6")),
        ]
    if base == 1:
        return [
            (0, Const(1, 0x45)),
            (1, field(box, packet.TOS, "ip")),
            (6, Const(2, 0, 0xBFFF)),  # no fragment; DF may be set
            (8, _ttl(place, box)),
            (9, field(box, packet.PROTO, "ip")),
            (12, field(box, packet.SADDR, "ip")),
            (16, field(box, packet.DADDR, "ip")),
        ]
    protocol = protocol_of(box)
    if base == 2 and protocol in (packet.TCP, packet.UDP, packet.SCTP):
        ports = [(0, field(box, packet.SPORT, place.family)), (2, field(box, packet.DPORT, place.family))]
        if protocol == packet.TCP:
            ports += [(8, Const(4, 0)), (13, field(box, packet.FLAGS, place.family))]
        return ports
    if base == 2 and protocol in (1, 58):
        return [(0, field(box, packet.ICMP, place.family))]
    return []


_EXTENSIONS = (0, 43, 44, 60)  # hop by hop, routing, fragment, destination options


def _next_header(box: Box) -> Value:
    """Return what the header of IPv6 names: the protocol, or an extension that the sender puts in between."""
    value = field(box, packet.PROTO, "ip6")
    return Choice(1, tuple(sorted({value.value, *_EXTENSIONS}))) if isinstance(value, Const) else value


def protocol_of(box: Box) -> int:
    """Return the protocol of a box that has one alone, else -1."""
    values = box.fields[packet.PROTO]
    return values[0][0] if len(values) == 1 and values[0][0] == values[0][1] else -1


def payload(place: Place, box: Box, base: int, offset: int, size: int) -> List[Value]:
    """Return the bytes of a header as values one after the other; what is not known is the sender's choice.

    Args:
        place: Where the packets are.
        box: The packets.
        base: The header: 0 of the link, 1 of the network, 2 of the transport.
        offset: Bytes into it.
        size: Bytes.
    """
    if base > 2:
        return [Unknown(size, Why("an inner header"))]
    if base == 0 and place.hook in ("output", "postrouting"):
        return [Unknown(size, Why("a link header that is not there yet"))]
    found: List[Value] = []
    at, end = offset, offset + size
    for begin, value in _layout(place, box, base):
        stop = begin + value.size
        if stop <= at or begin >= end:
            continue
        if begin > at:
            found.append(Free(begin - at))
            at = begin
        part = tail(value, stop - at, box) if at > begin else value
        part = head(part, min(end, stop) - at)
        found.append(part)
        at = min(end, stop)
    if at < end:
        found.append(Free(end - at))
    return found


def _of_interfaces(place: Place, number: int, values: Dict[int, int], size: int, absent: bool) -> Value:
    return Const(size, 0) if absent else Map(size, number, values)


def name_number(name: str) -> int:
    """Return an interface's name as a register of 16 bytes holds it."""
    return int.from_bytes(name.encode("utf-8", "surrogateescape")[:16].ljust(16, b"\0"), "big")


def native(number: int, size: int) -> int:
    """Return how a number of the machine's byte order reads as bytes.

    Args:
        number: The number.
        size: Its bytes.
    """
    return int.from_bytes(number.to_bytes(size, sys.byteorder), "big")


def has_in(place: Place) -> bool:
    """Tell whether a packet has an incoming interface where it is."""
    return place.direction != "out"


def has_out(place: Place) -> bool:
    """Tell whether a packet has an outgoing interface where it is."""
    return place.hook in ("forward", "output", "postrouting", "egress")


def meta(place: Place, box: Box, key: int) -> Optional[Value]:
    """Return a packet's metadata; None where the kernel breaks off the rule.

    Args:
        place: Where the packets are.
        box: The packets.
        key: The kernel's number (``NFT_META_``).
    """
    faces = list(enumerate(place.host.interfaces))
    if key in (4, 6, 8, 21):
        number, there = packet.IIF, has_in(place)
    else:
        number, there = packet.OIF, has_out(place)
    if key in (6, 7):
        names = {at: name_number(i.name) for at, i in faces}
        return _of_interfaces(place, number, names, 16, not there)
    if key in (4, 5):
        return _of_interfaces(place, number, {at: native(i.number, 4) for at, i in faces}, 4, not there)
    if key in (8, 9):
        return Map(2, number, {at: native(i.kind, 2) for at, i in faces}) if there else None
    if key in (21, 22):
        return Map(4, number, {at: native(i.group, 4) for at, i in faces}) if there else None
    if key == 1:
        return Const(2, 0x86DD if place.family == "ip6" else 0x0800)
    if key == 3:
        return Unknown(4, Why("a mark that can't be told")) if box.mark is None else Const(4, native(box.mark, 4))
    if key == 15:
        return Const(1, 10 if place.family == "ip6" else 2)
    if key == 16:
        return field(box, packet.PROTO, place.family)
    if key == 19:
        return Const(1, 0)  # PACKET_HOST: to the machine's own hardware address
    if key in (10, 11):  # an account sends it, whichever; what comes in belongs to no socket yet
        return Free(4) if place.direction == "out" else None
    if key == 25:
        return Const(1, 0)  # not out of a tunnel of IPsec
    return Free(4) if key in (0, 20, 24) else Unknown(4, Why("meta key {key}", key=key))


def ct(place: Place, box: Box, key: int) -> Optional[Value]:
    """Return what connection tracking knows of a packet; None where the kernel breaks off the rule.

    Args:
        place: Where the packets are.
        box: The packets.
        key: The kernel's number (``NFT_CT_``).
    """
    if key == 0:
        if box.ct == "unsure":
            return OneOf(4, (native(_NEW, 4), native(_INVALID, 4)), Why("the order of two hooks of one priority"))
        state = {"new": _NEW, "untracked": _UNTRACKED, "early": _INVALID}[box.ct]
        return Const(4, native(state, 4))
    if box.ct in ("early", "untracked"):
        return None
    if box.ct == "unsure":
        return Unknown(4, Why("the order of two hooks of one priority"))
    if key == 1:
        return Const(1, 0)
    if key == 2:
        known = native(_CT_STATUS_KNOWN, 4)
        return Const(4, native(_DNAT if box.dnat else 0, 4), known)
    if key == 3:
        mark = box.ct_mark
        return Unknown(4, Why("a connection's mark that can't be told")) if mark is None else Const(4, native(mark, 4))
    original = box._replace(now=())
    if key in (8, 9, 19, 20, 21, 22):
        return field(original, packet.SADDR if key in (8, 19, 21) else packet.DADDR, place.family)
    if key in (10, 7):
        return field(box, packet.PROTO, place.family) if key == 10 else Const(1, 10 if place.family == "ip6" else 2)
    if key in (11, 12):
        return field(original, packet.SPORT if key == 11 else packet.DPORT, place.family)
    return Unknown(4, Why("ct key {key}", key=key))


def way_back(place: Place, box: Box) -> Optional[bool]:
    """Return whether a reverse path filter finds a way back to the source, where that is no matter of routes.

    At the first hooks it finds one for all that comes in by the loopback (``nft_fib_is_loopback``), and elsewhere none
    for the loopback's addresses, which are the machine's own (``nft_fib4_eval``, ``nft_fib6_eval``, ``xt_rpfilter``).

    Args:
        place: Where the packets are.
        box: The packets.
    """
    if not has_in(place) or any(number == packet.SADDR for number, _ in box.now):
        return None
    faces = place.host.interfaces
    kinds = {face.kind == packet.LOOPBACK for at, face in enumerate(faces) if ranges.holds(box.fields[packet.IIF], at)}
    if kinds == {True}:
        return True if place.hook in ("ingress", "prerouting") else None
    if kinds == {False} and not ranges.subtract(box.fields[packet.SADDR], place.host.loopback(place.family)):
        return False
    return None


def address_type(place: Place, box: Box, of_source: bool, on_interface: bool) -> List[Tuple[Box, Value]]:
    """Return the kind of an address (local, unicast, …), for the parts of a box that differ in it.

    Args:
        place: Where the packets are.
        box: The packets.
        of_source: Whether the source is meant, not the destination.
        on_interface: Whether only addresses of the interface count as local.
    """
    value = field(box, packet.SADDR if of_source else packet.DADDR, place.family)
    if on_interface:
        found = []
        for at, face in enumerate(place.host.interfaces):
            there = ranges.intersect(box.fields[packet.IIF], ranges.of(at))
            if there and has_in(place):
                own = ranges.of(*face.addresses.get(place.family, ()))
                own = place.host.loopback(place.family) if face.kind == packet.LOOPBACK else own
                yes, no = split(box.with_field(packet.IIF, there), value, own)
                found += [(b, _kind(_LOCAL)) for b in yes] + [(b, _elsewhere(place)) for b in no]
        return found or [(box, Unknown(4, Why("an interface's own addresses")))]
    own = ranges.union(place.host.local(place.family), place.host.loopback(place.family))
    if of_source and not any(i.addresses.get(place.family) for i in place.host.interfaces):
        own = place.host.loopback(place.family)
    inside, outside = split(box, value, own)
    result: List[Tuple[Box, Value]] = [(b, _kind(_LOCAL)) for b in inside]
    special: Tuple[Tuple[int, ranges.Ranges], ...] = ((_MULTICAST, ranges.make([(0xFF << 120, (1 << 128) - 1)])),)
    if place.family == "ip":
        special = (
            (_MULTICAST, ranges.make([(0xE0000000, 0xEFFFFFFF)])),
            (_BROADCAST, ranges.make([(0, 0xFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), *_broadcasts(place.host)])),
        )
    for kind, values in special:
        more: List[Box] = []
        for one in outside:
            yes, no = split(one, value, values)
            result += [(b, _kind(kind)) for b in yes]
            more += no
        outside = more
    return result + [(b, _elsewhere(place)) for b in outside]


def _broadcasts(host: Host) -> List[Tuple[int, int]]:
    """Return the broadcast addresses of connected networks; a network of two or one has none."""
    found = [pair for i in host.interfaces for pair in i.networks.get("ip", ()) if pair[1] - pair[0] > 1]
    return [(high, high) for _, high in found]


def _kind(number: int) -> Value:
    return Const(4, native(number, 4))


def _elsewhere(place: Place) -> Value:
    if place.family == "ip":
        return _kind(_UNICAST)
    kinds = (_UNICAST, 4, 7)  # unicast, anycast, unreachable: the routes decide
    return OneOf(4, tuple(sorted(native(k, 4) for k in kinds)), Why("whether a route leads to an address of IPv6"))

"""What reaches the machine, passes through it or leaves it: the rows of ``rempart_firewall_reach``."""

from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from rempart_agent.models.firewall import packet, ranges
from rempart_agent.models.firewall.packet import Box, Host, Interface
from rempart_agent.models.firewall.ranges import Ranges
from rempart_agent.models.firewall.ruleset import Ruleset
from rempart_agent.models.firewall.walk import End, TooMany, Walk
from rempart_agent.said import Why, enumerated, listed

PROTOCOLS = ("tcp", "udp", "sctp", "icmp", "other")
DIRECTIONS = ("in", "through", "out")
_PORTED = {"tcp": packet.TCP, "udp": packet.UDP, "sctp": packet.SCTP}
_ALL_MACS: Ranges = ((0, (1 << 48) - 1),)
MAYBE_FORWARDED = "may be forwarded: "
"""What ``why`` begins with where packets may be sent on to a published port."""
_ROWS_OF_A_SOURCE = 8
_FEW = 0.5
_MANY = 50


class Row(NamedTuple):
    """New packets that are treated alike.

    Attributes:
        direction: ``in`` (to the machine), ``through`` it, ``out`` of it.
        family: ``ip`` or ``ip6``.
        protocol: One of ``PROTOCOLS``.
        port_from: First destination port; 0 of protocols without ports.
        port_to: Last one.
        interface: The interface that they come in by, or go out by where ``direction`` is ``out``.
        source: The other side: a network, or some words where it is not one.
        source_share: Which part of all addresses, or of a connected network, it is: the larger of both.
        verdict: ``accepted``, ``refused``, ``forwarded``, or None where nobody knows.
        target: Where NAT sends them, for ``forwarded``: address and port.
        rule: The rules that decide.
        why: Why nobody knows.
    """

    direction: str
    family: str
    protocol: str
    port_from: int
    port_to: int
    interface: str
    source: str
    source_share: float
    verdict: object
    target: str
    rule: str
    why: str


def reach(ruleset: Ruleset, host: Host) -> Iterator[Row]:
    """Return the rows of a machine; every direction, family, protocol and interface has some.

    Args:
        ruleset: What is loaded.
        host: The machine: its interfaces, addresses and routes.
    """
    for direction in DIRECTIONS:
        yield from rows_of(ruleset, host, direction)


def rows_of(ruleset: Ruleset, host: Host, direction: str, protocols: Sequence[str] = PROTOCOLS) -> Iterator[Row]:
    """Return the rows of one direction, of some protocols.

    Args:
        ruleset: What is loaded.
        host: The machine.
        direction: ``in``, ``through`` or ``out``.
        protocols: As ``tcp``.
    """
    if not host.interfaces:
        host = Host((Interface(Why("no interface is up")),))
    for family in ("ip", "ip6"):
        for protocol in protocols:
            yield from rows_of_protocol(ruleset, host, direction, family, protocol)


def start(host: Host, direction: str, family: str, protocol: str) -> Box:
    """Return the box of all new packets of a protocol in a direction.

    Args:
        host: The machine.
        direction: ``in``, ``through`` or ``out``.
        family: ``ip`` or ``ip6``.
        protocol: As ``tcp``.
    """
    faces = ranges.of(*range(len(host.interfaces)))
    everything = packet.everything(family)
    own = host.local(family)
    own_number = 58 if family == "ip6" else 1
    number = _PORTED.get(protocol, own_number if protocol == "icmp" else -1)
    if number >= 0:
        protocols = ranges.of(number)
    else:
        protocols = ranges.subtract(((0, 255),), ranges.of(own_number, *_PORTED.values()))
    octet: Ranges = ((0, 255),)
    ports: Ranges = ((0, 65535),)
    fields = {
        packet.IIF: faces,
        packet.OIF: faces,
        packet.SADDR: own if direction == "out" else everything,
        packet.DADDR: {"in": own, "through": _passable(host, family), "out": everything}[direction],
        packet.PROTO: protocols,
        packet.SPORT: ports,
        packet.DPORT: ((1, 65535),),
        packet.FLAGS: packet.SYN,
        packet.TTL: octet,
        packet.TOS: octet,
        packet.MAC: _ALL_MACS,
        packet.ICMP: octet,
    }
    return Box(tuple(fields[n] for n in range(len(fields))))


def _passable(host: Host, family: str) -> Ranges:
    """Return the destinations that are passed on: those of others, without what ends on the link."""
    kept = packet.NO_HOST[family]
    if any(i.addresses.get(family) for i in host.interfaces):
        kept = ranges.union(kept, host.local(family))
    if family == "ip6":
        kept = ranges.union(kept, ((0xFE80 << 112, (0xFEC0 << 112) - 1),))
    return ranges.subtract(packet.everything(family), kept)


def ends(ruleset: Ruleset, host: Host, direction: str, family: str, protocol: str) -> List[End]:
    """Return where the new packets of a protocol end; raises ``TooMany``.

    Args:
        ruleset: What is loaded.
        host: The machine.
        direction: ``in``, ``through`` or ``out``.
        family: ``ip`` or ``ip6``.
        protocol: As ``tcp``.
    """
    box = start(host, direction, family, protocol)
    boxes = [box]
    if direction == "out":
        boxes = [
            box.with_field(packet.OIF, ranges.of(at)).with_field(packet.DADDR, there)
            for at, behind in host.presumed_ways_out(family)
            for there in (ranges.intersect(behind, box.fields[packet.DADDR]),)
            if there
        ]
    return Walk(ruleset, host, family, direction).run(boxes)


def rows_of_protocol(ruleset: Ruleset, host: Host, direction: str, family: str, protocol: str) -> Iterator[Row]:
    """Return the rows of one protocol.

    Args:
        ruleset: What is loaded.
        host: The machine.
        direction: ``in``, ``through`` or ``out``.
        family: ``ip`` or ``ip6``.
        protocol: As ``tcp``.
    """
    face_field = packet.OIF if direction == "out" else packet.IIF
    why = ""
    found: List[End] = []
    try:
        found = ends(ruleset, host, direction, family, protocol)
    except TooMany:
        why = Why("the rules part packets in too many groups")
    full = (1, 65535) if protocol in _PORTED else (0, 0)
    whole = "::/0" if family == "ip6" else "0.0.0.0/0"
    for at, face in enumerate(host.interfaces):
        known = (direction, family, protocol)
        if family in face.off:
            yield Row(*known, *full, face.name, whole, 1.0, "refused", "", _off(family), "")
        elif why or (face.why and direction != "out"):
            yield Row(*known, *full, face.name, whole, 1.0, None, "", "", why or face.why)
        else:
            here = _fewer([e for e in found if ranges.holds(e.box.fields[face_field], at)], direction)
            every = ranges.make(pair for i in host.interfaces for pair in i.networks.get(family, ()))
            yield from _of_interface(known, face, here, full, every)


def _fewer(found: List[End], direction: str) -> List[End]:
    """Join what one rule surely refuses into one box, where there is much of it: more than that is never let in."""
    refused = [e for e in found if e.verdict == "refused" and not e.box.why and _portion(e.box, direction) >= _FEW]
    if len(refused) < _MANY:
        return found
    known = {id(e) for e in refused}
    of_rule: Dict[str, List[Box]] = {}
    for end in refused:
        of_rule.setdefault(end.rule, []).append(end.box)
    joined = [
        End(Box(tuple(ranges.total(parts) for parts in zip(*(b.fields for b in boxes)))), "refused", rule)
        for rule, boxes in of_rule.items()
    ]
    return [e for e in found if id(e) not in known] + joined


def _off(family: str) -> str:
    return Why("IPv6 is switched off") if family == "ip6" else Why("IPv4 is switched off")


def _of_interface(
    known: Tuple[str, str, str], face: Interface, found: Sequence[End], full: Tuple[int, int], every: Ranges
) -> Iterator[Row]:
    direction, family, _ = known
    side, across = packet.SADDR, packet.DADDR
    if direction == "out":
        side, across = packet.DADDR, packet.SADDR
    through = direction == "through"
    cells = ranges.classes([e.box.fields[across] for e in found]) if through else [(packet.everything(family), None)]
    made: List[Row] = []
    for behind, crossing in cells:
        near = [e for n, e in enumerate(found) if crossing is None or n in crossing]
        ported = full != (0, 0)
        for ports, indexes in ranges.classes([e.box.fields[packet.DPORT] if ported else ((0, 0),) for e in near]):
            those = [e for n, e in enumerate(near) if n in indexes]
            weight = share(behind, family, every) if through else 1.0
            for source, verdict, rule, why, part in _judge(those, side, direction):
                target = _target(those, source, family) if verdict == "forwarded" and direction == "in" else ""
                for text, portion in _sources(source, family, () if direction == "out" else _networks(face, family)):
                    for low, high in ports:
                        amount = round(portion * weight * part, 9)
                        made.append(Row(*known, low, high, face.name, text, amount, verdict, target, rule, why))
    yield from _adjacent(made)


def _networks(face: Interface, family: str) -> Ranges:
    return face.networks.get(family, ())


Judged = Tuple[Ranges, object, str, str, float]


def _judge(found: Sequence[End], side: int, direction: str) -> Iterator[Judged]:
    """Return sources with what becomes of their packets; the sender chooses all that is no address.

    Where one choice of the sender is let in, the packets are let in. What could not be understood on the way leaves an
    answer only where every way leads to it.
    """
    kinds: Dict[Tuple[bool, str], List[Ranges]] = {}
    for end in found:
        if _portion(end.box, direction) >= _FEW:
            kinds.setdefault((bool(end.box.why), end.verdict), []).append(end.box.fields[side])
    sure = {verdict: ranges.total(parts) for (doubt, verdict), parts in kinds.items() if not doubt}
    maybe = {verdict: ranges.total(parts) for (doubt, verdict), parts in kinds.items() if doubt}
    let = ("accepted", "forwarded")
    left = ranges.total([*sure.values(), *maybe.values()])
    for verdict in let:
        others = ranges.total(part for name, part in maybe.items() if name != verdict)
        agreed = ranges.union(sure.get(verdict, ()), ranges.subtract(maybe.get(verdict, ()), others))
        agreed = ranges.intersect(agreed, left)
        if agreed:
            yield agreed, verdict, _rules(found, verdict, agreed, side), "", 1.0
        left = ranges.subtract(left, agreed)
    doubtful = ranges.total(
        (maybe.get("accepted", ()), maybe.get("forwarded", ()), maybe.get("", ()), sure.get("", ()))
    )
    doubtful = ranges.intersect(doubtful, left)
    if doubtful:
        yield doubtful, None, _rules(found, "", doubtful, side), _whys(found, doubtful, side), 1.0
    left = ranges.subtract(left, doubtful)
    if left:
        yield left, "refused", _rules(found, "refused", left, side), "", 1.0
    for end in found:
        part = _portion(end.box, direction)
        if part < _FEW and end.verdict in let:
            yield end.box.fields[side], end.verdict, Why("{rule} (few of them)", rule=end.rule), "", part


def _portion(box: Box, direction: str) -> float:
    """Return which part of the packets a box holds by what a sender does not choose at will.

    That is the hardware address; and of what goes out the source port, which a service of the machine has taken.
    """
    part = ranges.size(box.fields[packet.MAC]) / (1 << 48)
    return part * ranges.size(box.fields[packet.SPORT]) / (1 << 16) if direction == "out" else part


def _rules(found: Sequence[End], verdict: str, where: Ranges, side: int) -> str:
    names = []
    for end in found:
        if end.verdict == verdict and end.rule not in names and ranges.meet(end.box.fields[side], where):
            names.append(end.rule)
            if len(names) > 3:
                break
    return enumerated([*names[:3], "…"] if len(names) > 3 else names)


def _whys(found: Sequence[End], where: Ranges, side: int) -> str:
    here = [e for e in found if ranges.meet(e.box.fields[side], where)]
    text = listed(sorted({e.box.why for e in here if e.box.why})[:3])
    sent_on = any(e.verdict == "forwarded" or (not e.verdict and e.box.dnat) for e in here)
    return Why("may be forwarded: {why}", why=text) if sent_on else text


def _target(found: Sequence[End], where: Ranges, family: str) -> str:
    """Return where NAT sends packets that are forwarded."""
    names = []
    for end in found:
        now = dict(end.box.now)
        if end.verdict != "forwarded" or not ranges.meet(end.box.fields[packet.SADDR], where):
            continue
        address, port = now.get(packet.DADDR), now.get(packet.DPORT)
        name = "?" if address is None else address_text(address, family)
        if family == "ip6":
            name = "[{}]".format(name)
        name += ":{}".format(port) if port is not None else ""
        if name not in names:
            names.append(name)
    return ", ".join(names[:3])


def share(addresses: Ranges, family: str, networks: Ranges) -> float:
    """Return which part of all addresses, or of one of some networks, addresses are: the larger.

    Args:
        addresses: Ranges of addresses.
        family: ``ip`` or ``ip6``.
        networks: The networks.
    """
    found = ranges.size(addresses) / (1 << packet.WIDTH[family] * 8)
    for pair in networks:
        found = max(found, ranges.size(ranges.intersect(addresses, (pair,))) / (pair[1] - pair[0] + 1))
    return found


def _sources(addresses: Ranges, family: str, networks: Ranges) -> Iterator[Tuple[str, float]]:
    prefixes = _prefixes(addresses, family)
    if prefixes is not None:
        for text, part in prefixes:
            yield text, share(part, family, networks)
        return
    others = _prefixes(ranges.subtract(packet.everything(family), addresses), family)
    whole = "::/0" if family == "ip6" else "0.0.0.0/0"
    if others is not None:
        text = Why("{whole} but {others}", whole=whole, others=", ".join(t for t, _ in others))
    else:
        text = Why(
            "{count} ranges from {addresses}", count=len(addresses), addresses=address_text(addresses[0][0], family)
        )
    yield text, share(addresses, family, networks)


def _prefixes(addresses: Ranges, family: str) -> Optional[List[Tuple[str, Ranges]]]:
    """Return ranges as networks; None where there are too many."""
    width = packet.WIDTH[family] * 8
    found: List[Tuple[str, Ranges]] = []
    for low, high in addresses:
        at = low
        while at <= high:
            if len(found) >= _ROWS_OF_A_SOURCE:
                return None
            room = (at & -at).bit_length() - 1 if at else width
            room = min(room, (high - at + 1).bit_length() - 1)
            last = at + (1 << room) - 1
            found.append(("{}/{}".format(address_text(at, family), width - room), ((at, last),)))
            at = last + 1
    return found


def address_text(number: int, family: str) -> str:
    """Return an address as people write it.

    Args:
        number: The address.
        family: ``ip`` or ``ip6``.
    """
    import socket

    wide = packet.WIDTH[family]
    return socket.inet_ntop(socket.AF_INET if wide == 4 else socket.AF_INET6, number.to_bytes(wide, "big"))


def _adjacent(rows: List[Row]) -> List[Row]:
    """Join rows whose ports follow one another."""
    kept: List[Row] = []
    last: Dict[Tuple[object, ...], int] = {}
    for row in sorted(rows, key=lambda r: (r.port_from, r.port_to)):
        key = (*row[:3], *row[5:])
        at = last.get(key)
        if at is not None and kept[at].port_to + 1 >= row.port_from:
            kept[at] = kept[at]._replace(port_to=max(kept[at].port_to, row.port_to))
        else:
            last[key] = len(kept)
            kept.append(row)
    return kept

"""Boxes of packets: what is known of each field, and what the walk has made of it so far."""

from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from rempart_agent.models.firewall import ranges
from rempart_agent.models.firewall.ranges import Ranges

IIF, OIF, SADDR, DADDR, PROTO, SPORT, DPORT, FLAGS, TTL, TOS, MAC, ICMP = range(12)
"""The fields of a packet. ``IIF`` and ``OIF`` are places in ``Host.interfaces``."""

TCP, UDP, SCTP = 6, 17, 132
NO_HOST: Mapping[str, Ranges] = {
    "ip": ((0, (1 << 24) - 1), (127 << 24, (128 << 24) - 1), (224 << 24, (1 << 32) - 1)),
    "ip6": ((0, 1), (0xFF << 120, (1 << 128) - 1)),
}
"""Addresses that no interface has: of the loopback, of groups, of nobody."""
WIDTH = {"ip": 4, "ip6": 16}
_ETHERNET = 1  # ARPHRD_ETHER of linux/if_arp.h
LOOPBACK = 772
"""The hardware type of the loopback: ARPHRD_LOOPBACK of linux/if_arp.h."""
_FAR = 16  # a sixteenth of all addresses: 2000::/3 is an eighth
SYN = ranges.of(0x02, 0x42, 0x82, 0xC2)
"""The flags of a packet that begins a TCP connection: SYN, with or without those of ECN."""


class Interface(NamedTuple):
    """One network interface.

    Attributes:
        name: Its name.
        number: The kernel's number for it.
        kind: The hardware type of linux/if_arp.h.
        group: Its group.
        addresses: Its addresses by family.
        networks: The connected networks by family.
        routes: The addresses to which routes lead by it, by family.
        bridge: Whether it is a bridge.
        off: The families that are switched off on it.
        forwards: The families of which it passes packets on.
        why: Why nobody can say what comes in here: an XDP program, say.
    """

    name: str
    number: int = 0
    kind: int = 1
    group: int = 0
    addresses: Mapping[str, Tuple[int, ...]] = {}
    networks: Mapping[str, Ranges] = {}
    routes: Mapping[str, Ranges] = {}
    bridge: bool = False
    off: Tuple[str, ...] = ()
    forwards: Tuple[str, ...] = ()
    why: str = ""


class Host(NamedTuple):
    """The machine that the packets come to.

    Attributes:
        interfaces: Its interfaces but the loopback.
        lo: The loopback, whose addresses are those of ``loopback``.
    """

    interfaces: Tuple[Interface, ...]
    lo: Interface = Interface("lo", 1, LOOPBACK)

    def local(self, family: str) -> Ranges:
        """Return the machine's own addresses; any that a machine may have where none is known."""
        own = [a for i in self.interfaces for a in i.addresses.get(family, ())]
        return ranges.of(*own) if own else ranges.subtract(everything(family), NO_HOST[family])

    def loopback(self, family: str) -> Ranges:
        """Return the addresses of the loopback."""
        return ((127 << 24, (128 << 24) - 1),) if family == "ip" else ((1, 1),)

    def ways_out(self, family: str) -> List[Tuple[int, Ranges]]:
        """Return each interface with the addresses that lie behind it; without any route, all may lie behind each."""
        known = self._connected(family)
        routed = any(i.routes.get(family) for i in self.interfaces)
        return [
            (
                at,
                ranges.union(
                    face.networks.get(family, ()),
                    ranges.subtract(face.routes.get(family, ()) if routed else everything(family), known),
                ),
            )
            for at, face in enumerate(self.interfaces)
        ]

    def presumed_ways_out(self, family: str) -> List[Tuple[int, Ranges]]:
        """Return ``ways_out``, and where no route leads far now, what lies behind one that may come tomorrow.

        A default route comes and goes with the network, the rules stay: what is filtered is theirs to say. It is taken
        to lead where that of the other family leads; else by each Ethernet interface with an address; else by all.
        """
        ways = self.ways_out(family)
        if self._led_far(family):
            return ways
        other = "ip" if family == "ip6" else "ip6"
        wired = [
            n for n, i in enumerate(self.interfaces) if i.kind == _ETHERNET and not i.bridge and i.addresses.get(family)
        ]
        faces = self._led_far(other) or wired or list(range(len(self.interfaces)))
        left = ranges.subtract(everything(family), ranges.make(pair for _, behind in ways for pair in behind))
        return [(at, ranges.union(behind, left) if at in faces else behind) for at, behind in ways]

    def _connected(self, family: str) -> Ranges:
        return ranges.make(pair for i in self.interfaces for pair in i.networks.get(family, ()))

    def _led_far(self, family: str) -> List[int]:
        """Return the interfaces by which a route leads to a good part of all addresses, as a default route does."""
        known, whole = self._connected(family), ranges.size(everything(family))
        return [
            n
            for n, i in enumerate(self.interfaces)
            if ranges.size(ranges.subtract(i.routes.get(family, ()), known)) * _FAR >= whole
        ]


class Box(NamedTuple):
    """Packets that the rules have treated alike so far.

    Attributes:
        fields: For each field the values that the packets had when they arrived, or left.
        now: Fields that rules have changed: the new value, None where it is not known.
        mark: The mark of the packet; None where it is not known.
        ct_mark: That of the connection.
        ct: ``early`` before connection tracking, ``new``, ``untracked``, or ``unsure``.
        dnat: Whether the destination was changed by NAT.
        settled: Whether NAT has decided on the destination, changed or not: it does so once.
        why: What could not be understood on the way: what ends here may end elsewhere.
        rule: The rule that accepted last.
    """

    fields: Tuple[Ranges, ...]
    now: Tuple[Tuple[int, Optional[int]], ...] = ()
    mark: Optional[int] = 0
    ct_mark: Optional[int] = 0
    ct: str = "early"
    dnat: bool = False
    settled: bool = False
    why: str = ""
    rule: str = ""

    def with_field(self, field: int, values: Ranges) -> "Box":
        """Return the part of the box in which a field has some of its values.

        Args:
            field: By the numbers above.
            values: The ranges that stay.
        """
        return Box((*self.fields[:field], values, *self.fields[field + 1 :]), *self[1:])

    def changed(self, new: Mapping[int, Optional[int]]) -> "Box":
        """Return the box with fields that a rule has changed."""
        return self._replace(now=tuple(sorted({**dict(self.now), **new}.items())))

    def empty(self) -> bool:
        """Tell whether no packet is in it."""
        return not all(self.fields)


def everything(family: str) -> Ranges:
    """Return all addresses of a family."""
    return ((0, (1 << WIDTH[family] * 8) - 1),)


def merge(boxes: List[Box]) -> List[Box]:
    """Join boxes that differ in one field alone."""
    if len(boxes) < 2:
        return boxes
    numbers: Dict[object, int] = {}  # what is equal has one number, which is quickly compared

    def number(part: object) -> int:
        return numbers.setdefault(part, len(numbers))

    rows = {(*map(number, box.fields), number(box[1:])): box for box in boxes}
    for field in range(len(boxes[0].fields)):
        if len(rows) < 2:
            break
        if len({row[field] for row in rows}) == 1:
            continue
        found: Dict[Tuple[int, ...], List[Tuple[int, ...]]] = {}
        for row in rows:
            found.setdefault(row[:field] + row[field + 1 :], []).append(row)
        if len(found) == len(rows):
            continue
        joined: Dict[Tuple[int, ...], Box] = {}
        for those in found.values():
            row, box = those[0], rows[those[0]]
            if len(those) > 1:
                values = ranges.total(rows[one].fields[field] for one in those)
                row, box = (*row[:field], number(values), *row[field + 1 :]), box.with_field(field, values)
            joined[row] = box
        rows = joined
    return list(rows.values())

"""The extensions of iptables: in rules of nftables (nft_compat) and in legacy tables (net/netfilter/xt_*.c)."""

from typing import Callable, Dict, List, Optional, Sequence, Tuple

from rempart_agent.models.firewall import load, packet, ranges
from rempart_agent.models.firewall.frame import Frame, Outcome, Scene, compare, doubt, either, octets
from rempart_agent.models.firewall.native import half, word
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ranges import Ranges
from rempart_agent.models.firewall.ruleset import Attributes, Header
from rempart_agent.models.firewall.value import Const, Map, Value, split_all
from rempart_agent.models.firewall.xt_target import target
from rempart_agent.said import Why

Wanted = List[Tuple[Value, Ranges]]


def _step(boxes: Sequence[Box], wanted: Wanted, negate: bool) -> Tuple[List[Box], List[Box]]:
    yes, no = split_all(boxes, wanted)
    return (no, yes) if negate else (yes, no)


def _all(frame: Frame, steps: Sequence[Tuple[Wanted, bool]]) -> Outcome:
    """Go on with what every condition holds of."""
    inside, off = [frame.box], []
    for wanted, negate in steps:
        inside, no = _step(inside, wanted, negate)
        off += no
    return Outcome([Frame(b, frame.registers) for b in inside], off)


def _ports(frame: Frame, scene: Scene) -> Tuple[Value, Value]:
    family = scene.place.family
    return load.field(frame.box, packet.SPORT, family), load.field(frame.box, packet.DPORT, family)


def header(scene: Scene, frame: Frame, asked: Header) -> Outcome:
    """What a legacy rule asks of addresses, protocol and interfaces.

    Args:
        scene: Where the packets are.
        frame: The packets.
        asked: What is asked.
    """
    if asked.fragment:
        return Outcome(off=[frame.box])
    family, box = scene.place.family, frame.box
    steps: List[Tuple[Wanted, bool]] = []
    for part, number in ((asked.source, packet.SADDR), (asked.destination, packet.DADDR)):
        if part is not None:
            if part[0] is None:
                return doubt(frame, Why("a mask that is none of a network"))
            steps.append(([(load.field(box, number, family), part[0])], part[1]))
    if asked.protocol[0]:
        steps.append(([(load.field(box, packet.PROTO, family), ranges.of(asked.protocol[0]))], asked.protocol[1]))
    for name, number, there in (
        (asked.in_name, packet.IIF, load.has_in(scene.place)),
        (asked.out_name, packet.OIF, load.has_out(scene.place)),
    ):
        if name is not None:
            steps.append(([_named(scene, number, there, name[0], name[1])], name[2]))
    return _all(frame, steps)


def _named(scene: Scene, number: int, there: bool, name: str, begins: bool) -> Tuple[Value, Ranges]:
    def fits(other: str) -> bool:
        return other.startswith(name) if begins else other == name

    if not there:
        return Const(1, int(fits(""))), ranges.of(1)
    return Map(1, number, {at: int(fits(i.name)) for at, i in enumerate(scene.place.host.interfaces)}), ranges.of(1)


def _pair(data: bytes, at: int) -> Ranges:
    return ranges.make([(half(data, at), half(data, at + 2))])


def _tcp(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    if load.protocol_of(frame.box) != packet.TCP:
        return Outcome(off=[frame.box])
    inverse = data[11]
    if data[8]:  # an option, which the sender may send or not
        return either(frame)
    sport, dport = _ports(frame, scene)
    flags = load.field(frame.box, packet.FLAGS, scene.place.family)
    from rempart_agent.models.firewall.value import masked

    steps: List[Tuple[Wanted, bool]] = [
        ([(sport, _pair(data, 0))], bool(inverse & 1)),
        ([(dport, _pair(data, 4))], bool(inverse & 2)),
        ([(masked(flags, data[9], 0, frame.box), ranges.of(data[10]))], bool(inverse & 4)),
    ]
    return _all(frame, steps)


def _udp(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    if load.protocol_of(frame.box) != packet.UDP:
        return Outcome(off=[frame.box])
    sport, dport = _ports(frame, scene)
    inverse = data[8]
    return _all(frame, [([(sport, _pair(data, 0))], bool(inverse & 1)), ([(dport, _pair(data, 4))], bool(inverse & 2))])


def _multiport(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    if load.protocol_of(frame.box) not in (packet.TCP, packet.UDP, packet.SCTP):
        return either(frame)
    which, count = data[0], data[1]
    ports = [half(data, 2 + 2 * i) for i in range(15)]
    starts = data[32:47]
    pairs, at = [], 0
    while at < min(count, 15):
        if at < len(starts) and starts[at] and at + 1 < 15:
            pairs.append((ports[at], ports[at + 1]))
            at += 1
        else:
            pairs.append((ports[at], ports[at]))
        at += 1
    wanted = ranges.make(pairs)
    inverse = bool(data[47]) if len(data) > 47 else False
    sport, dport = _ports(frame, scene)
    if which == 0:
        return _all(frame, [([(sport, wanted)], inverse)])
    if which == 1:
        return _all(frame, [([(dport, wanted)], inverse)])
    yes, rest = split_all([frame.box], [(sport, wanted)])
    more, no = split_all(rest, [(dport, wanted)])
    yes += more
    if inverse:
        yes, no = no, yes
    return Outcome([Frame(b, frame.registers) for b in yes], no)


def _state_bit(box: Box) -> Optional[int]:
    if box.ct == "unsure":
        return None
    return {"new": 8, "early": 1, "untracked": 256}[box.ct]


def _conntrack(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    flags, inverse = half(data, 146), half(data, 148)
    state_mask, status_mask = half(data, 150), half(data, 152)
    bit = _state_bit(frame.box)
    box = frame.box
    if bit is None:
        return doubt(frame, Why("the order of two hooks of one priority"))
    tracked = box.ct == "new"
    if flags & 1:
        have = bit | (128 if box.dnat and tracked else 0)
        if bool(state_mask & have) == bool(inverse & 1):
            return Outcome(off=[box])
    if not tracked:
        return Outcome([frame]) if flags & 1 else Outcome(off=[box])
    if flags & 0x1000 and inverse & 0x1000:  # the other direction
        return Outcome(off=[box])
    if flags & 0x40:  # status
        if status_mask & ~0x26:
            return doubt(frame, "a connection's status")
        if bool(status_mask & (32 if box.dnat else 0)) == bool(inverse & 0x40):
            return Outcome(off=[box])
    if flags & ~0x334D & 0xFFF or flags & 0x80:
        return doubt(frame, Why("what connection tracking expects of answers"))
    return _original(scene, frame, data, flags, inverse)


def _original(scene: Scene, frame: Frame, data: bytes, flags: int, inverse: int) -> Outcome:
    """Match the addresses and ports with which a connection began."""
    family = scene.place.family
    first = frame.box._replace(now=())
    wide = packet.WIDTH[family]
    steps: List[Tuple[Wanted, bool]] = []
    for bit, at, number in ((4, 0, packet.SADDR), (8, 32, packet.DADDR)):
        if flags & bit:
            wanted = network(data[at : at + wide], data[at + 16 : at + 16 + wide])
            if wanted is None:
                return doubt(frame, Why("a mask that is none of a network"))
            steps.append(([(load.field(first, number, family), wanted)], bool(inverse & bit)))
    if flags & 2:
        protocol = ranges.of(half(data, 136))
        steps.append(([(load.field(first, packet.PROTO, family), protocol)], bool(inverse & 2)))
    for bit, at, number in ((0x100, 138, packet.SPORT), (0x200, 140, packet.DPORT)):
        if flags & bit:
            high = half(data, at + 16) if len(data) >= 162 else 0
            low = half(data, at)
            wanted = ranges.make([(low, high or low)])
            steps.append(([(load.field(first, number, family), wanted)], bool(inverse & bit)))
    return _all(frame, steps)


def network(address: bytes, mask: bytes) -> Optional[Ranges]:
    """Return the addresses of a network; None where the mask is none of a network.

    Args:
        address: Four or sixteen bytes.
        mask: As many.
    """
    width = len(mask) * 8
    bits, base = int.from_bytes(mask, "big"), int.from_bytes(address, "big")
    host = ((1 << width) - 1) ^ bits
    if host & (host + 1):
        return None
    if base & host:
        return ranges.NONE  # the kernel compares the whole address: it never fits
    return ((base, base | host),)


def _state(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    bit = _state_bit(frame.box)
    if bit is None:
        return doubt(frame, Why("the order of two hooks of one priority"))
    bit = 64 if bit == 256 else bit
    return Outcome([frame]) if word(data, 0) & bit else Outcome(off=[frame.box])


def _addrtype(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    flags = word(data, 4)
    wanted = ((half(data, 0), True, flags & 1), (half(data, 2), False, flags & 2))
    return _address_types(scene, frame, wanted, bool(flags & 4), bool(flags & 8))


def _addrtype_0(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    wanted = ((half(data, 0), True, word(data, 4)), (half(data, 2), False, word(data, 8)))
    return _address_types(scene, frame, wanted, False, False)


def _address_types(
    scene: Scene, frame: Frame, wanted: Sequence[Tuple[int, bool, int]], came_in: bool, goes_out: bool
) -> Outcome:
    if goes_out:
        return doubt(frame, Why("the addresses of the outgoing interface"))
    inside, off = [frame.box], []
    for kinds, of_source, inverse in wanted:
        if not kinds:
            continue
        fit = ranges.of(*(load.native(k, 4) for k in range(16) if kinds >> k & 1))
        here, inside = inside, []
        for box in here:
            for part, value in load.address_type(scene.place, box, of_source, came_in):
                yes, no = _step([part], [(value, fit)], bool(inverse))
                inside += yes
                off += no
    return Outcome([Frame(b, frame.registers) for b in inside], off)


def _mark_of(number: Optional[int], frame: Frame, data: bytes) -> Outcome:
    if number is None:
        return doubt(frame, Why("a mark that can't be told"))
    fits = (number & word(data, 4)) == word(data, 0)
    return Outcome([frame]) if fits != bool(data[8]) else Outcome(off=[frame.box])


def _mark(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    return _mark_of(frame.box.mark, frame, data)


def _connmark(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    if frame.box.ct in ("early", "untracked"):
        return Outcome(off=[frame.box])
    return _mark_of(frame.box.ct_mark if frame.box.ct == "new" else None, frame, data)


def _iprange(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    wide, flags = packet.WIDTH[scene.place.family], data[64]
    steps: List[Tuple[Wanted, bool]] = []
    for bit, at, number in ((1, 0, packet.SADDR), (2, 32, packet.DADDR)):
        if flags & bit:
            low, high = (int.from_bytes(data[i : i + wide], "big") for i in (at, at + 16))
            value = load.field(frame.box, number, scene.place.family)
            steps.append(([(value, ranges.make([(low, high)]))], bool(flags & bit << 4)))
    return _all(frame, steps)


def _mac(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    values = load.payload(scene.place, frame.box, 0, 6, 6)
    return compare(frame, values, 1 if word(data, 8) else 0, data[:6])


def _pkttype(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    fits = (word(data, 0) == 0) != bool(word(data, 4))
    return Outcome([frame]) if fits else Outcome(off=[frame.box])


def _icmp(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    own = 58 if scene.place.family == "ip6" else 1
    if load.protocol_of(frame.box) != own:
        return Outcome(off=[frame.box])
    kind = load.field(frame.box, packet.ICMP, scene.place.family)
    if data[0] == 0xFF and own == 1:
        return _all(frame, [([(kind, ranges.make([(0, 255)]))], bool(data[3]))])
    if data[1] > 0 or data[2] < 255:
        return either(frame)
    return _all(frame, [([(kind, ranges.of(data[0]))], bool(data[3]))])


def _rpfilter(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    way, flags = load.way_back(scene.place, frame.box), data[0]
    if way is None or (not way and flags & 4):  # XT_RPFILTER_ACCEPT_LOCAL
        return either(frame)
    fits = way != bool(flags & 8)  # XT_RPFILTER_INVERT
    return Outcome([frame]) if fits else Outcome(off=[frame.box])


def _always(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    return Outcome([frame])


def _either(scene: Scene, frame: Frame, data: bytes) -> Outcome:
    return either(frame)


Handler = Callable[[Scene, Frame, bytes], Outcome]
# By name and revision. What the sender or chance decides goes both ways.
MATCHES: Dict[Tuple[str, int], Tuple[int, Handler]] = {
    ("tcp", 0): (12, _tcp),
    ("udp", 0): (9, _udp),
    ("multiport", 1): (48, _multiport),
    ("conntrack", 3): (162, _conntrack),
    ("conntrack", 2): (156, _conntrack),
    ("state", 0): (4, _state),
    ("addrtype", 1): (8, _addrtype),
    ("addrtype", 0): (12, _addrtype_0),
    ("mark", 1): (9, _mark),
    ("connmark", 1): (9, _connmark),
    ("iprange", 1): (65, _iprange),
    ("mac", 0): (12, _mac),
    ("pkttype", 0): (8, _pkttype),
    ("icmp", 0): (4, _icmp),
    ("icmp6", 0): (4, _icmp),
    ("comment", 0): (0, _always),
    ("rpfilter", 0): (1, _rpfilter),
}
_CHOSEN = frozenset(
    (
        *("limit", "hashlimit", "recent", "statistic", "quota", "connlimit", "connbytes", "length", "tos", "dscp"),
        *("ttl", "hl", "ecn", "rt", "frag", "ah", "esp", "hbh", "dst", "ipv6header", "string", "u32", "osf", "tcpmss"),
        *("sctp", "dccp", "owner", "cpu", "nfacct", "rateest", "realm", "eui64", "l2tp"),
    )
)


def match(scene: Scene, frame: Frame, name: str, revision: int, data: bytes) -> Outcome:
    """Ask a match of iptables.

    Args:
        scene: Where the packets are.
        frame: The packets.
        name: Of the match.
        revision: Of its data.
        data: As the kernel keeps it.
    """
    if name in _CHOSEN:
        return either(frame)
    known = MATCHES.get((name, revision))
    if known is None or len(data) < known[0]:
        return doubt(frame, Why("the match {name}", name=name))
    return known[1](scene, frame, data)


def step(scene: Scene, frame: Frame, kind: str, data: Attributes) -> Outcome:
    """Follow an expression ``match`` or ``target``: its name, revision and data.

    Args:
        scene: Where the packets are.
        frame: The packets.
        kind: ``match`` or ``target``.
        data: The expression's attributes.
    """
    name = octets(data, 1).split(b"\0", 1)[0].decode("utf-8", "replace")
    revision = int.from_bytes(octets(data, 2), "big")
    info = octets(data, 3)
    return (match if kind == "match" else target)(scene, frame, name, revision, info)

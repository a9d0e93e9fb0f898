"""NAT: what changes addresses and ports (net/netfilter/nft_nat.c, nft_redir.c, nft_masq.c)."""

from typing import Dict, List, Optional, Tuple

from rempart_agent.models.firewall import load, packet, ranges
from rempart_agent.models.firewall.frame import Frame, Outcome, Scene, attribute, read
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ruleset import Attributes, Verdict
from rempart_agent.models.firewall.value import Const, split


def _single(frame: Frame, data: Attributes, low: int, high: int, size: int) -> Tuple[bool, Optional[int]]:
    """Return whether registers name something, and what, where it is one value."""
    if low not in data:
        return False, None
    values = read(frame.registers, attribute(data, low), size, frame.box)
    first = values[0].value if len(values) == 1 and isinstance(values[0], Const) else None
    if high in data and attribute(data, high) != attribute(data, low):
        other = read(frame.registers, attribute(data, high), size, frame.box)
        if len(other) != 1 or not isinstance(other[0], Const) or other[0].value != first:
            return True, None
    return True, first


def nat(scene: Scene, frame: Frame, data: Attributes) -> Outcome:
    """Translate by an expression ``nat``.

    Args:
        scene: Where the packets are.
        frame: The packets, and what is in the registers.
        data: The expression's attributes.
    """
    if attribute(data, 2, 1) not in (1, 10 if scene.place.family == "ip6" else 2):
        return Outcome([frame])  # in a table of both families it is of one
    wide = packet.WIDTH[scene.place.family]
    has_address, address = _single(frame, data, 3, 4, wide)
    has_port, port = _single(frame, data, 5, 6, 2)
    destination = attribute(data, 1) == 1
    return translate(scene, frame, destination, (has_address, address), (has_port, port))


def translate(
    scene: Scene, frame: Frame, destination: bool, address: Tuple[bool, Optional[int]], port: Tuple[bool, Optional[int]]
) -> Outcome:
    """Change addresses as NAT does, which accepts the packet as far as the chain goes.

    Args:
        scene: Where the packets are.
        frame: The packets, and what is in the registers.
        destination: Whether the destination is changed, not the source.
        address: Whether it gets another address, and which; None where that is not known.
        port: The same of its port.
    """
    box = frame.box
    if box.ct in ("untracked", "early"):
        return Outcome(ends=[(box, Verdict("accept"))])
    new: Dict[int, Optional[int]] = {}
    if address[0]:
        new[packet.DADDR if destination else packet.SADDR] = address[1]
    if port[0]:
        new[packet.DPORT if destination else packet.SPORT] = port[1]
    if not destination:
        new.update({packet.SADDR: None, packet.SPORT: None})
    if not destination:
        return Outcome(ends=[(box.changed(new), Verdict("translated"))])
    changed, same = _differ(scene, box, new)
    ends = [(b.changed(new)._replace(dnat=True, settled=True), Verdict("translated")) for b in changed]
    return Outcome(ends=[*ends, *((b.changed(new)._replace(settled=True), Verdict("translated")) for b in same)])


def _differ(scene: Scene, box: Box, new: Dict[int, Optional[int]]) -> Tuple[List[Box], List[Box]]:
    """Part a box by whether a translation changes anything: only then a connection counts as translated.

    Source: ``nf_nat_setup_info`` sets IPS_DST_NAT where the tuples differ.
    """
    changed: List[Box] = []
    same = [box]
    for field, value in new.items():
        if value is None:
            return [box], []
        here, same = same, []
        for one in here:
            fits, others = split(one, load.field(one, field, scene.place.family), ranges.of(value))
            same += fits
            changed += others
    return changed, same


def redir(scene: Scene, frame: Frame, data: Attributes) -> Outcome:
    """Translate by an expression ``redir``.

    Args:
        scene: Where the packets are.
        frame: The packets, and what is in the registers.
        data: The expression's attributes.
    """
    port = _single(frame, data, 1, 2, 2)
    return redirect(scene, frame, port)


def redirect(scene: Scene, frame: Frame, port: Tuple[bool, Optional[int]]) -> Outcome:
    """Change the destination to an address of the interface that a packet came in by.

    Args:
        scene: Where the packets are.
        frame: The packets, and what is in the registers.
        port: Whether it gets another port, and which; None where that is not known.
    """
    ends: List[Tuple[Box, Verdict]] = []
    for at, face in enumerate(scene.place.host.interfaces):
        there = ranges.intersect(frame.box.fields[packet.IIF], ranges.of(at))
        if there:
            own = face.addresses.get(scene.place.family, ())
            box = frame.box.with_field(packet.IIF, there)
            if not own:
                ends.append((box, Verdict("drop")))
                continue
            ends.extend(translate(scene, Frame(box, frame.registers), True, (True, own[0]), port).ends)
    return Outcome(ends=ends)


def masq(scene: Scene, frame: Frame, data: Attributes) -> Outcome:
    """Translate by an expression ``masq``.

    Args:
        scene: Where the packets are.
        frame: The packets, and what is in the registers.
        data: The expression's attributes.
    """
    return translate(scene, frame, False, (True, None), (False, None))

"""What each expression of nftables makes of a box (net/netfilter/nft_*.c)."""

import sys
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from rempart_agent.models.firewall import load, packet, ranges
from rempart_agent.models.firewall.frame import (
    Frame,
    Outcome,
    Scene,
    attribute,
    compare,
    cut,
    doubt,
    either,
    name_of,
    number,
    octets,
    part,
    read,
    write,
)
from rempart_agent.models.firewall.lookup import look_up
from rempart_agent.models.firewall.nat import masq, nat, redir
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ruleset import Attributes, Verdict
from rempart_agent.models.firewall.value import Const, Free, Unknown, Value, masked, shifted, swapped
from rempart_agent.said import Why


def _cmp(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    wanted = octets(data, 3)
    return compare(frame, read(frame.registers, attribute(data, 1), len(wanted), frame.box), attribute(data, 2), wanted)


def _range(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    low, high = octets(data, 3), octets(data, 4)
    values = read(frame.registers, attribute(data, 1), len(low), frame.box)
    parts = list(zip(values, (n for _, n in cut(values, low)), (n for _, n in cut(values, high))))
    while len(parts) > 1 and parts[-1][1] == parts[-1][2] == 0 and parts[-1][0] == Const(parts[-1][0].size, 0):
        parts.pop()
    if len(parts) != 1:
        return doubt(frame, Why("a range over several fields"))
    value, first, last = parts[0]
    return part(frame, [(value, ranges.make([(first, last)]))], negate=attribute(data, 2) == 1)


def _bitwise(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    size = attribute(data, 3)
    values = read(frame.registers, attribute(data, 1), size, frame.box)
    operator = attribute(data, 6)
    if operator == 0:
        mask, flip = cut(values, octets(data, 4)), cut(values, octets(data, 5))
        made = [masked(v, m, f, frame.box) for (v, m), (_, f) in zip(mask, flip)]
    elif operator in (1, 2) and len(values) == 1:
        # the kernel shifts the words as numbers of the machine: the first word is moved into by the next
        made = [_shift_native(values[0], _word(octets(data, 7)) * (1 if operator == 1 else -1), frame.box)]
    else:
        made = [Unknown(size, Why("a bitwise expression of two registers"))]
    return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 2), made))])


def _shift_native(value: Value, by: int, box: Box) -> Value:
    if value.size > 4:
        return Unknown(value.size, Why("a long field that is shifted"))
    if sys.byteorder == "big":
        return shifted(value, by, box)
    return swapped(shifted(swapped(value, value.size, box), by, box), value.size, box)


def _word(data: bytes) -> int:
    order: Any = sys.byteorder
    return int.from_bytes(data[:4], order)


def _byteorder(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    values = read(frame.registers, attribute(data, 1), attribute(data, 4), frame.box)
    if sys.byteorder == "little":
        values = [swapped(v, min(attribute(data, 5, 1) or 1, v.size), frame.box) for v in values]
    return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 2), values))])


def _immediate(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    value = data.get(2)
    if isinstance(value, Verdict):
        return Outcome(ends=[(frame.box, value)])
    constant = octets(data, 2)
    made = [Const(len(constant), number(constant))]
    return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), made))])


def _payload(scene: Scene, frame: Frame, data: Attributes) -> Outcome:
    base, offset, size = attribute(data, 2), attribute(data, 3), attribute(data, 4)
    if 1 in data:
        values = load.payload(scene.place, frame.box, base, offset, size)
        return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), values))])
    return Outcome([Frame(_mangled(scene, frame, data, (base, offset, size)), frame.registers)])


def _mangled(scene: Scene, frame: Frame, data: Attributes, where: Tuple[int, int, int]) -> Box:
    """Return the box with the fields changed that a payload expression writes."""
    base, offset, size = where
    wide = packet.WIDTH[scene.place.family]
    address = 12 if wide == 4 else 8
    whole = {
        (1, address, wide): packet.SADDR,
        (1, address + wide, wide): packet.DADDR,
        (2, 0, 2): packet.SPORT,
        (2, 2, 2): packet.DPORT,
    }
    new: Dict[int, Optional[int]] = {}
    values = read(frame.registers, attribute(data, 5), size, frame.box)
    if where in whole:
        value = values[0] if len(values) == 1 else None
        new[whole[where]] = value.value if isinstance(value, Const) and value.known == -1 else None
    elif base == 2:
        new = {packet.SPORT: None, packet.DPORT: None, packet.FLAGS: None}
    elif base == 1 and (offset + size > address or wide == 4):
        new = {packet.TTL: None, packet.TOS: None}
        if offset + size > address:
            new.update({packet.SADDR: None, packet.DADDR: None})
    return frame.box.changed(new)


def _meta(scene: Scene, frame: Frame, data: Attributes) -> Outcome:
    key = attribute(data, 2)
    if 1 not in data:
        values = read(frame.registers, attribute(data, 3), 4, frame.box)
        box = frame.box
        if key == 3:
            box = box._replace(mark=_known(values))
        return Outcome([Frame(box, frame.registers)])
    found = load.meta(scene.place, frame.box, key)
    if found is None:
        return Outcome(off=[frame.box])
    return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), [found]))])


def _known(values: Sequence[Value]) -> Optional[int]:
    if len(values) == 1 and isinstance(values[0], Const) and values[0].known == -1:
        return load.native(values[0].value, 4)
    return None


def _ct(scene: Scene, frame: Frame, data: Attributes) -> Outcome:
    key = attribute(data, 2)
    if 1 not in data:
        box = frame.box
        if key == 3 and box.ct not in ("early", "untracked"):
            box = box._replace(ct_mark=_known(read(frame.registers, attribute(data, 4), 4, box)))
        return Outcome([Frame(box, frame.registers)])
    found = load.ct(scene.place, frame.box, key)
    if found is None:
        return Outcome(off=[frame.box])
    return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), [found]))])


def _fib(scene: Scene, frame: Frame, data: Attributes) -> Outcome:
    result, flags = attribute(data, 2), attribute(data, 3)
    if result != 3 or not flags & 3 or flags & 16:
        way = load.way_back(scene.place, frame.box) if flags & 1 else None
        if way is not None and result in (1, 2):
            known = _way(scene, way, flags, result)
            return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), [known]))])
        value: Value = Free(1 if flags & 32 else 4 if result == 1 else 16)
        if not flags & 1:  # where a destination leads; that of a source is the sender's choice
            value = Unknown(value.size, Why("where a route leads"))
        return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), [value]))])
    found = load.address_type(scene.place, frame.box, bool(flags & 1), bool(flags & 8))
    return Outcome([Frame(b, write(frame.registers, attribute(data, 1), [v])) for b, v in found])


def _way(scene: Scene, way: bool, flags: int, result: int) -> Value:
    """Return what ``fib saddr oif`` or ``oifname`` gives where it is known: the loopback, or nothing."""
    if flags & 32:  # NFTA_FIB_F_PRESENT: whether there is one
        return Const(1, int(way))
    lo = scene.place.host.lo
    if result == 1:
        return Const(4, load.native(lo.number, 4) if way else 0)
    return Const(16, load.name_number(lo.name) if way else 0)


def _exthdr(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    if 1 not in data:
        return Outcome([frame])
    value: List[Value] = [Free(attribute(data, 4, 1) or 1)]
    on = [Frame(frame.box, write(frame.registers, attribute(data, 1), value))]
    return Outcome(on, [] if attribute(data, 5) & 1 else [frame.box])


def _lookup(scene: Scene, frame: Frame, data: Attributes) -> Outcome:
    name = name_of(octets(data, 1))
    known = scene.ruleset.sets.get((scene.family, scene.table, name))
    values = read(frame.registers, attribute(data, 2), known.size if known else 4, frame.box)
    wanted = attribute(data, 5) & 1 == 0
    on, off = [], []
    ends: List[Tuple[Box, Verdict]] = []
    for box, inside, gives in look_up(scene, frame, name, values):
        if inside is not wanted:
            off.append(box)
        elif 3 not in data:
            on.append(Frame(box, frame.registers))
        elif isinstance(gives, Verdict):
            ends.append((box, gives))
        elif isinstance(gives, bytes):
            on.append(Frame(box, write(frame.registers, attribute(data, 3), [Const(len(gives), number(gives))])))
        elif attribute(data, 3) == 0:  # a map of verdicts, of which the verdict is not known
            ends.append((box._replace(why=box.why or Why("the map {name}", name=name)), Verdict("unknown")))
        else:
            value = Unknown(4, Why("the map {name}", name=name))
            on.append(Frame(box, write(frame.registers, attribute(data, 3), [value])))
    return Outcome(on, off, ends)


def _objref(scene: Scene, frame: Frame, data: Attributes) -> Outcome:
    kind = attribute(data, 1)
    if 3 in data:  # chosen by a map
        return either(frame)
    if kind == 10:
        return Outcome(ends=[(frame.box._replace(why=frame.box.why or "synproxy"), Verdict("unknown"))])
    return either(frame) if kind in (2, 4, 5) else Outcome([frame])


def _dynset(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    return either(frame)


def _ends(code: str, why: str = "") -> Callable[[Scene, Frame, Attributes], Outcome]:
    def end(_: Scene, frame: Frame, data: Attributes) -> Outcome:
        box = frame.box._replace(why=frame.box.why or why) if why else frame.box
        return Outcome(ends=[(box, Verdict(code))])

    return end


def _xfrm(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    return Outcome(off=[frame.box])


def _notrack(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    box = frame.box
    if box.ct == "early":
        return Outcome([Frame(box._replace(ct="untracked"), frame.registers)])
    if box.ct == "unsure":
        return Outcome([Frame(box._replace(why=box.why or Why("notrack at the priority of connection tracking")), {})])
    return Outcome([frame])


def _either(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    return either(frame)


def _neutral(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    return Outcome([frame])


def _numgen(_: Scene, frame: Frame, data: Attributes) -> Outcome:
    return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), [Free(4)]))])


Handler = Callable[[Scene, Frame, Attributes], Outcome]


HANDLERS: Dict[str, Handler] = {
    "cmp": _cmp,
    "range": _range,
    "bitwise": _bitwise,
    "byteorder": _byteorder,
    "immediate": _immediate,
    "payload": _payload,
    "meta": _meta,
    "ct": _ct,
    "fib": _fib,
    "exthdr": _exthdr,
    "lookup": _lookup,
    "objref": _objref,
    "dynset": _dynset,
    "nat": nat,
    "redir": redir,
    "masq": masq,
    "reject": _ends("drop"),
    "queue": _ends("unknown", Why("a queue: a program decides")),
    "synproxy": _ends("unknown", "synproxy"),
    "fwd": _ends("unknown", Why("packets that are sent on from the first hook")),
    "xfrm": _xfrm,
    "notrack": _notrack,
    "limit": _either,
    "quota": _either,
    "connlimit": _either,
    "osf": _either,
    "numgen": _numgen,
    "counter": _neutral,
    "log": _neutral,
    "last": _neutral,
    "dup": _neutral,
    "flow_offload": _neutral,
}


_LOADERS = ("socket", "rt", "tunnel", "hash")  # not known here, but they load a value or break off, and no more


def unknown(frame: Frame, name: str) -> Outcome:
    """Return what an expression that is not known here may make: a match or none, any verdict, any value.

    Args:
        frame: The packets before it.
        name: The kernel's name of it.
    """
    box = frame.box._replace(why=frame.box.why or Why("the expression {name}", name=name))
    filled = {at: Unknown(4, box.why) for at in range(0, 64, 4)}
    return Outcome([Frame(box, filled)], [box], [] if name in _LOADERS else [(box, Verdict("unknown"))])

"""What each expression of nftables makes of a box (net/netfilter/nft_*.c)."""

from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from rempart_agent.models.firewall import load, packet, ranges
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ranges import Ranges
from rempart_agent.models.firewall.ruleset import Ruleset, Set, Verdict
from rempart_agent.models.firewall.value import (
    Const,
    Free,
    Unknown,
    Value,
    bits,
    head,
    masked,
    shifted,
    split_all,
    swapped,
    tail,
)

Registers = Mapping[int, Value]
"""Where in the 64 bytes of registers a value begins, and the value."""


class Frame(NamedTuple):
    """A box in the midst of a rule."""

    box: Box
    registers: Registers


class Outcome(NamedTuple):
    """What an expression makes of a frame.

    Attributes:
        on: Those that go on with the rule.
        off: Boxes for which the rule is over: the next rule sees them.
        ends: Boxes for which it gives a verdict.
    """

    on: List[Frame] = []
    off: List[Box] = []
    ends: List[Tuple[Box, Verdict]] = []


class Scene(NamedTuple):
    """Where a rule is walked: the place in the kernel, the ruleset, and the table whose sets it sees."""

    place: load.Place
    ruleset: Ruleset
    family: str
    table: str


def _offset(register: int) -> int:
    return (register - 1) * 16 if register < 8 else (register - 8) * 4


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def attribute(data: Mapping[int, Any], key: int, default: int = 0) -> int:
    """Return an attribute that is a number."""
    value = data.get(key)
    return _number(value) if isinstance(value, bytes) else default


def write(registers: Registers, register: int, values: Sequence[Value]) -> Registers:
    """Return the registers with values put one after the other, the last word filled with zeros."""
    at = _offset(register)
    found = dict(registers)
    length = sum(v.size for v in values)
    for value in [*values, Const(-length % 4, 0)] if length % 4 else values:
        found[at] = value
        at += value.size
    return found


def read(registers: Registers, register: int, size: int, box: Box) -> List[Value]:
    """Return the values that begin at a register, as many bytes of them as asked."""
    at = _offset(register)
    end = at + size
    found: List[Value] = []
    while at < end:
        value = registers.get(at)
        if value is None:
            begin = max((k for k in registers if k < at), default=-1)
            if begin < 0 or begin + registers[begin].size <= at:
                return [*found, Unknown(end - at, "a register that nothing was loaded into")]
            value = tail(registers[begin], begin + registers[begin].size - at, box)
        value = head(value, min(value.size, end - at))
        found.append(value)
        at += value.size
    return found


def _step(frame: Frame, values: Sequence[Tuple[Value, Ranges]], negate: bool) -> Outcome:
    yes, no = split_all([frame.box], values)
    if negate:
        yes, no = no, yes
    return Outcome([Frame(b, frame.registers) for b in yes], no)


def _cut(values: Sequence[Value], data: bytes) -> List[Tuple[Value, int]]:
    at, found = 0, []
    for value in values:
        found.append((value, _number(data[at : at + value.size])))
        at += value.size
    return found


def compare(frame: Frame, values: Sequence[Value], operator: int, data: bytes) -> Outcome:
    """Compare values with constant bytes: 0 equal, 1 not equal, 2 less, 3 at most, 4 more, 5 at least."""
    parts = _cut(values, data)
    if operator in (0, 1):
        return _step(frame, [(v, ranges.of(n)) for v, n in parts], negate=operator == 1)
    parts = _significant(parts)
    if len(parts) != 1:
        return doubt(frame, "an order over several fields")
    value, number = parts[0]
    most = bits(value.size)
    wanted = {2: (0, number - 1), 3: (0, number), 4: (number + 1, most), 5: (number, most)}.get(operator, (0, most))
    return _step(frame, [(value, ranges.make([wanted]))], negate=False)


def _significant(parts: List[Tuple[Value, int]]) -> List[Tuple[Value, int]]:
    """Drop what is equal at the front, and zeros that fill a word at the end."""
    while len(parts) > 1 and isinstance(parts[0][0], Const) and parts[0][0].value == parts[0][1]:
        parts = parts[1:]
    while len(parts) > 1 and isinstance(parts[-1][0], Const) and not parts[-1][0].value and not parts[-1][1]:
        parts = parts[:-1]
    return parts


def doubt(frame: Frame, why: str) -> Outcome:
    """Both ways, and nobody knows which."""
    box = frame.box._replace(why=frame.box.why or why)
    return Outcome([Frame(box, frame.registers)], [box])


def either(frame: Frame) -> Outcome:
    """Both ways, as the sender chooses: how fast, how often, with which option."""
    return Outcome([frame], [frame.box])


def _cmp(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    wanted = data.get(3, b"")
    return compare(frame, read(frame.registers, attribute(data, 1), len(wanted), frame.box), attribute(data, 2), wanted)


def _range(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    low, high = data.get(3, b""), data.get(4, b"")
    values = read(frame.registers, attribute(data, 1), len(low), frame.box)
    parts = list(zip(values, (n for _, n in _cut(values, low)), (n for _, n in _cut(values, high))))
    while len(parts) > 1 and parts[-1][1] == parts[-1][2] == 0 and parts[-1][0] == Const(parts[-1][0].size, 0):
        parts.pop()
    if len(parts) != 1:
        return doubt(frame, "a range over several fields")
    value, first, last = parts[0]
    return _step(frame, [(value, ranges.make([(first, last)]))], negate=attribute(data, 2) == 1)


def _bitwise(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    size = attribute(data, 3)
    values = read(frame.registers, attribute(data, 1), size, frame.box)
    operator = attribute(data, 6)
    if operator == 0:
        mask, flip = _cut(values, data.get(4, b"")), _cut(values, data.get(5, b""))
        made = [masked(v, m, f, frame.box) for (v, m), (_, f) in zip(mask, flip)]
    elif operator in (1, 2) and len(values) == 1:
        # the kernel shifts the words as numbers of the machine: the first word is moved into by the next
        made = [_shift_native(values[0], _word(data.get(7, b"")) * (1 if operator == 1 else -1), frame.box)]
    else:
        made = [Unknown(size, "a bitwise expression of two registers")]
    return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 2), made))])


def _shift_native(value: Value, by: int, box: Box) -> Value:
    if value.size > 4:
        return Unknown(value.size, "a long field that is shifted")
    import sys

    if sys.byteorder == "big":
        return shifted(value, by, box)
    return swapped(shifted(swapped(value, value.size, box), by, box), value.size, box)


def _word(data: bytes) -> int:
    import sys

    order: Any = sys.byteorder
    return int.from_bytes(data[:4], order)


def _byteorder(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    import sys

    values = read(frame.registers, attribute(data, 1), attribute(data, 4), frame.box)
    if sys.byteorder == "little":
        values = [swapped(v, min(attribute(data, 5, 1) or 1, v.size), frame.box) for v in values]
    return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 2), values))])


def _immediate(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    value = data.get(2)
    if isinstance(value, Verdict):
        return Outcome(ends=[(frame.box, value)])
    made = [Const(len(value or b""), _number(value or b""))]
    return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), made))])


def _payload(scene: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    base, offset, size = attribute(data, 2), attribute(data, 3), attribute(data, 4)
    if 1 in data:
        values = load.payload(scene.place, frame.box, base, offset, size)
        return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), values))])
    return Outcome([Frame(_mangled(scene, frame, data, (base, offset, size)), frame.registers)])


def _mangled(scene: Scene, frame: Frame, data: Mapping[int, Any], where: Tuple[int, int, int]) -> Box:
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


def _meta(scene: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
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


def _ct(scene: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
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


def _fib(scene: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    result, flags = attribute(data, 2), attribute(data, 3)
    if result != 3 or not flags & 3 or flags & 16:
        value: Value = Free(1 if flags & 32 else 4 if result == 1 else 16)
        if not flags & 1:  # where a destination leads; that of a source is the sender's choice
            value = Unknown(value.size, "where a route leads")
        return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), [value]))])
    found = load.address_type(scene.place, frame.box, bool(flags & 1), bool(flags & 8))
    return Outcome([Frame(b, write(frame.registers, attribute(data, 1), [v])) for b, v in found])


def _exthdr(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    if 1 not in data:
        return Outcome([frame])
    value: List[Value] = [Free(attribute(data, 4, 1) or 1)]
    on = [Frame(frame.box, write(frame.registers, attribute(data, 1), value))]
    return Outcome(on, [] if attribute(data, 5) & 1 else [frame.box])


Fit = Tuple[Ranges, ...]


def _fits(found: Set, values: Sequence[Value]) -> Optional[List[Tuple[Fit, Any]]]:
    """Return what each element wants of each value, and what it gives; None where that can't be told."""
    keyed = [e for e in found.elements if e.key is not None]
    if found.intervals and not found.parts:
        merged = _whole_key(values)
        if merged is None:
            return None
        edges = sorted({_number(e.key[: found.size]) for e in keyed if e.key is not None})
        following = dict(zip(edges, edges[1:]))
        scale = (found.size - merged) * 8
        result = []
        for e in keyed:
            if e.ends or e.key is None:
                continue
            first = _number(e.key[: found.size])
            if e.last is not None:
                last = _number(e.last[: found.size])
            else:
                last = following.get(first, 1 << found.size * 8) - 1
            low, high = first >> scale, last >> scale
            result.append(((ranges.make([(low, high)]),), e.data))
        return result
    sizes = [v.size for v in values]
    if found.parts and not _aligned(sizes, found.parts):
        return None
    result = []
    for e in keyed:
        low = _cut(values, e.key or b"")
        high = _cut(values, e.last or e.key or b"")
        result.append((tuple(ranges.make([(a, b)]) for (_, a), (_, b) in zip(low, high)), e.data))
    return result


def _whole_key(values: Sequence[Value]) -> Optional[int]:
    """Return how many bytes of a key count: one value, and zeros that fill a word."""
    rest = [v for v in values[1:] if not (isinstance(v, Const) and not v.value)]
    return values[0].size if values and not rest else None


def _aligned(sizes: Sequence[int], parts: Sequence[int]) -> bool:
    """Tell whether no value reaches over the border of a part."""
    borders, at = set(), 0
    for part in parts:
        at += part + -part % 4
        borders.add(at)
    at = 0
    for size in sizes:
        if any(at < border < at + size for border in borders):
            return False
        at += size
    return True


def _grouped(wanted: List[Tuple[Fit, Any]]) -> List[Tuple[Fit, Any]]:
    """Join elements that give the same and differ in one value alone."""
    for at in range(len(wanted[0][0]) - 1, -1, -1) if wanted else ():
        groups: Dict[Any, List[Ranges]] = {}
        for fit, gives in wanted:
            groups.setdefault((fit[:at], fit[at + 1 :], gives), []).append(fit[at])
        wanted = [
            ((*before, ranges.make(p for part in parts for p in part), *after), gives)
            for (before, after, gives), parts in groups.items()
        ]
    return wanted


def look_up(scene: Scene, frame: Frame, name: str, values: Sequence[Value]) -> List[Tuple[Box, bool, Any]]:
    """Return the parts of a box with whether they are in a set, and what it gives for them."""
    found = scene.ruleset.sets.get((scene.family, scene.table, name))
    box = frame.box
    wanted = None if found is None else _fits(found, values)
    if found is None or wanted is None:
        doubtful = box._replace(why=box.why or "the set {}".format(name))
        return [(doubtful, True, None), (doubtful, False, None)]
    result: List[Tuple[Box, bool, Any]] = []
    rest = [box]
    if found.dynamic:  # packets put elements in and take them out: both may be
        gives = sorted({e.data for e in found.elements}, key=repr) or [None]
        return [(box, True, g) for g in gives] + [(box, False, None)]
    for fit, gives in _grouped(wanted):
        inside, rest = split_all(rest, list(zip(values[: len(fit)], fit)))
        result += [(b, True, gives) for b in inside]
    every = [e for e in found.elements if e.key is None]
    if every:
        result += [(b, True, every[0].data) for b in rest]
    else:
        result += [(b, False, None) for b in rest]
    return result


def _lookup(scene: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    name = _text(data.get(1, b""))
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
            on.append(Frame(box, write(frame.registers, attribute(data, 3), [Const(len(gives), _number(gives))])))
        elif attribute(data, 3) == 0:  # a map of verdicts, of which the verdict is not known
            ends.append((box._replace(why=box.why or "the map {}".format(name)), Verdict("unknown")))
        else:
            value = Unknown(4, "the map {}".format(name))
            on.append(Frame(box, write(frame.registers, attribute(data, 3), [value])))
    return Outcome(on, off, ends)


def _text(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode("utf-8", "replace")


def _objref(scene: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    kind = attribute(data, 1)
    if 3 in data:  # chosen by a map
        return either(frame)
    if kind == 10:
        return Outcome(ends=[(frame.box._replace(why=frame.box.why or "synproxy"), Verdict("unknown"))])
    return either(frame) if kind in (2, 4, 5) else Outcome([frame])


def _dynset(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    return either(frame)


def _single(frame: Frame, data: Mapping[int, Any], low: int, high: int, size: int) -> Tuple[bool, Optional[int]]:
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


def _nat(scene: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    wide = packet.WIDTH[scene.place.family]
    has_address, address = _single(frame, data, 3, 4, wide)
    has_port, port = _single(frame, data, 5, 6, 2)
    destination = attribute(data, 1) == 1
    return translate(frame, destination, (has_address, address), (has_port, port))


def translate(
    frame: Frame, destination: bool, address: Tuple[bool, Optional[int]], port: Tuple[bool, Optional[int]]
) -> Outcome:
    """Change addresses as NAT does, which accepts the packet as far as the chain goes."""
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
    return Outcome(ends=[(box.changed(new)._replace(dnat=box.dnat or destination), Verdict("translated"))])


def _redir(scene: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    port = _single(frame, data, 1, 2, 2)
    return redirect(scene, frame, port)


def redirect(scene: Scene, frame: Frame, port: Tuple[bool, Optional[int]]) -> Outcome:
    """Change the destination to an address of the interface that a packet came in by."""
    made = Outcome([], [], [])
    for at, face in enumerate(scene.place.host.interfaces):
        there = ranges.intersect(frame.box.fields[packet.IIF], ranges.of(at))
        if there:
            own = face.addresses.get(scene.place.family, ())
            box = frame.box.with_field(packet.IIF, there)
            if not own:
                made.ends.append((box, Verdict("drop")))
                continue
            made.ends.extend(translate(Frame(box, frame.registers), True, (True, own[0]), port).ends)
    return made


def _masq(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    return translate(frame, False, (True, None), (False, None))


def _ends(code: str, why: str = "") -> Callable[[Scene, Frame, Mapping[int, Any]], Outcome]:
    def end(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
        box = frame.box._replace(why=frame.box.why or why) if why else frame.box
        return Outcome(ends=[(box, Verdict(code))])

    return end


def _xfrm(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    return Outcome(off=[frame.box])


def _notrack(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    box = frame.box
    if box.ct == "early":
        return Outcome([Frame(box._replace(ct="untracked"), frame.registers)])
    if box.ct == "unsure":
        return Outcome([Frame(box._replace(why=box.why or "notrack at the priority of connection tracking"), {})])
    return Outcome([frame])


def _either(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    return either(frame)


def _neutral(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    return Outcome([frame])


def _numgen(_: Scene, frame: Frame, data: Mapping[int, Any]) -> Outcome:
    return Outcome([Frame(frame.box, write(frame.registers, attribute(data, 1), [Free(4)]))])


Handler = Callable[[Scene, Frame, Mapping[int, Any]], Outcome]
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
    "nat": _nat,
    "redir": _redir,
    "masq": _masq,
    "reject": _ends("drop"),
    "queue": _ends("unknown", "a queue: a program decides"),
    "synproxy": _ends("unknown", "synproxy"),
    "fwd": _ends("unknown", "packets that are sent on from the first hook"),
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
    """Return what an expression that is not known here may make: a match or none, any verdict, any value."""
    box = frame.box._replace(why=frame.box.why or "the expression {}".format(name))
    filled = {at: Unknown(4, box.why) for at in range(0, 64, 4)}
    return Outcome([Frame(box, filled)], [box], [] if name in _LOADERS else [(box, Verdict("unknown"))])

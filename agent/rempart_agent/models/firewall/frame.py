"""A box in the midst of a rule, its registers, and what an expression makes of it."""

from typing import List, Mapping, NamedTuple, Sequence, Tuple

from rempart_agent.models.firewall import load, ranges
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ranges import Ranges
from rempart_agent.models.firewall.ruleset import Attributes, Header, Ruleset, Verdict
from rempart_agent.models.firewall.value import Const, Unknown, Value, bits, head, split_all, tail
from rempart_agent.said import Why

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

    on: Sequence[Frame] = ()
    off: Sequence[Box] = ()
    ends: Sequence[Tuple[Box, Verdict]] = ()


class Scene(NamedTuple):
    """Where a rule is walked: the place in the kernel, the ruleset, and the table whose sets it sees."""

    place: load.Place
    ruleset: Ruleset
    family: str
    table: str


def _offset(register: int) -> int:
    return (register - 1) * 16 if register < 8 else (register - 8) * 4


def number(data: bytes) -> int:
    """Return a number in network byte order."""
    return int.from_bytes(data, "big")


def attribute(data: Attributes, key: int, default: int = 0) -> int:
    """Return an attribute that is a number.

    Args:
        data: The attributes of an expression.
        key: The kernel's number of it.
        default: What it is where it is not there.
    """
    value = data.get(key)
    return number(value) if isinstance(value, bytes) else default


def octets(data: Attributes, key: int) -> bytes:
    """Return an attribute that is no number; nothing where it is not there.

    Args:
        data: The attributes of an expression.
        key: The kernel's number of it.
    """
    value = data.get(key)
    return value if isinstance(value, bytes) else b""


def header_of(data: Attributes) -> Header:
    """Return what a legacy rule asks itself; of what asks nothing, the header that takes all."""
    value = data.get(0)
    return value if isinstance(value, Header) else Header()


def write(registers: Registers, register: int, values: Sequence[Value]) -> Registers:
    """Return the registers with values put one after the other, the last word filled with zeros.

    Args:
        registers: What is in them; not changed.
        register: Where the first begins, by the kernel's number.
        values: In their order.
    """
    at = _offset(register)
    found = dict(registers)
    length = sum(v.size for v in values)
    for value in [*values, Const(-length % 4, 0)] if length % 4 else values:
        found[at] = value
        at += value.size
    return found


def read(registers: Registers, register: int, size: int, box: Box) -> List[Value]:
    """Return the values that begin at a register, as many bytes of them as asked.

    Args:
        registers: What is in them.
        register: Where the first begins, by the kernel's number.
        size: Bytes.
        box: The packets.
    """
    at = _offset(register)
    end = at + size
    found: List[Value] = []
    while at < end:
        value = registers.get(at)
        if value is None:
            begin = max((k for k in registers if k < at), default=-1)
            if begin < 0 or begin + registers[begin].size <= at:
                return [*found, Unknown(end - at, Why("a register that nothing was loaded into"))]
            value = tail(registers[begin], begin + registers[begin].size - at, box)
        value = head(value, min(value.size, end - at))
        found.append(value)
        at += value.size
    return found


def part(frame: Frame, values: Sequence[Tuple[Value, Ranges]], negate: bool) -> Outcome:
    """Part a box by whether all values are in their ranges.

    Args:
        frame: The packets, and what is in the registers.
        values: Each with the ranges that are asked for.
        negate: Whether those are meant that are not in them.
    """
    yes, no = split_all([frame.box], values)
    if negate:
        yes, no = no, yes
    return Outcome([Frame(b, frame.registers) for b in yes], no)


def cut(values: Sequence[Value], data: bytes) -> List[Tuple[Value, int]]:
    """Return values, each with the number that stands in its place in some bytes.

    Args:
        values: In their order.
        data: Constant bytes, one value's after the other's.
    """
    at, found = 0, []
    for value in values:
        found.append((value, number(data[at : at + value.size])))
        at += value.size
    return found


def compare(frame: Frame, values: Sequence[Value], operator: int, data: bytes) -> Outcome:
    """Compare values with constant bytes: 0 equal, 1 not equal, 2 less, 3 at most, 4 more, 5 at least.

    Args:
        frame: The packets, and what is in the registers.
        values: What is compared.
        operator: The kernel's number of it.
        data: The constant.
    """
    parts = cut(values, data)
    if operator in (0, 1):
        return part(frame, [(v, ranges.of(n)) for v, n in parts], negate=operator == 1)
    parts = _significant(parts)
    if len(parts) != 1:
        return doubt(frame, Why("an order over several fields"))
    value, number = parts[0]
    most = bits(value.size)
    wanted = {2: (0, number - 1), 3: (0, number), 4: (number + 1, most), 5: (number, most)}.get(operator, (0, most))
    return part(frame, [(value, ranges.make([wanted]))], negate=False)


def _significant(parts: List[Tuple[Value, int]]) -> List[Tuple[Value, int]]:
    """Drop what is equal at the front, and zeros that fill a word at the end."""
    while len(parts) > 1 and isinstance(parts[0][0], Const) and parts[0][0].value == parts[0][1]:
        parts = parts[1:]
    while len(parts) > 1 and isinstance(parts[-1][0], Const) and not parts[-1][0].value and not parts[-1][1]:
        parts = parts[:-1]
    return parts


def doubt(frame: Frame, why: str) -> Outcome:
    """Both ways, and nobody knows which.

    Args:
        frame: The packets, and what is in the registers.
        why: What is not known, in English.
    """
    box = frame.box._replace(why=frame.box.why or why)
    return Outcome([Frame(box, frame.registers)], [box])


def either(frame: Frame) -> Outcome:
    """Both ways, as the sender chooses: how fast, how often, with which option."""
    return Outcome([frame], [frame.box])


def name_of(data: bytes) -> str:
    """Return a name without its NUL."""
    return data.split(b"\0", 1)[0].decode("utf-8", "replace")

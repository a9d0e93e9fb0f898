"""What a register holds while a rule is walked: bytes that are known, that come from a field, or that nobody knows."""

from typing import Dict, List, NamedTuple, Sequence, Tuple, Union

from rempart_agent.models.firewall import ranges
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ranges import Ranges
from rempart_agent.said import Why


class Const(NamedTuple):
    """A number of which the bits in ``known`` are known."""

    size: int
    value: int
    known: int = -1


class Part(NamedTuple):
    """A field without its last ``drop`` bits, of which the last ``clear`` bits read as zero."""

    size: int
    field: int
    drop: int = 0
    clear: int = 0


class Map(NamedTuple):
    """What each value of a field with few values stands for."""

    size: int
    field: int
    of: Dict[int, int]


class OneOf(NamedTuple):
    """One of some numbers, nobody knows which."""

    size: int
    values: Tuple[int, ...]
    why: str


class Choice(NamedTuple):
    """One of some numbers, as the sender likes."""

    size: int
    values: Tuple[int, ...]


class Free(NamedTuple):
    """Whatever the sender, or chance, chooses: a packet that matches can be had, and one that does not."""

    size: int


class Unknown(NamedTuple):
    """Something that can't be told."""

    size: int
    why: str


Value = Union[Const, Part, Map, OneOf, Choice, Free, Unknown]
SMALL = 1 << 16
"""The most values of a field that are gone through one by one."""


def bits(size: int) -> int:
    """Return a number with all bits of some bytes set."""
    return (1 << size * 8) - 1


def widths(field_size: int) -> int:
    """Return how many values a field of some bytes has."""
    return 1 << field_size * 8


def tabulate(value: Value, box: Box) -> Value:
    """Return a part of a field as a map where the box has few values of it.

    Args:
        value: The part.
        box: The packets.
    """
    if isinstance(value, Part) and ranges.size(box.fields[value.field]) <= SMALL:
        found = {}
        for low, high in box.fields[value.field]:
            for number in range(low, high + 1):
                found[number] = number >> value.drop >> value.clear << value.clear & bits(value.size)
        return Map(value.size, value.field, found)
    return value


def head(value: Value, size: int) -> Value:
    """Return the first bytes.

    Args:
        value: The value.
        size: How many bytes.
    """
    gone = (value.size - size) * 8
    if gone <= 0:
        return value
    if isinstance(value, Const):
        return Const(size, value.value >> gone, value.known >> gone)
    if isinstance(value, Part):
        return Part(size, value.field, value.drop + gone, max(0, value.clear - gone))
    if isinstance(value, Map):
        return Map(size, value.field, {k: v >> gone for k, v in value.of.items()})
    if isinstance(value, OneOf):
        return OneOf(size, tuple(sorted({v >> gone for v in value.values})), value.why)
    if isinstance(value, Choice):
        return Choice(size, tuple(sorted({v >> gone for v in value.values})))
    return value._replace(size=size)


def tail(value: Value, size: int, box: Box) -> Value:
    """Return the last bytes.

    Args:
        value: The value.
        size: How many bytes.
        box: The packets.
    """
    if value.size <= size:
        return value
    if isinstance(value, Const):
        return Const(size, value.value & bits(size), value.known)
    value = tabulate(value, box)
    if isinstance(value, Map):
        return Map(size, value.field, {k: v & bits(size) for k, v in value.of.items()})
    if isinstance(value, OneOf):
        return OneOf(size, tuple(sorted({v & bits(size) for v in value.values})), value.why)
    return Free(size) if isinstance(value, Free) else Unknown(size, Why("the end of a long field alone"))


def masked(value: Value, mask: int, flip: int, box: Box) -> Value:
    """Return the value with ``& mask ^ flip``.

    Args:
        value: The value.
        mask: As wide as it.
        flip: As wide as it.
        box: The packets.
    """
    if isinstance(value, Const):
        return Const(value.size, (value.value & mask) ^ flip, value.known | ~mask)
    if isinstance(value, (Free, Unknown)):
        return value
    if isinstance(value, Choice):
        return Choice(value.size, tuple(sorted({(v & mask) ^ flip for v in value.values})))
    if isinstance(value, OneOf):
        return OneOf(value.size, tuple(sorted({(v & mask) ^ flip for v in value.values})), value.why)
    whole = bits(value.size)
    cleared = (whole ^ mask) & whole
    if isinstance(value, Part) and not flip and not cleared & (cleared + 1):  # a mask of a network
        return Part(value.size, value.field, value.drop, max(value.clear, cleared.bit_length()))
    value = tabulate(value, box)
    if isinstance(value, Map):
        return Map(value.size, value.field, {k: (v & mask) ^ flip for k, v in value.of.items()})
    return Unknown(value.size, Why("a mask that is none of a network"))


def swapped(value: Value, width: int, box: Box) -> Value:
    """Return the value with the bytes of each word of ``width`` bytes the other way round.

    Args:
        value: The value.
        width: Bytes of a word.
        box: The packets.
    """

    def turn(number: int) -> int:
        data = number.to_bytes(value.size, "big")
        return int.from_bytes(b"".join(data[i : i + width][::-1] for i in range(0, len(data), width)), "big")

    if isinstance(value, Const) and value.known == -1:
        return Const(value.size, turn(value.value))
    table = tabulate(value, box)
    if isinstance(table, Map):
        return Map(table.size, table.field, {k: turn(v) for k, v in table.of.items()})
    return value if isinstance(value, (Free, Unknown)) else Unknown(value.size, Why("bytes the other way round"))


def shifted(value: Value, by: int, box: Box) -> Value:
    """Return the value moved by bits, to the left where ``by`` is positive.

    Args:
        value: The value.
        by: Bits.
        box: The packets.
    """

    def move(number: int) -> int:
        return (number << by if by > 0 else number >> -by) & bits(value.size)

    if isinstance(value, Const) and value.known == -1:
        return Const(value.size, move(value.value))
    table = tabulate(value, box)
    if isinstance(table, Map):
        return Map(table.size, table.field, {k: move(v) for k, v in table.of.items()})
    return value if isinstance(value, (Free, Unknown)) else Unknown(value.size, Why("a field that is shifted"))


Split = Tuple[List[Box], List[Box]]
"""The boxes that match, and those that do not."""


def split(box: Box, value: Value, wanted: Ranges) -> Split:
    """Part a box by whether a value is in some ranges.

    Args:
        box: The packets.
        value: The value.
        wanted: The ranges.
    """
    if isinstance(value, Const):
        return _split_const(box, value, wanted)
    if isinstance(value, Free):
        return [box], [box]
    if isinstance(value, Choice):
        fits = {ranges.holds(wanted, v) for v in value.values}
        return [box] if True in fits else [], [box] if False in fits else []
    if isinstance(value, Unknown):
        doubtful = box._replace(why=box.why or value.why)
        return [doubtful], [doubtful]
    if isinstance(value, OneOf):
        found = {ranges.holds(wanted, v) for v in value.values}
        if len(found) == 1:
            return ([box], []) if found == {True} else ([], [box])
        doubtful = box._replace(why=box.why or value.why)
        return [doubtful], [doubtful]
    here = box.fields[value.field]
    if isinstance(value, Map):
        fit = ranges.make((k, k) for k, v in value.of.items() if ranges.holds(wanted, v))
    elif not value.drop and not value.clear:
        fit = wanted
    else:
        fit = ranges.make(
            (_up(low, value.clear) << value.drop, ((_down(high, value.clear) + 1) << value.drop) - 1)
            for low, high in wanted
        )
    inside = ranges.intersect(here, fit)
    if not inside:
        return [], [box]
    outside = ranges.subtract(here, fit)
    if not outside:
        return [box], []
    return [box.with_field(value.field, inside)], [box.with_field(value.field, outside)]


def _up(number: int, clear: int) -> int:
    """Return the first value whose cleared form is at least ``number``."""
    return -(-number >> clear) << clear


def _down(number: int, clear: int) -> int:
    """Return the last value whose cleared form is at most ``number``."""
    return number | (1 << clear) - 1


def _split_const(box: Box, value: Const, wanted: Ranges) -> Split:
    if value.known == -1 or not bits(value.size) & ~value.known:
        return ([box], []) if ranges.holds(wanted, value.value & bits(value.size)) else ([], [box])
    doubtful = box._replace(why=box.why or Why("bits that can't be told"))
    return [doubtful], [doubtful]


def split_all(boxes: Sequence[Box], wanted: Sequence[Tuple[Value, Ranges]]) -> Split:
    """Part boxes by whether all of some values are in their ranges.

    Args:
        boxes: The packets.
        wanted: Values, each with its ranges.
    """
    inside, outside = list(boxes), []
    for value, fit in wanted:
        more: List[Box] = []
        for box in inside:
            yes, no = split(box, value, fit)
            more += yes
            outside += no
        inside = more
    return inside, outside

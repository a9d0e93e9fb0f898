"""What a rule asks, apart from the constants that it compares with: rules of one form differ in those alone."""

from typing import FrozenSet, List, Mapping, NamedTuple, Optional, Tuple, Union

from rempart_agent.models.firewall import packet, ranges
from rempart_agent.models.firewall.frame import attribute, header_of, name_of, number, octets
from rempart_agent.models.firewall.lookup import of_one_value
from rempart_agent.models.firewall.native import half
from rempart_agent.models.firewall.ranges import Ranges
from rempart_agent.models.firewall.ruleset import Expression, Header, Key, Rule, Set, Verdict

_ENDS = ("accept", "drop", "return", "goto")
_NEUTRAL = ("counter", "log", "last")
_PURE = ("cmp", "range", "payload", "meta", "ct", "fib", "bitwise", "byteorder")
_PURE_MATCHES = (b"conntrack", b"state", b"addrtype", b"mark", b"connmark", b"iprange", b"mac", b"pkttype", b"icmp",
                 b"icmp6", b"multiport")  # fmt: skip
_WRITES = {"payload": 1, "meta": 1, "ct": 1}  # without this attribute they set something


class Slot(NamedTuple):
    """What is compared with a constant.

    Attributes:
        register: The register; -1 where it is a field.
        size: How many bytes of it.
        field: The field, by the numbers of ``packet``.
    """

    register: int = -1
    size: int = 0
    field: int = -1


Step = Union[Expression, Slot]
Part = Union[Slot, Tuple[str, FrozenSet[Tuple[int, Union[bytes, Verdict, Header]]]]]
"""Of a rule's form: a slot, or an expression with all that it says."""


class Form(NamedTuple):
    """A rule taken apart.

    Attributes:
        key: What two rules of one form have in common.
        steps: What it does, in order: expressions, and slots in the place of comparisons.
        fits: The values that each slot has to have.
        originals: For each slot the expression that compares.
        verdict: What it says of a packet.
    """

    key: Tuple[Part, ...]
    steps: List[Step]
    fits: List[Ranges]
    originals: List[Expression]
    verdict: Verdict


def form(table: Tuple[str, str], rule: Rule, sets: Mapping[Key, Set]) -> Optional[Form]:
    """Return a rule that ends a packet's way and changes nothing before, taken apart; None of another.

    Args:
        table: Family and table of its chain.
        rule: The rule.
        sets: The sets that it may look into.
    """
    verdict = _verdict(rule[-1]) if rule else None
    if verdict is None:
        return None
    made = Form((), [], [], [], verdict)
    key: List[Part] = []
    for expression in rule[:-1]:
        name, data = expression
        known = len(made.steps)
        if name in _NEUTRAL or (name == "match" and data.get(1) == b"comment"):
            continue
        if name == "header":
            _header(made, expression)
        elif name == "match":
            if not _match(made, expression):
                return None
        elif name == "lookup":
            if 3 in data:
                return None
            _lookup(made, expression, sets.get((*table, name_of(octets(data, 1)))))
        elif name == "cmp" and attribute(data, 2) == 0:
            wanted = octets(data, 3)
            _slot(made, Slot(attribute(data, 1), len(wanted)), ranges.of(number(wanted)), expression)
        elif name == "range" and attribute(data, 2) == 0:
            low, high = octets(data, 3), octets(data, 4)
            pair = (number(low), number(high))
            _slot(made, Slot(attribute(data, 1), len(low)), ranges.make((pair,)), expression)
        elif name in _PURE and (name not in _WRITES or _WRITES[name] in data):
            made.steps.append(expression)
        else:
            return None
        key += [s if isinstance(s, Slot) else (s.name, frozenset(s.data.items())) for s in made.steps[known:]]
    return made._replace(key=tuple(key))


def _slot(made: Form, slot: Slot, fit: Ranges, original: Expression) -> None:
    made.steps.append(slot)
    made.fits.append(fit)
    made.originals.append(original)


def _verdict(expression: Expression) -> Optional[Verdict]:
    name, data = expression
    found = data.get(2)
    if name == "immediate" and isinstance(found, Verdict) and found.code in _ENDS:
        return found
    refuses = name == "reject" or (name == "target" and octets(data, 1).split(b"\0")[0] == b"REJECT")
    return Verdict("drop") if refuses else None


def _header(made: Form, expression: Expression) -> None:
    """Take what a legacy rule asks of addresses out of it."""
    asked = header_of(expression.data)
    rest = asked
    for name, field in (("source", packet.SADDR), ("destination", packet.DADDR)):
        part = getattr(asked, name)
        if part is not None and part[0] is not None and not part[1]:
            alone = type(asked)(**{name: part})
            _slot(made, Slot(field=field), part[0], Expression("header", {0: alone}))
            rest = rest._replace(source=None) if name == "source" else rest._replace(destination=None)
    made.steps.append(Expression("header", {0: rest}))


def _match(made: Form, expression: Expression) -> bool:
    """Take the destination port out of a match; returns whether it is one that depends on the packet alone."""
    name, info = octets(expression.data, 1), octets(expression.data, 3)
    inverse = {b"tcp": 11, b"udp": 8}.get(name)
    if inverse is None:
        made.steps.append(expression)
        return name in _PURE_MATCHES
    if len(info) <= inverse or info[inverse] & 2 or (name == b"tcp" and info[8]):
        return False
    pair = (half(info, 4), half(info, 6))
    blank = info[:4] + b"\0\0\xff\xff" + info[8:]
    made.steps.append(Expression("match", {**expression.data, 3: blank}))
    _slot(made, Slot(field=packet.DPORT), ranges.make((pair,)), expression)
    return True


def _lookup(made: Form, expression: Expression, found: Optional[Set]) -> None:
    values = of_one_value(found) if found is not None and not attribute(expression.data, 5) & 1 else None
    if found is None or values is None:
        made.steps.append(expression)
    else:
        _slot(made, Slot(attribute(expression.data, 2), found.size), values, expression)

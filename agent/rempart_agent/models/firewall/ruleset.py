"""The rules that the kernel has loaded, as tables read them and the model walks them."""

from typing import Any, Dict, Mapping, NamedTuple, Optional, Tuple

from rempart_agent.models.firewall.ranges import Ranges

Key = Tuple[str, str, str]
"""A chain: its family (``inet``, ``ip``, ``ip6``, ``netdev``), its table, its name."""


class Verdict(NamedTuple):
    """What a rule says of a packet: ``accept``, ``drop``, ``queue``, ``return``, ``jump`` or ``goto`` with a chain."""

    code: str
    chain: str = ""


class Expression(NamedTuple):
    """One step of a rule.

    Attributes:
        name: The kernel's name: ``cmp``, ``lookup``, ``payload``; ``match`` and ``target`` for extensions of iptables;
            ``header`` for what a legacy rule asks of the IP header and of the interfaces.
        data: Its attributes by the kernel's number: bytes, a ``Verdict``, or for ``header`` what ``Header`` says.
    """

    name: str
    data: Mapping[int, Any]


class Header(NamedTuple):
    """What a legacy rule of iptables asks itself, without an extension; each part with ``True`` where it is negated.

    Attributes:
        source: Ranges of addresses; None where it asks none.
        destination: The same.
        protocol: A number; 0 is any.
        in_name: The incoming interface: its name, and whether only the beginning counts; None is any.
        out_name: The outgoing one.
        fragment: Whether it matches later fragments alone.
    """

    source: Optional[Tuple[Optional[Ranges], bool]] = None
    destination: Optional[Tuple[Optional[Ranges], bool]] = None
    protocol: Tuple[int, bool] = (0, False)
    in_name: Optional[Tuple[str, bool, bool]] = None
    out_name: Optional[Tuple[str, bool, bool]] = None
    fragment: bool = False


Rule = Tuple[Expression, ...]


class Base(NamedTuple):
    """Where a base chain hangs.

    Attributes:
        hook: ``ingress``, ``prerouting``, ``input``, ``forward``, ``output`` or ``postrouting``.
        priority: Its place among the chains of the hook.
        type: ``filter``, ``nat`` or ``route``.
        policy: ``accept`` or ``drop``.
        devices: The interfaces of a hook ``ingress``.
    """

    hook: str
    priority: int
    type: str = "filter"
    policy: str = "accept"
    devices: Tuple[str, ...] = ()


class Chain(NamedTuple):
    """A chain; without ``base`` others jump to it, or nobody does."""

    rules: Tuple[Rule, ...] = ()
    base: Optional[Base] = None


class Element(NamedTuple):
    """One element of a set.

    Attributes:
        key: First value of the key; None for the element that stands for all others.
        last: Last value, where it is a range of each part of the key.
        ends: In a set of intervals: no element begins here, one ends before it.
        data: What a map gives for it: bytes or a ``Verdict``.
    """

    key: Optional[bytes]
    last: Optional[bytes] = None
    ends: bool = False
    data: Any = None


class Set(NamedTuple):
    """A set or map.

    Attributes:
        elements: In any order.
        size: Bytes of a key.
        parts: Bytes of each part of a joined key; empty where it is not joined.
        intervals: Whether the elements are the ends of intervals.
        dynamic: Whether packets change it.
    """

    elements: Tuple[Element, ...]
    size: int
    parts: Tuple[int, ...] = ()
    intervals: bool = False
    dynamic: bool = False


class Ruleset(NamedTuple):
    """All that is loaded: chains and sets, in the order in which the kernel lists them.

    ``plans`` is where the walk keeps how it reads chains and sets, for the next walk; None keeps nothing.
    """

    chains: Dict[Key, Chain]
    sets: Dict[Key, Set]
    plans: Optional[Dict[Any, Any]] = None


def joined(*rulesets: Ruleset) -> Ruleset:
    """Return several as one: nftables, and the legacy tables of both families."""
    chains: Dict[Key, Chain] = {}
    sets: Dict[Key, Set] = {}
    for ruleset in rulesets:
        chains.update(ruleset.chains)
        sets.update(ruleset.sets)
    return Ruleset(chains, sets, {})

"""The rules that the kernel has loaded, as tables read them and the model walks them."""

from typing import TYPE_CHECKING, Dict, List, Mapping, NamedTuple, Optional, Tuple, Union

from rempart_agent.models.firewall.ranges import Ranges

if TYPE_CHECKING:
    from rempart_agent.models.firewall.alike import Item
    from rempart_agent.models.firewall.table import Node

Key = Tuple[str, str, str]
"""A chain: its family (``inet``, ``ip``, ``ip6``, ``netdev``), its table, its name."""


class Verdict(NamedTuple):
    """What a rule says of a packet: ``accept``, ``drop``, ``queue``, ``return``, ``jump`` or ``goto`` with a chain."""

    code: str
    chain: str = ""


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


Gives = Union[bytes, Verdict]
"""What a map gives."""
Attributes = Mapping[int, Union[bytes, Verdict, Header]]
"""The attributes of an expression, by the kernel's number."""


class Expression(NamedTuple):
    """One step of a rule.

    Attributes:
        name: The kernel's name: ``cmp``, ``lookup``, ``payload``; ``match`` and ``target`` for extensions of iptables;
            ``header`` for what a legacy rule asks of the IP header and of the interfaces.
        data: Its attributes; the only one of ``header``, 0, is a ``Header``.
    """

    name: str
    data: Attributes


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
        data: What a map gives for it.
    """

    key: Optional[bytes]
    last: Optional[bytes] = None
    ends: bool = False
    data: Optional[Gives] = None


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


class Plans:
    """How walks read chains and sets, kept for the next walk.

    Attributes:
        chains: The rules of a chain, those of one form together.
        sets: The elements of a set, by how a value of its key is put together; None where that can't be told.
    """

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.chains: "Dict[Key, List[Item]]" = {}
        self.sets: "Dict[Tuple[Union[str, int, None], ...], Optional[Node]]" = {}


class Ruleset(NamedTuple):
    """All that is loaded: chains and sets, in the order in which the kernel lists them.

    ``plans`` is where walks keep what they worked out; None keeps nothing.
    """

    chains: Dict[Key, Chain]
    sets: Dict[Key, Set]
    plans: Optional[Plans] = None


def joined(*rulesets: Ruleset) -> Ruleset:
    """Return several as one: nftables, and the legacy tables of both families."""
    chains: Dict[Key, Chain] = {}
    sets: Dict[Key, Set] = {}
    for ruleset in rulesets:
        chains.update(ruleset.chains)
        sets.update(ruleset.sets)
    return Ruleset(chains, sets, Plans())

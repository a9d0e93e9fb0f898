"""Many combinations of values with what each gives: parted at once, not one after the other."""

from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

from rempart_agent.models.firewall import ranges
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ranges import Ranges
from rempart_agent.models.firewall.ruleset import Gives
from rempart_agent.models.firewall.value import Value, split

Fit = Tuple[Ranges, ...]


class Leaf(NamedTuple):
    """What a combination of values gives; None says that it is there, and no more."""

    gives: Optional[Gives]


class Fork(NamedTuple):
    """What becomes of one value.

    Attributes:
        whole: The values that some combination has.
        parts: Parts of them, each with what becomes of the next value.
    """

    whole: Ranges
    parts: "Tuple[Tuple[Ranges, Union[Leaf, Fork]], ...]"


Node = Union[Leaf, Fork]


def node(rows: Sequence[Tuple[Fit, Optional[Gives]]]) -> Node:
    """Return combinations of values, with what the first that fits gives."""
    fits, gives = [fit for fit, _ in rows], [what for _, what in rows]
    return _node(fits, gives, range(len(rows)), 0)


def _node(fits: Sequence[Fit], gives: Sequence[Optional[Gives]], those: Sequence[int], at: int) -> Node:
    if not those:
        return Fork((), ())
    if at == len(fits[those[0]]):
        return Leaf(gives[those[0]])
    found: Dict[Node, List[Tuple[int, int]]] = {}
    for part, indexes in ranges.classes([fits[i][at] for i in those]):
        child = _node(fits, gives, [those[i] for i in sorted(indexes)], at + 1)
        found.setdefault(child, []).extend(part)
    parts = tuple((ranges.make(pairs), child) for child, pairs in found.items())
    return Fork(ranges.make(pair for part, _ in parts for pair in part), parts)


def part(
    boxes: Iterable[Box], values: Sequence[Value], found: Node
) -> Tuple[List[Tuple[Box, Optional[Gives]]], List[Box]]:
    """Part boxes by the combination that some values have: with what it gives, and those that have none.

    Args:
        boxes: The packets.
        values: In the order of the table.
        found: The table.
    """
    inside: List[Tuple[Box, Optional[Gives]]] = []
    outside: List[Box] = []
    for box in boxes:
        _descend(box, values, found, inside, outside)
    return inside, outside


def _descend(
    box: Box, values: Sequence[Value], found: Node, inside: List[Tuple[Box, Optional[Gives]]], outside: List[Box]
) -> None:
    if isinstance(found, Leaf):
        inside.append((box, found.gives))
        return
    fitting, others = split(box, values[0], found.whole)
    outside += others
    for one in fitting:
        for fit, child in found.parts:
            for piece in split(one, values[0], fit)[0] if len(found.parts) > 1 else [one]:
                _descend(piece, values[1:], child, inside, outside)

"""Sets and maps of nftables: which part of a box is in one, and what it gives (net/netfilter/nft_set_*.c)."""

from typing import List, Optional, Sequence, Tuple

from rempart_agent.models.firewall import ranges, table
from rempart_agent.models.firewall.frame import Frame, Scene, cut, number
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ranges import Ranges
from rempart_agent.models.firewall.ruleset import Gives, Set
from rempart_agent.models.firewall.value import Const, Free, Value
from rempart_agent.said import Why


def _fits(found: Set, values: Sequence[Value]) -> Optional[List[Tuple[table.Fit, Optional[Gives]]]]:
    """Return what each element wants of each value, and what it gives; None where that can't be told."""
    keyed = [e for e in found.elements if e.key is not None]
    result: List[Tuple[table.Fit, Optional[Gives]]] = []
    if found.intervals and not found.parts:
        merged = _whole_key(values)
        if merged is None:
            return None
        edges = sorted({number(e.key[: found.size]) for e in keyed if e.key is not None})
        following = {edge: edges[at + 1] for at, edge in enumerate(edges[:-1])}
        scale = (found.size - merged) * 8
        for e in keyed:
            if e.ends or e.key is None:
                continue
            first = number(e.key[: found.size])
            last = following.get(first, 1 << found.size * 8) - 1 if e.last is None else number(e.last[: found.size])
            low, high = first >> scale, last >> scale
            result.append(((ranges.make([(low, high)]),), e.data))
        return result
    sizes = [v.size for v in values]
    if found.parts and not _aligned(sizes, found.parts):
        return None
    for e in keyed:
        lows, highs = cut(values, e.key or b""), cut(values, e.last or e.key or b"")
        result.append((tuple(ranges.make([(a, b)]) for (_, a), (_, b) in zip(lows, highs)), e.data))
    return result


def of_one_value(found: Set) -> Optional[Ranges]:
    """Return the values of a set whose key is one field; None of another set, of a map, and where packets change it."""
    if found.parts or found.dynamic or any(e.key is None or e.data is not None for e in found.elements):
        return None
    wanted = _fits(found, [Free(found.size)])
    return None if wanted is None else ranges.make(pair for fit, _ in wanted for pair in fit[0])


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


def _table(scene: Scene, name: str, found: Set, values: Sequence[Value]) -> Optional[table.Node]:
    """Return the elements of a set by the values that they want; None where that can't be told."""
    key = (scene.family, scene.table, name, _whole_key(values), *(v.size for v in values))
    kept = scene.ruleset.plans.sets if scene.ruleset.plans is not None else {}
    if key not in kept:
        wanted = _fits(found, values)
        kept[key] = None if wanted is None else table.node(wanted)
    return kept[key]


def look_up(scene: Scene, frame: Frame, name: str, values: Sequence[Value]) -> List[Tuple[Box, bool, Optional[Gives]]]:
    """Return the parts of a box with whether they are in a set, and what it gives for them.

    Args:
        scene: Where the packets are.
        frame: The packets, and what is in the registers.
        name: Of the set.
        values: What is looked for.
    """
    found = scene.ruleset.sets.get((scene.family, scene.table, name))
    box = frame.box
    made = None if found is None else _table(scene, name, found, values)
    if found is None or made is None:
        doubtful = box._replace(why=box.why or Why("the set {name}", name=name))
        return [(doubtful, True, None), (doubtful, False, None)]
    if found.dynamic:  # packets put elements in and take them out: both may be
        gives = sorted({e.data for e in found.elements}, key=repr) or [None]
        return [(box, True, g) for g in gives] + [(box, False, None)]
    inside, rest = table.part([box], values, made)
    result: List[Tuple[Box, bool, Optional[Gives]]] = [(b, True, gives) for b, gives in inside]
    every = [e for e in found.elements if e.key is None]
    if every:
        result += [(b, True, every[0].data) for b in rest]
    else:
        result += [(b, False, None) for b in rest]
    return result

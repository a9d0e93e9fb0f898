"""Sets and maps of nftables: which part of a box is in one, and what it gives (net/netfilter/nft_set_*.c)."""

from typing import Any, Dict, List, Optional, Sequence, Tuple

from rempart_agent.models.firewall import ranges
from rempart_agent.models.firewall.frame import Frame, Scene, cut, number
from rempart_agent.models.firewall.packet import Box
from rempart_agent.models.firewall.ranges import Ranges
from rempart_agent.models.firewall.ruleset import Set
from rempart_agent.models.firewall.value import Const, Value, split_all

Fit = Tuple[Ranges, ...]


def _fits(found: Set, values: Sequence[Value]) -> Optional[List[Tuple[Fit, Any]]]:
    """Return what each element wants of each value, and what it gives; None where that can't be told."""
    keyed = [e for e in found.elements if e.key is not None]
    result: List[Tuple[Fit, Any]] = []
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

"""Sets of whole numbers, as sorted ranges that neither touch nor overlap."""

import bisect
from typing import Dict, FrozenSet, Iterable, List, Sequence, Tuple

Ranges = Tuple[Tuple[int, int], ...]
"""First and last number of each range."""

NONE: Ranges = ()
_BEYOND = 1 << 200  # no number is as large
_FEW = 8  # so many times fewer ranges are looked up one by one in the others


def make(pairs: Iterable[Tuple[int, int]]) -> Ranges:
    """Return the ranges of pairs in any order; those that touch become one, and empty ones are dropped."""
    found: List[Tuple[int, int]] = []
    for low, high in sorted(p for p in pairs if p[0] <= p[1]):
        if found and low <= found[-1][1] + 1:
            if high > found[-1][1]:
                found[-1] = (found[-1][0], high)
        else:
            found.append((low, high))
    return tuple(found)


def of(*values: int) -> Ranges:
    """Return the ranges that hold some numbers."""
    return make((v, v) for v in values)


def union(one: Ranges, other: Ranges) -> Ranges:
    """Return what is in either.

    Args:
        one: Ranges, sorted and apart.
        other: The same.
    """
    return one if one == other else make(one + other)


def total(parts: Iterable[Ranges]) -> Ranges:
    """Return what is in any of some."""
    known = list({id(part): part for part in parts if part}.values())
    return known[0] if len(known) == 1 else make(pair for part in known for pair in part)


def _within(ranges: Sequence[Tuple[int, int]], low: int, high: int) -> Tuple[int, int]:
    """Return where the ranges begin and end that have something between two numbers."""
    first = bisect.bisect_right(ranges, (low, _BEYOND)) - 1
    if first < 0 or ranges[first][1] < low:
        first += 1
    return first, bisect.bisect_right(ranges, (high, _BEYOND), first)


def intersect(one: Ranges, other: Ranges) -> Ranges:
    """Return what is in both.

    Args:
        one: Ranges, sorted and apart.
        other: The same.
    """
    if len(one) > len(other):
        one, other = other, one
    if len(one) * _FEW < len(other):
        return _few_of_many(one, other)
    found = []
    a = b = 0
    while a < len(one) and b < len(other):
        low, high = max(one[a][0], other[b][0]), min(one[a][1], other[b][1])
        if low <= high:
            found.append((low, high))
        if one[a][1] < other[b][1]:
            a += 1
        else:
            b += 1
    return tuple(found)


def meet(one: Ranges, other: Ranges) -> bool:
    """Tell whether something is in both.

    Args:
        one: Ranges, sorted and apart.
        other: The same.
    """
    if len(one) > len(other):
        one, other = other, one
    for low, high in one:
        first, last = _within(other, low, high)
        if first < last:
            return True
    return False


def _few_of_many(few: Ranges, many: Ranges) -> Ranges:
    found: List[Tuple[int, int]] = []
    for low, high in few:
        first, last = _within(many, low, high)
        if first >= last:
            continue
        if first == 0 and last == len(many) and low <= many[0][0] and many[-1][1] <= high:
            return many
        begin = len(found)
        found += many[first:last]
        found[begin] = (max(low, found[begin][0]), found[begin][1])
        found[-1] = (found[-1][0], min(high, found[-1][1]))
    return tuple(found)


def subtract(one: Ranges, other: Ranges) -> Ranges:
    """Return what is in the first and not in the second.

    Args:
        one: Ranges, sorted and apart.
        other: The same.
    """
    if len(other) * _FEW < len(one):
        left = list(one)
        for low, high in reversed(other):
            first, last = _within(left, low, high)
            if first < last:
                ends = ((left[first][0], low - 1), (high + 1, left[last - 1][1]))
                left[first:last] = [pair for pair in ends if pair[0] <= pair[1]]
        return tuple(left)
    found = []
    b = 0
    for begin, end in one:
        low = begin
        while b < len(other) and other[b][1] < low:
            b += 1
        at = b
        while at < len(other) and other[at][0] <= end:
            if other[at][0] > low:
                found.append((low, other[at][0] - 1))
            low = max(low, other[at][1] + 1)
            at += 1
        if low <= end:
            found.append((low, end))
    return tuple(found)


def classes(covers: Sequence[Ranges]) -> List[Tuple[Ranges, FrozenSet[int]]]:
    """Part numbers into classes that the same ranges cover: each class with the places of those in ``covers``."""
    borders = sorted({n for cover in covers for low, high in cover for n in (low, high + 1)})
    inside: List[List[int]] = [[] for _ in borders]
    for index, cover in enumerate(covers):
        for low, high in cover:
            for at in range(bisect.bisect_left(borders, low), bisect.bisect_left(borders, high + 1)):
                inside[at].append(index)
    found: Dict[FrozenSet[int], List[Tuple[int, int]]] = {}
    for at, indexes in enumerate(inside):
        if indexes:
            found.setdefault(frozenset(indexes), []).append((borders[at], borders[at + 1] - 1))
    return [(make(pairs), indexes) for indexes, pairs in found.items()]


def size(ranges: Ranges) -> int:
    """Return how many numbers there are."""
    return sum(high - low + 1 for low, high in ranges)


def holds(ranges: Ranges, value: int) -> bool:
    """Tell whether a number is in it.

    Args:
        ranges: Sorted and apart.
        value: The number.
    """
    at = bisect.bisect_right(ranges, (value, _BEYOND)) - 1
    return at >= 0 and ranges[at][0] <= value <= ranges[at][1]

"""Sets of whole numbers, as sorted ranges that neither touch nor overlap."""

from typing import Iterable, List, Tuple

Ranges = Tuple[Tuple[int, int], ...]
"""First and last number of each range."""

NONE: Ranges = ()


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
    """Return what is in either."""
    return one if one == other else make(one + other)


def intersect(one: Ranges, other: Ranges) -> Ranges:
    """Return what is in both."""
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


def subtract(one: Ranges, other: Ranges) -> Ranges:
    """Return what is in the first and not in the second."""
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


def size(ranges: Ranges) -> int:
    """Return how many numbers there are."""
    return sum(high - low + 1 for low, high in ranges)


def holds(ranges: Ranges, value: int) -> bool:
    """Tell whether a number is in it."""
    import bisect

    at = bisect.bisect_right(ranges, (value, 1 << 200)) - 1
    return at >= 0 and ranges[at][0] <= value <= ranges[at][1]

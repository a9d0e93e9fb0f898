"""Maps that lie."""

from __future__ import annotations

import struct

import pytest

from rempart_agent.images.ext_map import BlockMap, Run
from rempart_agent.source.contract import Malformed


def _extents(*entries: bytes, depth: int = 0, count: int = -1) -> bytes:
    head = struct.pack("<HHHHI", 0xF30A, len(entries) if count < 0 else count, 4, depth, 0)
    return (head + b"".join(entries)).ljust(60, b"\0")


def _leaf(first: int, length: int, at: int) -> bytes:
    return struct.pack("<IHHI", first, length, 0, at)


MAP = BlockMap(
    lambda number: _extents(struct.pack("<IIHH", 0, number, 0, 0), depth=1).ljust(1024, b"\0"), 1024, 100, "x"
)


def test_extents_are_runs_and_unwritten_ones_are_zeros() -> None:
    found = MAP.extents(_extents(_leaf(0, 2, 50), _leaf(2, 32768 + 3, 60), _leaf(9, 1, 70)))
    assert found == [Run(0, 2, 50), Run(9, 1, 70)]


@pytest.mark.parametrize(
    "root",
    [
        _extents(_leaf(0, 2, 99)),  # beyond the end
        _extents(_leaf(5, 2, 50), _leaf(6, 1, 60)),  # over one another
        _extents(_leaf(5, 2, 50), _leaf(1, 1, 60)),  # backwards
        _extents(count=5),  # no room for so many
        _extents(struct.pack("<IIHH", 0, 7, 0, 0), depth=2),  # a block that leads to itself
        _extents(depth=9),
        bytes(60),
    ],
)
def test_trees_that_can_not_be_are_refused(root: bytes) -> None:
    with pytest.raises(Malformed):
        MAP.extents(root)


def test_pointers_in_a_circle_end() -> None:
    circle = BlockMap(lambda number: struct.pack("<256I", *([number] * 256)), 1024, 100, "x")
    with pytest.raises(Malformed):
        circle.pointers(struct.pack("<15I", *([0] * 14), 7), 1 << 30)

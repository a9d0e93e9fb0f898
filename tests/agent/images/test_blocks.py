"""Disks in blocks."""

from __future__ import annotations

import pytest
from rempart_testing.disks import Memory, read_in_steps, sample

from rempart_agent.images.blocks import Blocks, check_table
from rempart_agent.source.contract import Malformed, Unfit


class Mapped(Blocks):
    """Blocks of 1,000 bytes by a list of places."""

    def __init__(self, file: Memory, size: int, places: list[int]) -> None:
        super().__init__(file, size, 1000)
        self.places = places

    def place(self, index: int) -> int:
        return self.places[index]


def test_blocks_are_read_wherever_they_lie() -> None:
    file = Memory(sample(10_000))
    layer = Mapped(file, 5_500, [5000, 6000, 0, 0, 100, 7000])
    layer.check_whole()
    expected = file.data[5000:7000] + bytes(2000) + file.data[100:1100] + file.data[7000:7500]
    read_in_steps(layer, expected)
    assert layer.below == (file,)
    layer.close()
    assert file.closed == 1


def test_blocks_that_follow_each_other_are_read_at_once() -> None:
    file = Memory(sample(10_000))
    reads: list[tuple[int, int]] = []
    layer = Mapped(file, 5_000, [5000, 6000, 7000, 0, 1000])
    real = file.read_at
    file.read_at = lambda offset, size: reads.append((offset, size)) or real(offset, size)  # type: ignore[method-assign,func-returns-value]
    layer.read_at(500, 4_500)
    assert reads == [(5500, 2500), (1000, 1000)]


def test_a_block_that_is_cut_is_known_before_it_is_read() -> None:
    file = Memory(bytes(6_000))
    Mapped(file, 1_500, [0, 5_500]).check_whole()
    with pytest.raises(Unfit, match="beyond its end"):
        Mapped(file, 1_501, [0, 5_500]).check_whole()
    with pytest.raises(Unfit, match="beyond its end"):
        Mapped(file, 1_500, [5_001, 0]).check_whole()


def test_a_table_has_a_bound() -> None:
    assert check_table("disk", 8 << 20, 4) == 32 << 20
    with pytest.raises(Malformed):
        check_table("disk", (8 << 20) + 1, 4)

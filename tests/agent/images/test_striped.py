"""Bytes that go over several layers in turn."""

from __future__ import annotations

import pytest
from rempart_testing.disks import Memory, read_in_steps, sample

from rempart_agent.images.striped import Striped
from rempart_agent.source.contract import Malformed, Unfit


def test_stripes_are_read_in_turn() -> None:
    one, two, three = (Memory(sample(40_000, seed)) for seed in (1, 2, 3))
    layer = Striped("vg/striped", [(one, 100), (two, 0), (three, 3000)], 8192 * 4, 8192)
    expected = b"".join(
        one.data[100 + at : 100 + at + 8192] + two.data[at : at + 8192] + three.data[3000 + at : 3000 + at + 8192]
        for at in range(0, 8192 * 4, 8192)
    )
    read_in_steps(layer, expected)
    layer.close()
    assert [one.closed, two.closed, three.closed] == [1, 1, 1]


def test_columns_lie_on_their_layers_and_have_whole_stripes() -> None:
    layer = Memory(bytes(1000))
    with pytest.raises(Unfit):
        Striped("vg/striped", [(layer, 0), (layer, 600)], 512, 512)
    for columns, stripe in (([], 512), ([(layer, 0)], 0), ([(layer, 0)], 511), ([(layer, 0)], -512)):
        with pytest.raises(Malformed):
            Striped("vg/striped", columns, 512, stripe)

"""Layers that are put together of pieces."""

from __future__ import annotations

import pytest
from rempart_testing.disks import Memory, read_in_steps, sample

from rempart_agent.images.pieces import Piece, Pieces
from rempart_agent.source.contract import Malformed, Unfit


def test_pieces_follow_each_other() -> None:
    one, two = Memory(sample(100_000, 1)), Memory(sample(50_000, 2))
    pieces = [Piece(30_000, one, 70_000), Piece(0, two), Piece(5_000, None), Piece(50_000, two), Piece(10, one, 3)]
    layer = Pieces("vg/root", pieces)
    read_in_steps(layer, one.data[70_000:] + bytes(5_000) + two.data + one.data[3:13])
    assert layer.below == (one, two)
    layer.close()
    assert (one.closed, two.closed) == (1, 1)


def test_no_pieces_are_no_bytes() -> None:
    assert Pieces("empty", []).read_at(0, 0) == b""


def test_a_piece_beyond_the_end_of_its_layer_is_no_piece() -> None:
    with pytest.raises(Unfit, match="beyond its end"):
        Pieces("disk.raw partition 1", [Piece(11, Memory(bytes(10)))])
    with pytest.raises(Malformed):
        Pieces("disk.raw partition 1", [Piece(-1, Memory(bytes(10)))])

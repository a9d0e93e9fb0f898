"""Volumes that can't be put together."""

from __future__ import annotations

import pytest

from rempart_agent.images.recognise import recognise
from rempart_agent.images.unreadable import Unreadable
from rempart_agent.source.contract import Unfit


@pytest.mark.parametrize("size", [0, 1, 512, 1 << 20, 1 << 50])
def test_every_read_says_why(size: int) -> None:
    layer = Unreadable("vg/root", size, Unfit("vg/root: a disk is missing"))
    for _ in range(2):
        with pytest.raises(Unfit, match="vg/root: a disk is missing"):
            layer.read_at(0, 1)
    with pytest.raises(Unfit, match="vg/root: a disk is missing"):
        recognise(layer)

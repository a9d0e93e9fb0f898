"""What every layer of an image holds to."""

from __future__ import annotations

import pytest

from rempart_agent.images.layer import Layer
from rempart_agent.source.contract import Unfit


@pytest.mark.parametrize(("offset", "size"), [(0, 11), (10, 1), (-1, 2), (2, -1), (1 << 70, 1)])
def test_what_lies_beyond_the_end_is_never_read(offset: int, size: int) -> None:
    layer = Layer()
    layer.name, layer.size = "disk.raw", 10
    layer.expect(0, 10)
    layer.expect(10, 0)
    with pytest.raises(Unfit, match=r"disk\.raw: .* beyond its end at 10"):
        layer.expect(offset, size)

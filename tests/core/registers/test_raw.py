"""Places of cells that are known already."""

from __future__ import annotations

from rempart_core.registers.raw import Places


def test_a_cell_that_is_missing_stands_where_its_row_begins() -> None:
    places = Places({"by": (3, 5)}, (1, 1))
    assert (places("by"), places("as_of")) == ((3, 5), (1, 1))

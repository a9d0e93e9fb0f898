"""What tests of acts share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.acts_tree import Tree, make_tree


@pytest.fixture
def tree(tmp_path: Path, prepared: Tree) -> Iterator[Tree]:
    """Make a tree like the module's own, which it prepares once."""
    with make_tree(tmp_path, like=prepared) as made:
        yield made

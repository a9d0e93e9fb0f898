"""One tree, of which all images are made."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.images import make_tree


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tree(tmp_path_factory.mktemp("images") / "tree")

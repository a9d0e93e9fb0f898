"""A small root to change, and a change to do it by."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbooks.fix.app import APP, TEXT
from playbooks.fix.root import Root


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path)


@pytest.fixture
def app(root: Root) -> Path:
    return root.write(APP, TEXT)

"""Systems of rpm packages."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from rempart_testing import rpm
from rempart_testing.rpm_system import DATABASE, REPOS, repo_of
from rempart_testing.target import lay

from rempart_agent.targets.root import RootTarget


@pytest.fixture
def system_of(tmp_path: Path) -> Callable[..., RootTarget]:
    """Make a system of rpm packages, each time anew: its database, its repositories' configuration, and more files."""
    numbers = itertools.count()

    def make(files: Mapping[str, str | bytes], *packages: Any, repos: str = repo_of("base")) -> RootTarget:
        tags = [
            p if isinstance(p, dict) else dict(zip(("name", "version", "release"), p.rsplit("-", 2), strict=True))
            for p in packages
        ]
        root = tmp_path / f"system{next(numbers)}"
        lay(root, {DATABASE: rpm.database(tmp_path, *tags), REPOS: repos, **files})
        return RootTarget(str(root))

    return make

"""Root trees and recorded machines for the tests of the agent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.target import Files, RecordedTarget, lay

from rempart_agent.source.contract import Denied
from rempart_agent.targets.root import RootTarget


@pytest.fixture
def root_of(tmp_path: Path) -> Callable[[Files], RootTarget]:
    """Make a root filesystem of some files and return the target."""

    def make(files: Files) -> RootTarget:
        root = tmp_path / "root"
        root.mkdir(exist_ok=True)
        lay(root, files)
        return RootTarget(str(root))

    return make


@pytest.fixture
def machine_of(tmp_path: Path) -> Callable[..., RecordedTarget]:
    """Make a recorded running machine of some files and answers and return the target."""

    def make(files: Files, answers: Mapping[str, Any] | None = None) -> RecordedTarget:
        root = tmp_path / "machine"
        root.mkdir(exist_ok=True)
        lay(root, files)
        return RecordedTarget(str(root), answers or {})

    return make


@pytest.fixture
def deny(monkeypatch: pytest.MonkeyPatch) -> Callable[[RootTarget, str], None]:
    """Make a file or directory of a target one that the run may not read; what stands above it still shows it."""

    def make(target: RootTarget, path: str) -> None:
        def guard(name: str, itself: bool) -> None:
            real = getattr(target, name)

            def guarded(asked: str, *arguments: Any, **named: Any) -> Any:
                if asked.startswith(path + "/") or (itself and asked.rstrip("/") == path):
                    raise Denied(f"{path}: may not be read")
                return real(asked, *arguments, **named)

            monkeypatch.setattr(target, name, guarded)

        for name in ("_open", "entries", "statuses", "listdir"):
            guard(name, itself=True)
        for name in ("stat", "lstat", "readlink"):
            guard(name, itself=False)

    return make

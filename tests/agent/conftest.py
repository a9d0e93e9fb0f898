"""Root trees and recorded machines for the tests of the agent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from rempart_agent.tables.contract import Denied
from rempart_agent.targets.root import RootTarget

Files = Mapping[str, str | bytes]


class RecordedTarget(RootTarget):
    """A running machine whose files lie in a directory and whose kernel's and programs' answers are given.

    It stands where the real peer can't exist here: another kernel, another set of disks.
    """

    live = True

    def __init__(self, root: str, answers: Mapping[str, Any]) -> None:
        super().__init__(root)
        self._answers = answers

    def ask(self, source: str, question: Callable[[], Any]) -> Any:
        """Answer what was recorded under the source's name."""
        answer = self._answers[source]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def run(self, command: Any, timeout: float = 10.0) -> bytes:
        """Answer what was recorded under the command line."""
        answer: bytes | Exception = self._answers[" ".join(command)]
        if isinstance(answer, Exception):
            raise answer
        return answer


def lay(root: Path, files: Files) -> None:
    """Write ``files`` (absolute path on the target -> content; a path that ends in ``/`` is a directory)."""
    for path, content in files.items():
        where = root / path.lstrip("/")
        if path.endswith("/"):
            where.mkdir(parents=True, exist_ok=True)
            continue
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content if isinstance(content, bytes) else content.encode())


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

        for name in ("_open", "entries", "listdir"):
            guard(name, itself=True)
        for name in ("stat", "lstat", "readlink"):
            guard(name, itself=False)

    return make

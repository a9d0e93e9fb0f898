"""Root trees and recorded machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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

    def xattr(self, path: str, name: str) -> bytes | None:
        """Answer what was recorded under ``xattr NAME PATH``, else what the file has."""
        recorded = f"xattr {name} {path}"
        if recorded not in self._answers:
            return super().xattr(path, name)
        answer: bytes | Exception | None = self._answers[recorded]
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

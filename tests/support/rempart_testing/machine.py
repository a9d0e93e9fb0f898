"""A machine laid out in a directory: its files, and what a kernel would answer of it while it runs.

The same tree is looked at as a root filesystem and, with ``/proc``, ``/sys`` and the recorded answers, as a running
machine. Tests need no root: what the user of the tests owns is shown as root's.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from rempart_agent.engine import DEADLINE, MAX_ROWS, Engine
from rempart_agent.engines.embedded.engine import TableReader
from rempart_agent.engines.sql.database import Database
from rempart_agent.source.target import Target
from rempart_agent.targets.root import RootTarget
from rempart_core.model.result import Answer, EngineIdentity
from rempart_testing.target import RecordedTarget

RECORDED = Path(__file__).parent / "recorded"
DAY = 86_400


class Machine:
    """A tree that is being laid out, and the answers recorded for it.

    Attributes:
        root: The directory that stands for ``/``.
        now: The moment by which ages are counted, in seconds since 1970.
        answers: What ``Target.ask`` is answered while the machine runs, by the source's name.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = int(time.time())
        self.answers: dict[str, Any] = {}
        self._aged: dict[Path, float] = {}
        root.mkdir(parents=True, exist_ok=True)

    def file(
        self,
        path: str,
        content: str | bytes = "",
        mode: int = 0o644,
        *,
        owner: tuple[int, int] = (0, 0),
        age: float = 0,
    ) -> None:
        """Write a file.

        Args:
            path: Where, as the machine sees it.
            content: What it holds.
            mode: Its permissions.
            owner: User and group id; the group's is shown only where the tests run as root.
            age: Days since it was written.
        """
        where = self._place(path)
        where.write_bytes(content if isinstance(content, bytes) else content.encode())
        self._settle(where, mode, owner)
        os.utime(where, (self.now - age * DAY, self.now - age * DAY))

    def folder(self, path: str, mode: int = 0o755, *, owner: tuple[int, int] = (0, 0)) -> None:
        """Make a folder."""
        where = self._place(path)
        where.mkdir(exist_ok=True)
        self._settle(where, mode, owner)

    def link(self, path: str, to: str) -> None:
        """Make a symbolic link."""
        where = self._place(path)
        if where.is_symlink():
            where.unlink()
        where.symlink_to(to)

    def remove(self, path: str) -> None:
        """Take a file away again."""
        self._place(path).unlink()

    def _place(self, path: str) -> Path:
        where = self.root / path.lstrip("/")
        for parent in reversed(where.relative_to(self.root).parents[:-1]):
            if not (self.root / parent).is_dir():
                (self.root / parent).mkdir(mode=0o755)
                (self.root / parent).chmod(0o755)
        return where

    def _settle(self, where: Path, mode: int, owner: tuple[int, int]) -> None:
        if os.geteuid() == 0:
            os.chown(where, *owner)
        where.chmod(mode)

    def offline(self) -> RootTarget:
        """Return the machine as a root filesystem."""
        return _Root(str(self.root))

    def running(self) -> RecordedTarget:
        """Return the machine as it runs."""
        return RunningTarget(str(self.root), self.answers)


def _owned_by_root(status: os.stat_result) -> os.stat_result:
    """Return what ``stat`` would say if root had laid out the tree."""
    if os.geteuid() == 0 or status.st_uid != os.geteuid():
        return status
    values = list(status)
    values[4:6] = [0, 0]
    more = {
        name: getattr(status, name) for name in ("st_atime_ns", "st_mtime_ns", "st_ctime_ns", "st_blksize", "st_rdev")
    }
    return os.stat_result(values, more)


class _Root(RootTarget):
    def stat(self, path: str) -> os.stat_result:
        return _owned_by_root(super().stat(path))

    def lstat(self, path: str) -> os.stat_result:
        return _owned_by_root(super().lstat(path))


class RunningTarget(RecordedTarget):
    """A running machine whose files root has laid out, whoever runs the tests."""

    def stat(self, path: str) -> os.stat_result:
        return _owned_by_root(super().stat(path))

    def lstat(self, path: str) -> os.stat_result:
        return _owned_by_root(super().lstat(path))


class TreeEngine(Engine):
    """The embedded engine's SQL in this process, over the real tables of one target."""

    def __init__(self, target: Target, *, privileged: bool = True) -> None:
        """Answer about ``target``."""
        self._privileged = privileged
        self._database = Database(TableReader(target, True, frozenset(), lambda _table: None))

    def identity(self) -> EngineIdentity:
        """See Engine.identity."""
        return EngineIdentity("embedded", "", "root" if self._privileged else "nobody", privileged=self._privileged)

    def query(self, sql: str, deadline: float = DEADLINE, max_rows: int = MAX_ROWS) -> Answer:
        """See Engine.query; a tree's few files need no deadline."""
        return self._database.query(sql, max_rows)

    def close(self) -> None:
        """See Engine.close."""
        self._database.close()

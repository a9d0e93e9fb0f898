"""Runs the engine step by step: others edit between any two steps, and it is killed at any, with a torn write."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from rempart_fix import calls, journal, place

_CALLS = (
    "swap",
    "shift",
    "replace",
    "drop",
    "write_spare",
    "write_over",
    "dress",
    "look_into",
    "see",
    "make_folder",
)


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Scheduler:
    """Counts steps, and lets things happen between them.

    Attributes:
        kills: How often a run was killed.
        steps: How many steps there were.
    """

    def __init__(self) -> None:
        self.kills = 0
        self.steps = 0
        self._step = -1
        self._kill: int | None = None
        self._torn = 0
        self._plan: list[tuple[int, Callable[[], None]]] = []
        self._synced: dict[str, int] = {}

    def run(
        self,
        work: Callable[[], Any],
        plan: list[tuple[int, Callable[[], None]]],
        kill: int | None = None,
        torn: int = 0,
    ) -> Any:
        """Run work; return None where it was killed on the way.

        Args:
            work: What is done.
            plan: What others do, each before a step.
            kill: The step at which the process ends.
            torn: How many bytes a write that is killed still brings to disk.
        """
        self._step, self._kill, self._torn = 0, kill, torn
        self._plan = sorted(plan, key=lambda one: one[0])
        self._synced = {}
        try:
            with self._watched():
                return work()
        except Killed:
            self.kills += 1
            self._lose()
            return None
        finally:
            self._kill = None
            for _, edit in self._plan:
                edit()
            self._plan = []

    def _before(self) -> bool:
        """Let others act; return whether this step is the last."""
        while self._plan and self._plan[0][0] <= self._step:
            self._plan.pop(0)[1]()
        self._step += 1
        self.steps += 1
        return self._kill is not None and self._step > self._kill

    def _die(self) -> None:
        self._kill = -1  # what cleans up on the way out does nothing either
        raise Killed

    @contextmanager
    def _watched(self) -> Iterator[None]:
        with mock.patch.multiple(os, fsync=lambda _: None, fdatasync=lambda _: None):
            patches = [mock.patch.object(calls, name, self._wrap(getattr(calls, name))) for name in _CALLS]
            patches += [
                mock.patch.object(calls, "hold", self._wrap(_hold)),
                mock.patch.object(journal.Journal, "_write", self._wrap_write(journal.Journal._write)),
                mock.patch.object(place, "write_file", self._wrap(place.write_file)),
            ]
            for patch in patches:
                patch.start()
            try:
                yield
            finally:
                for patch in patches:
                    patch.stop()

    def _wrap(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*words: Any, **named: Any) -> Any:
            if self._before():
                if call.__name__ == "write_spare" and words[3]["type"] == "file":
                    self._tear(words[0], words[1], words[2])
                self._die()
            return call(*words, **named)

        return stepped

    def _tear(self, folder: int, name: str, data: bytes) -> None:
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
        os.write(handle, data[: self._torn])
        os.close(handle)

    def _wrap_write(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(book: journal.Journal, one: dict[str, Any], *, sync: bool = False) -> None:
            dies = self._before()
            size = os.path.getsize(book._path) if os.path.exists(book._path) else 0
            self._synced.setdefault(book._path, size)
            write(book, one, sync=sync)
            if dies:
                self._die()
            if sync:
                self._synced[book._path] = os.path.getsize(book._path)

        return stepped

    def _lose(self) -> None:
        """Lose, as a power cut may, what was written to a journal and not yet brought to disk."""
        for path, synced in self._synced.items():
            if self._torn and os.path.exists(path):
                size = os.path.getsize(path)
                os.truncate(path, size - (size - synced) * self._torn // 9)


def _hold(handle: int) -> bool:
    return REAL_HOLD(handle, patience=0.02)


REAL_HOLD = calls.hold

"""Work in a child process: its answer, whole or cut off, and its end."""

from __future__ import annotations

import os
import signal
import time

import pytest

from rempart_agent.readers.files import child

LARGE = b"x" * 3_000_000  # more than a pipe holds


def test_what_the_child_returns_comes_whole() -> None:
    assert child.run(lambda: LARGE + str(os.getpid()).encode(), 60.0) != LARGE + str(os.getpid()).encode()
    assert child.run(lambda: LARGE, 60.0) == LARGE


def test_a_child_that_breaks_off_has_said_nothing() -> None:
    def die() -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b"never"

    assert child.run(die, 60.0) == b""


def test_a_child_that_does_not_end_is_ended_and_leaves_no_zombie(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    kill = os.kill
    monkeypatch.setattr(os, "kill", lambda pid, number: (ended.append(pid), kill(pid, number)))

    def sleep() -> bytes:
        time.sleep(600)
        return b"never"

    assert child.run(sleep, 0.05) is None
    with pytest.raises(ChildProcessError):
        os.waitpid(ended[0], os.WNOHANG)


def test_a_child_that_the_kernel_holds_holds_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that does not answer: not even SIGKILL ends it (uninterruptible sleep)."""
    kept: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: kept.append(pid))
    monkeypatch.setattr(child, "_END", 0.05)

    def sleep() -> bytes:
        time.sleep(600)
        return b"never"

    assert child.run(sleep, 0.05) is None
    monkeypatch.undo()
    os.kill(kept[0], signal.SIGKILL)
    os.waitpid(kept[0], 0)

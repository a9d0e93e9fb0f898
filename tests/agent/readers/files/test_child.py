"""Work in a child process: its answer, whole or cut off, and its end."""

from __future__ import annotations

import os
import signal

import pytest
from rempart_testing.children import go_on, is_ours

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


def test_a_child_whose_work_fails_goes_no_further_than_its_work(forked: list[int]) -> None:
    def fail() -> bytes:
        raise OSError

    with open(os.devnull, "w") as nowhere:
        said = os.dup(2)
        os.dup2(nowhere.fileno(), 2)
        try:
            assert child.run(fail, 60.0) == b""
        finally:
            os.dup2(said, 2)
            os.close(said)
    assert not is_ours(forked[0])


def test_a_child_that_does_not_end_is_ended_and_leaves_no_zombie(forked: list[int]) -> None:
    assert child.run(go_on, 0.05) is None
    assert [is_ours(pid) for pid in forked] == [False]


def test_a_child_that_the_kernel_holds_holds_nobody_else(forked: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that does not answer: not even SIGKILL ends it (uninterruptible sleep)."""
    monkeypatch.setattr(os, "kill", lambda *_: None)
    monkeypatch.setattr(child, "_END", 0.05)
    assert child.run(go_on, 0.05) is None
    assert [is_ours(pid) for pid in forked] == [True]

"""What tests of work in a child process share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from rempart_testing.children import is_ours


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """List the children that are made; one that nobody has ended is ended here: it would hold what reads our output."""
    made: list[int] = []
    fork, kill = os.fork, os.kill

    def count() -> int:
        pid = fork()
        made.append(pid)
        return pid

    monkeypatch.setattr(os, "fork", count)
    yield made
    for pid in made:
        if is_ours(pid):
            kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)

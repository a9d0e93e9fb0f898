"""Asking in a child process, which may crash."""

from __future__ import annotations

import os
import signal

import pytest
from rempart_testing.children import go_on, is_ours

from rempart_agent.readers.files.forked import ask
from rempart_agent.source.contract import Missing, SourceError


def test_the_answer_is_the_childs() -> None:
    pid, told = ask("it", lambda: [os.getpid(), {"a": "é", "b": None}], 30.0)
    assert pid != os.getpid()
    assert told == {"a": "é", "b": None}


def test_an_error_of_the_child_is_raised_here() -> None:
    def refuse() -> None:
        raise Missing("{what}: broke off", what="nothing")

    with pytest.raises(Missing, match="nothing: broke off"):
        ask("it", refuse, 30.0)


def test_a_crash_ends_the_child_alone() -> None:
    with pytest.raises(SourceError, match="it: broke off"):
        ask("it", lambda: os.kill(os.getpid(), signal.SIGKILL), 30.0)


def test_a_child_that_does_not_end_is_ended(forked: list[int]) -> None:
    with pytest.raises(SourceError, match="it: no answer in time"):
        ask("it", go_on, 0.05)
    assert not is_ours(forked[0])

"""Asking in a child process, which may crash."""

from __future__ import annotations

import os
import signal
import time

import pytest

from rempart_agent.readers.files import forked
from rempart_agent.source.contract import Missing, SourceError


def test_the_answer_is_the_childs() -> None:
    pid, told = forked.ask("it", lambda: [os.getpid(), {"a": "é", "b": None}], 30.0)
    assert pid != os.getpid()
    assert told == {"a": "é", "b": None}


def test_an_error_of_the_child_is_raised_here() -> None:
    def refuse() -> None:
        raise Missing("{what}: broke off", what="nothing")

    with pytest.raises(Missing, match="nothing: broke off"):
        forked.ask("it", refuse, 30.0)


def test_a_crash_ends_the_child_alone() -> None:
    with pytest.raises(SourceError, match="it: broke off"):
        forked.ask("it", lambda: os.kill(os.getpid(), signal.SIGKILL), 30.0)


def test_a_child_that_does_not_end_is_ended() -> None:
    with pytest.raises(SourceError, match="it: no answer in time"):
        forked.ask("it", lambda: time.sleep(600), 0.05)

"""Who works on an endpoint holds others off; who comes with another change is told whose it is, and does not wait."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rempart_fix.contract import Refusal
from rempart_fix.lock import Lock, take_lease


@pytest.fixture
def base(tmp_path: Path) -> str:
    return str(tmp_path / "records")


def test_another_change_is_told_whose_the_endpoint_is(base: str) -> None:
    with Lock(base):
        take_lease("c-1", "ann@desk", 600, base)
        with pytest.raises(Refusal, match="change c-1 of ann@desk is under way here"), Lock(base, change="c-2"):
            pass


def test_what_works_for_the_same_change_is_waited_for(base: str) -> None:
    with Lock(base):
        take_lease("c-1", "ann@desk", 600, base)
        with pytest.raises(Refusal, match=re.escape("another run works here")), Lock(base, 0, change="c-1"):
            pass
    with Lock(base, 0, change="c-1"):
        pass


def test_a_timer_waits_whoever_works(base: str) -> None:
    with Lock(base):
        take_lease("c-1", "ann@desk", 600, base)
        with pytest.raises(Refusal, match="another run works here"), Lock(base, 0):
            pass


def test_who_came_first_has_given_it_back(base: str) -> None:
    with Lock(base):
        take_lease("c-1", "ann@desk", 600, base)
    with Lock(base, 0, change="c-2"), pytest.raises(Refusal, match="change c-1"):
        take_lease("c-2", "bob@desk", 600, base)

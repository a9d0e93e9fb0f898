"""Table ulimit_info: the limits of the process that answers."""

from __future__ import annotations

import resource
from collections.abc import Callable
from typing import Any

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import NotObservable, Query
from rempart_agent.tables.linux import ulimit_info
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget


def test_limits_are_those_of_this_process() -> None:
    rows = {row["type"]: row for row in ulimit_info.rows(LiveTarget(), Query())}
    assert set(rows) == set(ulimit_info.NUMBERS)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    told = ["unlimited" if limit == resource.RLIM_INFINITY else str(limit) for limit in (soft, hard)]
    assert [rows["nofile"]["soft_limit"], rows["nofile"]["hard_limit"]] == told


def test_the_numbers_are_those_of_the_library() -> None:
    for name, number in ulimit_info.NUMBERS.items():
        if name != "locks":  # which it does not name
            assert getattr(resource, "RLIMIT_" + name.upper()) == number


def test_no_limit_is_said_so() -> None:
    target = RecordedTarget("/", {"ulimit_info": [(-1, 5)] * len(ulimit_info.NUMBERS)})
    first = next(iter(ulimit_info.rows(target, Query())))
    assert first == {"type": "as", "soft_limit": "unlimited", "hard_limit": "5"}


def test_a_root_has_none(root_of: Callable[[Any], RootTarget]) -> None:
    with pytest.raises(NotObservable):
        list(ulimit_info.rows(root_of({}), Query()))

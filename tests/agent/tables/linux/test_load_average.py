"""Table load_average."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Malformed, NotObservable, Query, SourceError
from rempart_agent.tables.linux import load_average
from rempart_agent.targets.root import RootTarget

MachineOf = Callable[..., RecordedTarget]


def _rows(target: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in load_average.rows(target, Query())]


def test_three_periods(machine_of: MachineOf) -> None:
    assert _rows(machine_of({}, {"load_average": [2.81543, 0.0, 12.5]})) == [
        {"period": "1m", "average": "2.815430"},
        {"period": "5m", "average": "0.000000"},
        {"period": "15m", "average": "12.500000"},
    ]


def test_what_the_system_does_not_tell_raises(machine_of: MachineOf) -> None:
    with pytest.raises(SourceError):
        _rows(machine_of({}, {"load_average": SourceError("no")}))
    with pytest.raises(Malformed):
        _rows(machine_of({}, {"load_average": []}))


def test_a_root_has_none(root_of: Callable[[Any], RootTarget]) -> None:
    with pytest.raises(NotObservable):
        _rows(root_of({}))


@given(st.lists(st.floats(), min_size=3, max_size=3))
def test_any_number_is_taken(averages: list[float]) -> None:
    target = RecordedTarget("/", {"load_average": averages})
    assert all(isinstance(row["average"], str) for row in _rows(target))

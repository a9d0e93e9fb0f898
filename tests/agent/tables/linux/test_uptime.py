"""Table uptime: how long the machine has been running."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import uptime
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]


def _rows(table: Any, target: RootTarget | LiveTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query(frozenset(c.name for c in table.COLUMNS)))]


def test_a_root_filesystem_has_no_running_kernel(root_of: RootOf) -> None:
    with pytest.raises(NotObservable, match="needs a running system"):
        _rows(uptime, root_of({"/etc/os-release": "ID=debian\n"}))


def test_a_machine_whose_proc_is_not_mounted_is_no_empty_answer(machine_of: Machine) -> None:
    with pytest.raises(Missing):
        _rows(uptime, machine_of({"/proc/": ""}))


def test_this_machine_answers() -> None:
    (row,) = _rows(uptime, LiveTarget())
    assert all(row.get(c.name) is not None for c in uptime.COLUMNS if c.name not in ("path", "device"))


def test_uptime_is_split_into_days_hours_minutes_seconds(machine_of: Machine) -> None:
    assert _rows(uptime, machine_of({"/proc/uptime": "183845.71 350000.00\n"})) == [
        {"days": 2, "hours": 3, "minutes": 4, "seconds": 5, "total_seconds": 183845}
    ]


@given(st.text())
def test_any_text_gives_an_uptime_or_a_reason(text: str) -> None:
    found = outcome(lambda: [uptime.parse(text)])
    assert isinstance(found, SourceError) or all(isinstance(row, dict) for row in found)

"""Table time: the moment, as osquery writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rempart_agent.source.contract import Query
from rempart_agent.tables.linux import time
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]


def _rows(table: Any, target: RootTarget | LiveTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query(frozenset(c.name for c in table.COLUMNS)))]


def test_this_machine_answers() -> None:
    (row,) = _rows(time, LiveTarget())
    assert all(row.get(c.name) is not None for c in time.COLUMNS if c.name not in ("path", "device"))


def test_time_is_written_as_osquery_writes_it() -> None:
    row = time.describe(1795599792)
    assert row["timestamp"] == "Wed Nov 25 09:43:12 2026 UTC"
    assert row["iso_8601"] == row["datetime"] == "2026-11-25T09:43:12Z"
    assert (row["weekday"], row["timezone"], row["unix_time"]) == ("Wednesday", "UTC", 1795599792)


def test_time_of_a_root_filesystem_is_the_run_s_own(root_of: RootOf) -> None:
    (row,) = _rows(time, root_of({}))
    assert row["unix_time"] > 1_700_000_000
    assert "local_timezone" not in row

"""Table memory_info: main memory and swap, in bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import memory_info
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
MEMINFO = """\
MemTotal:       24684096 kB
MemFree:        20767030 kB
MemAvailable:   23967836 kB
Buffers:          109708 kB
Cached:          2489480 kB
SwapCached:            0 kB
Active:          1341636 kB
Inactive:        1274740 kB
Active(anon):      30000 kB
SwapTotal:          4096 kB
SwapFree:           2048 kB
HugePages_Total:       0
"""


def _rows(table: Any, target: RootTarget | LiveTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query(frozenset(c.name for c in table.COLUMNS)))]


def test_a_root_filesystem_has_no_running_kernel(root_of: RootOf) -> None:
    with pytest.raises(NotObservable, match="needs a running system"):
        _rows(memory_info, root_of({"/etc/os-release": "ID=debian\n"}))


def test_a_machine_whose_proc_is_not_mounted_is_no_empty_answer(machine_of: Machine) -> None:
    with pytest.raises(Missing):
        _rows(memory_info, machine_of({"/proc/": ""}))


def test_this_machine_answers() -> None:
    (row,) = _rows(memory_info, LiveTarget())
    assert all(row.get(c.name) is not None for c in memory_info.COLUMNS if c.name not in ("path", "device"))


def test_memory_is_in_bytes_and_a_longer_name_is_another(machine_of: Machine) -> None:
    (row,) = _rows(memory_info, machine_of({"/proc/meminfo": MEMINFO}))
    assert row["memory_total"] == 25276514304
    assert row["active"] == 1341636 * 1024
    assert (row["swap_total"], row["swap_free"]) == (4194304, 2097152)


@given(st.text())
def test_any_text_gives_memory_or_a_reason(text: str) -> None:
    found = outcome(lambda: [memory_info.parse(text)])
    assert isinstance(found, SourceError) or all(isinstance(row, dict) for row in found)

"""Table kernel_info: the running kernel and how it was started."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import kernel_info
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]


def _rows(table: Any, target: RootTarget | LiveTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query(frozenset(c.name for c in table.COLUMNS)))]


def test_a_root_filesystem_has_no_running_kernel(root_of: RootOf) -> None:
    with pytest.raises(NotObservable, match="needs a running system"):
        _rows(kernel_info, root_of({"/etc/os-release": "ID=debian\n"}))


def test_a_machine_whose_proc_is_not_mounted_is_no_empty_answer(machine_of: Machine) -> None:
    with pytest.raises(Missing):
        _rows(kernel_info, machine_of({"/proc/": ""}))


def test_this_machine_answers() -> None:
    (row,) = _rows(kernel_info, LiveTarget())
    assert all(row.get(c.name) is not None for c in kernel_info.COLUMNS if c.name not in ("path", "device"))


def test_kernel_arguments_are_told_apart(machine_of: Machine) -> None:
    files = {
        "/proc/version": "Linux version 6.12.0-amd64 (builder@host) (gcc 14) #1 SMP\n",
        "/proc/cmdline": "BOOT_IMAGE=/vmlinuz-6.12.0-amd64 root=/dev/mapper/vg-root ro quiet lockdown=integrity\n",
    }
    assert _rows(kernel_info, machine_of(files)) == [
        {
            "version": "6.12.0-amd64",
            "path": "/vmlinuz-6.12.0-amd64",
            "device": "/dev/mapper/vg-root",
            "arguments": "ro quiet lockdown=integrity",
        }
    ]


@given(st.text(), st.text())
def test_any_text_gives_a_kernel_or_a_reason(one: str, other: str) -> None:
    found = outcome(lambda: [kernel_info.parse(one, other)])
    assert isinstance(found, SourceError) or all(isinstance(row, dict) for row in found)

"""Table kernel_modules: what is loaded, and that nothing is said where nobody can look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import kernel_modules
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]


def _rows(table: Any, target: RootTarget | LiveTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query(frozenset(c.name for c in table.COLUMNS)))]


def test_a_root_filesystem_has_no_running_kernel(root_of: RootOf) -> None:
    with pytest.raises(NotObservable, match="needs a running system"):
        _rows(kernel_modules, root_of({"/etc/os-release": "ID=debian\n"}))


def test_modules_and_who_uses_them(machine_of: Machine) -> None:
    text = (
        "dm_crypt 61440 1 - Live 0xffffffffc0a93000\n"
        "dm_mod 200704 9 dm_crypt,dm_snapshot, Live 0xffffffffc0a00000 (OE)\n"
    )
    assert _rows(kernel_modules, machine_of({"/proc/modules": text})) == [
        {"name": "dm_crypt", "size": 61440, "used_by": "-", "status": "Live", "address": "0xffffffffc0a93000"},
        {
            "name": "dm_mod",
            "size": 200704,
            "used_by": "dm_crypt,dm_snapshot",
            "status": "Live",
            "address": "0xffffffffc0a00000",
        },
    ]


def test_a_kernel_without_modules_has_none(machine_of: Machine) -> None:
    assert _rows(kernel_modules, machine_of({"/proc/version": "Linux version 6.12\n"})) == []


def test_modules_of_a_machine_whose_proc_is_not_mounted_are_an_error(machine_of: Machine) -> None:
    with pytest.raises(Missing):
        _rows(kernel_modules, machine_of({"/proc/": ""}))


@given(st.text())
def test_any_text_gives_modules_or_a_reason(text: str) -> None:
    found = outcome(lambda: list(kernel_modules.parse(text)))
    assert isinstance(found, SourceError) or all(isinstance(row, dict) for row in found)

"""Small tables of the running kernel: uptime, time, memory_info, kernel_info, kernel_modules, secureboot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Malformed, Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import kernel_info, kernel_modules, memory_info, secureboot, time, uptime
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
EFI = "/sys/firmware/efi/efivars/{}-8be4df61-93ca-11d2-aa0d-00e098032b8c"


def _rows(table: Any, target: RootTarget | LiveTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query(frozenset(c.name for c in table.COLUMNS)))]


@pytest.mark.parametrize("table", [uptime, memory_info, kernel_info, kernel_modules, secureboot])
def test_a_root_filesystem_has_no_running_kernel(table: Any, root_of: RootOf) -> None:
    with pytest.raises(NotObservable, match="needs a running system"):
        _rows(table, root_of({"/etc/os-release": "ID=debian\n"}))


@pytest.mark.parametrize("table", [uptime, memory_info, kernel_info])
def test_a_machine_whose_proc_is_not_mounted_is_no_empty_answer(table: Any, machine_of: Machine) -> None:
    with pytest.raises(Missing):
        _rows(table, machine_of({"/proc/": ""}))


@pytest.mark.parametrize("table", [uptime, time, memory_info, kernel_info])
def test_this_machine_answers(table: Any) -> None:
    (row,) = _rows(table, LiveTarget())
    assert all(row.get(c.name) is not None for c in table.COLUMNS if c.name not in ("path", "device"))


def test_uptime_is_split_into_days_hours_minutes_seconds(machine_of: Machine) -> None:
    assert _rows(uptime, machine_of({"/proc/uptime": "183845.71 350000.00\n"})) == [
        {"days": 2, "hours": 3, "minutes": 4, "seconds": 5, "total_seconds": 183845}
    ]


def test_time_is_written_as_osquery_writes_it() -> None:
    row = time.describe(1795599792)
    assert row["timestamp"] == "Wed Nov 25 09:43:12 2026 UTC"
    assert row["iso_8601"] == row["datetime"] == "2026-11-25T09:43:12Z"
    assert (row["weekday"], row["timezone"], row["unix_time"]) == ("Wednesday", "UTC", 1795599792)


def test_time_of_a_root_filesystem_is_the_run_s_own(root_of: RootOf) -> None:
    (row,) = _rows(time, root_of({}))
    assert row["unix_time"] > 1_700_000_000
    assert "local_timezone" not in row


def test_memory_is_in_bytes_and_a_longer_name_is_another(machine_of: Machine) -> None:
    (row,) = _rows(memory_info, machine_of({"/proc/meminfo": MEMINFO}))
    assert row["memory_total"] == 25276514304
    assert row["active"] == 1341636 * 1024
    assert (row["swap_total"], row["swap_free"]) == (4194304, 2097152)


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


@pytest.mark.parametrize(
    ("secure_boot", "setup_mode", "expected"),
    [
        (b"\6\0\0\0\1", b"\6\0\0\0\0", {"secure_boot": 1, "setup_mode": 0}),
        (b"\6\0\0\0\0", b"\6\0\0\0\1", {"secure_boot": 0, "setup_mode": 1}),
        (b"\6\0\0\0\7", b"\6\0\0\0\0", {"secure_boot": -1, "setup_mode": 0}),
    ],
)
def test_secure_boot_is_the_byte_after_the_attributes(
    machine_of: Machine, secure_boot: bytes, setup_mode: bytes, expected: dict[str, int]
) -> None:
    files = {EFI.format("SecureBoot"): secure_boot, EFI.format("SetupMode"): setup_mode}
    assert _rows(secureboot, machine_of(files)) == [expected]


def test_secure_boot_of_a_bios_machine_is_no_row(machine_of: Machine) -> None:
    assert _rows(secureboot, machine_of({"/sys/firmware/acpi/": ""})) == []


def test_secure_boot_that_the_firmware_does_not_know_is_off(machine_of: Machine) -> None:
    assert _rows(secureboot, machine_of({EFI.format("BootOrder"): b"\7\0\0\0\0\0"})) == [{"secure_boot": 0}]


@pytest.mark.parametrize("files", [{"/sys/firmware/efi/efivars/": ""}, {"/sys/firmware/efi/": ""}, {"/sys/": ""}])
def test_secure_boot_that_can_not_be_looked_at_is_an_error(machine_of: Machine, files: dict[str, str]) -> None:
    with pytest.raises(Missing):
        _rows(secureboot, machine_of(files))


def test_a_short_variable_is_malformed() -> None:
    with pytest.raises(Malformed):
        secureboot.parse(b"\6\0\0\0")


@given(st.text(), st.text())
def test_any_text_gives_rows_or_a_reason(one: str, other: str) -> None:
    parsers: list[Callable[[], Iterable[Any]]] = [
        lambda: [uptime.parse(one)],
        lambda: [memory_info.parse(one)],
        lambda: [kernel_info.parse(one, other)],
        lambda: list(kernel_modules.parse(one)),
    ]
    for parse in parsers:
        found = outcome(parse)
        assert isinstance(found, SourceError) or all(isinstance(row, dict) for row in found)

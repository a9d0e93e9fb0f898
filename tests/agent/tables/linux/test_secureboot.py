"""Table secureboot: what the firmware enforces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Malformed, Missing, NotObservable, Query
from rempart_agent.tables.linux import secureboot
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
RootOf = Callable[[Mapping[str, "str | bytes"]], RootTarget]
EFI = "/sys/firmware/efi/efivars/{}-8be4df61-93ca-11d2-aa0d-00e098032b8c"


def _rows(table: Any, target: RootTarget | LiveTarget) -> list[dict[str, Any]]:
    return [dict(row) for row in table.rows(target, Query(frozenset(c.name for c in table.COLUMNS)))]


def test_a_root_filesystem_has_no_running_kernel(root_of: RootOf) -> None:
    with pytest.raises(NotObservable, match="needs a running system"):
        _rows(secureboot, root_of({"/etc/os-release": "ID=debian\n"}))


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

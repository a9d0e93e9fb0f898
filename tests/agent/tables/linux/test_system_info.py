"""Tables system_info, chassis_info and platform_info: the machine as its firmware and its kernel describe it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.outcome import outcome
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Malformed, Missing, NotObservable, Query, SourceError
from rempart_agent.tables.linux import chassis_info, platform_info, system_info
from rempart_agent.targets.live import LiveTarget
from rempart_agent.targets.root import RootTarget

Machine = Callable[..., RecordedTarget]
Deny = Callable[[RootTarget, str], None]

DMI = "/sys/class/dmi/id/"
CPU = """\
processor\t: {0}
cpu family\t: 25
model\t\t: 17
model name\t: AMD EPYC 9354 32-Core Processor
microcode\t: 0x1000065
physical id\t: {1}
siblings\t: 4
core id\t\t: {2}

"""
MACHINE = {
    "/proc/sys/kernel/hostname": "agent-17\n",
    "/proc/cpuinfo": "".join(CPU.format(n, n // 4, n % 4 // 2) for n in range(8)),
    "/proc/meminfo": "MemTotal:       24684096 kB\n",
    "/sys/firmware/acpi/": "",
    DMI + "product_uuid": "11111111-2222-3333-4444-555555555555\n",
    DMI + "sys_vendor": "Dell Inc.\n",
    DMI + "product_name": "Latitude 5440\n",
    DMI + "product_version": "1.0\n",
    DMI + "product_serial": "PF123\n",
    DMI + "board_vendor": "Dell Inc.\n",
    DMI + "board_name": "0ABC\n",
    DMI + "board_version": "A00\n",
    DMI + "board_serial": "BS1\n",
    DMI + "chassis_type": "10\n",
    DMI + "chassis_vendor": "Dell Inc.\n",
    DMI + "chassis_version": " \n",
    DMI + "chassis_serial": "CS1\n",
    DMI + "chassis_asset_tag": "T-1\n",
    DMI + "bios_vendor": "Dell Inc.\n",
    DMI + "bios_version": "1.14.0\n",
    DMI + "bios_date": "03/08/2024\n",
    DMI + "bios_release": "1.14\n",
}
TABLE = (
    b"\1\x0c" + bytes(10) + b"Dell\0Latitude\0\0"
    b"\0\x18\1\0\1\2\0\xe8\3\xff" + bytes(14) + b"Dell\x001.14\x0003/08/2024\0\0"
    b"\x7f\4\2\0\0\0"
)  # fmt: skip


def _ask(table: Any, target: RootTarget | LiveTarget, *columns: str) -> list[dict[str, Any]]:
    wanted = frozenset(columns or (c.name for c in table.COLUMNS))
    return [dict(row) for row in table.rows(target, Query(wanted))]


@pytest.mark.parametrize("table", [system_info, chassis_info, platform_info])
def test_a_root_filesystem_has_no_machine(table: Any, tmp_path: Path) -> None:
    with pytest.raises(NotObservable):
        _ask(table, RootTarget(str(tmp_path)))


def test_a_machine(machine_of: Machine) -> None:
    assert _ask(system_info, machine_of(MACHINE)) == [
        {
            "hostname": "agent-17",
            "computer_name": "agent-17",
            "local_hostname": "agent-17",
            "uuid": "11111111-2222-3333-4444-555555555555",
            "cpu_type": os.uname().machine,
            "cpu_subtype": "17",
            "cpu_brand": "AMD EPYC 9354 32-Core Processor",
            "cpu_physical_cores": 4,
            "cpu_logical_cores": 8,
            "cpu_sockets": 2,
            "cpu_microcode": "0x1000065",
            "physical_memory": 25276514304,
            "hardware_vendor": "Dell Inc.",
            "hardware_model": "Latitude 5440",
            "hardware_version": "1.0",
            "hardware_serial": "PF123",
            "board_vendor": "Dell Inc.",
            "board_model": "0ABC",
            "board_version": "A00",
            "board_serial": "BS1",
        }
    ]


@pytest.mark.parametrize("columns", [("hardware_model",), ("hardware_vendor", "hardware_model", "hardware_version")])
def test_a_lenovo_s_model_is_its_version(machine_of: Machine, columns: tuple[str, ...]) -> None:
    lenovo = {DMI + "sys_vendor": "LENOVO\n", DMI + "product_name": "20XW\n", DMI + "product_version": "ThinkPad X1\n"}
    (row,) = _ask(system_info, machine_of({**MACHINE, **lenovo}), *columns)
    assert (row["hardware_model"], row["hardware_version"]) == ("ThinkPad X1", "20XW")


def test_a_machine_without_smbios_still_has_a_name_and_a_processor(machine_of: Machine) -> None:
    files = {path: text for path, text in MACHINE.items() if not path.startswith("/sys/class/dmi")}
    target = machine_of({**files, "/sys/class/net/": ""})
    (row,) = _ask(system_info, target)
    assert (row["hostname"], row["cpu_logical_cores"]) == ("agent-17", 8)
    assert "hardware_vendor" not in row
    assert _ask(chassis_info, target) == _ask(platform_info, target) == []


@pytest.mark.parametrize(
    ("table", "column"), [(system_info, "uuid"), (chassis_info, "serial"), (platform_info, "size")]
)
def test_what_takes_root_is_an_error_where_it_is_asked_for(
    machine_of: Machine, deny: Deny, table: Any, column: str
) -> None:
    target = machine_of({**MACHINE, "/sys/firmware/dmi/tables/DMI": TABLE})
    for path in (DMI + "product_uuid", DMI + "chassis_serial", "/sys/firmware/dmi/tables/DMI"):
        deny(target, path)
    with pytest.raises(Denied):
        _ask(table, target, column)
    assert _ask(table, target, "hostname")


@pytest.mark.parametrize("table", [chassis_info, platform_info])
def test_a_machine_whose_sysfs_is_not_mounted_is_an_error(machine_of: Machine, table: Any) -> None:
    with pytest.raises(Missing):
        _ask(table, machine_of({"/sys/": ""}))


def test_a_laptop_is_known_by_its_case(machine_of: Machine) -> None:
    assert _ask(chassis_info, machine_of(MACHINE)) == [
        {"chassis_types": "Notebook", "manufacturer": "Dell Inc.", "model": "", "serial": "CS1", "smbios_tag": "T-1"}
    ]


@pytest.mark.parametrize(
    ("number", "name"),
    [("3", "Desktop"), ("9", "Laptop"), ("23", "Rack Mount Chassis"), ("31", "Convertible"), ("36", "Stick PC")],
)
def test_names_of_cases(number: str, name: str) -> None:
    assert chassis_info.name_type(number) == name


@pytest.mark.parametrize("number", ["0", "37", "255", "", "x"])
def test_a_case_without_a_name_keeps_its_number(number: str) -> None:
    assert chassis_info.name_type(number) == number


def test_the_firmware(machine_of: Machine) -> None:
    target = machine_of({**MACHINE, "/sys/firmware/dmi/tables/DMI": TABLE, "/sys/firmware/efi/": ""})
    assert _ask(platform_info, target) == [
        {
            "vendor": "Dell Inc.",
            "version": "1.14.0",
            "date": "03/08/2024",
            "revision": "1.14",
            "firmware_type": "uefi",
            "address": "0xe800",
            "size": "16777216",
            "volume_size": 0,
            "extra": "",
        }
    ]


def test_a_machine_that_was_not_started_by_uefi_has_a_bios(machine_of: Machine) -> None:
    assert _ask(platform_info, machine_of(MACHINE), "firmware_type")[0]["firmware_type"] == "bios"


def test_uefi_without_smbios(machine_of: Machine) -> None:
    target = machine_of({"/sys/firmware/efi/": "", "/sys/class/net/": ""})
    assert _ask(platform_info, target) == [{"firmware_type": "uefi"}]


def test_this_machine_has_a_name_a_processor_and_memory() -> None:
    (row,) = _ask(system_info, LiveTarget(), "hostname", "cpu_logical_cores", "cpu_type", "physical_memory")
    assert row["hostname"] == os.uname().nodename
    assert row["cpu_logical_cores"] >= 1
    assert row["physical_memory"] == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("table", [b"\0\3\0\0", b"\0\x18" + bytes(10), b"\1\4\0\0abc\0\0\0\x02\0\0"])
def test_a_broken_table_is_an_error(table: bytes) -> None:
    with pytest.raises(Malformed):
        platform_info.parse(table)


@given(st.binary(), st.text())
def test_anything_gives_rows_or_a_reason(table: bytes, text: str) -> None:
    found = outcome(lambda: [platform_info.parse(table)])
    assert isinstance(found, SourceError) or isinstance(found[0], dict)
    assert isinstance(system_info.parse_cpuinfo(text), dict)

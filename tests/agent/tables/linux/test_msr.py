"""Table msr: registers of each processor."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from rempart_testing.real_osquery import NAMED, ask, embedded, told
from rempart_testing.target import RecordedTarget

from rempart_agent.source.contract import Denied, Missing, NotObservable, Query
from rempart_agent.tables.linux import msr
from rempart_agent.targets.live import LiveTarget

MachineOf = Callable[..., RecordedTarget]
HERE = pytest.mark.skipif(not Path("/dev/cpu/0/msr").exists(), reason="the kernel's module msr is not loaded")


def test_registers_are_rows(machine_of: MachineOf) -> None:
    values: list[int | None] = [1 << 38, 0x1F, 1 << 63, 0x12345, None, 5, 0, 7, 8]
    (row,) = msr.rows(machine_of({}, {"msr": [(3, values)]}), Query())
    assert row == {
        "processor_number": 3,
        "turbo_disabled": 1,
        "turbo_ratio_limit": 0x1F,
        "platform_info": None,
        "perf_ctl": 0x2345,
        "feature_control": 5,
        "rapl_power_limit": 0,
        "rapl_energy_status": 7,
        "rapl_power_units": 8,
    }


def test_a_register_lies_where_the_kernel_has_it(tmp_path: Path) -> None:
    for number in ("0", "10"):
        (tmp_path / number).mkdir()
        (tmp_path / number / "msr").write_bytes(bytes(0x198) + (0xABCD).to_bytes(8, "little"))
    (tmp_path / "microcode").mkdir()
    found = dict(msr.read(str(tmp_path)))
    assert list(found) == [10, 0]
    by_name = dict(zip([name for name, _register, _mask in msr.REGISTERS], found[0], strict=True))
    assert by_name["perf_status"] == 0xABCD
    assert by_name["rapl_power_limit"] is None


def test_no_module_raises(tmp_path: Path, machine_of: MachineOf, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "0").mkdir()
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(Missing):
            msr.read(str(folder))
    (tmp_path / "0/msr").write_bytes(b"")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(Denied):
        msr.read(str(tmp_path))
    machine = machine_of({}, {})
    machine.live = False
    with pytest.raises(NotObservable):
        list(msr.rows(machine, Query()))


@NAMED
@HERE
def test_osquery_says_the_same() -> None:
    sql = "SELECT processor_number, turbo_disabled, platform_info, feature_control FROM msr"
    assert told(ask(sql)) == told(embedded(LiveTarget(), sql))

"""Table services, of the registry: how they start is known of a disk, whether they run is not."""

from __future__ import annotations

from typing import Any

import pytest
from rempart_testing.windows_system import files, service, system, target

from rempart_agent.source.contract import Malformed, NotObservable, Query
from rempart_agent.tables.windows import services


def answer(*columns: str, **more: Any) -> dict[str, dict[str, Any]]:
    keys = system()
    keys["ControlSet002"]["Services"].update(more)
    rows = services.rows(target(files(system_keys=keys)), Query(frozenset(columns)))
    return {str(row["name"]): dict(row) for row in rows}


def test_services_and_drivers_are_listed_and_other_keys_are_none() -> None:
    found = answer()
    assert set(found) == {"Dnscache", "wuauserv", "UsoSvc", "disk", "LanmanServer"}
    assert found["Dnscache"]["start_type"] == "AUTO_START"
    assert found["Dnscache"]["display_name"] == "DNS Client"
    assert found["disk"]["service_type"] == "KERNEL_DRIVER"
    assert found["wuauserv"]["module_path"] == "C:\\WINDOWS\\wuaueng.dll"
    assert answer(Off=service(4))["Off"]["start_type"] == "DISABLED"


@pytest.mark.parametrize("column", ["status", "pid", "win32_exit_code", "service_exit_code"])
def test_whether_a_service_runs_can_not_be_observed(column: str) -> None:
    with pytest.raises(NotObservable, match=column):
        answer("name", column)


def test_a_service_that_can_not_be_understood_is_an_error() -> None:
    for broken in (service(5), service(2, kind=(1, b"x\0")), {"Type": 16, "Start": (4, b"\1")}):  # type: ignore[arg-type]
        with pytest.raises(Malformed):
            answer(Broken=broken)

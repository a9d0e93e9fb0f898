"""Areas of a fleet: open findings only, and each host once in an area."""

from __future__ import annotations

from collections.abc import Callable

from rempart_core.model.check import Severity
from rempart_core.model.result import AppliedWaiver, Result, State
from rempart_reports.views.fleet_area import FleetArea, FleetAreas

MakeResult = Callable[..., Result]


def test_a_host_counts_once_in_an_area_and_what_is_accepted_is_not_open(make_result: MakeResult) -> None:
    areas = FleetAreas()
    waiver = AppliedWaiver("because", "me", "2099-01-01")
    areas.add(
        [
            make_result(area="firewall"),
            make_result(area="firewall", severity=Severity.LOW),
            make_result(area="time", waiver=waiver),
            make_result(area="backup", state=State.ERROR),
        ]
    )
    areas.add([make_result(area="firewall"), make_result(area="backup", severity=Severity.HIGH)])
    assert areas.list() == [
        FleetArea("firewall", (2, 0, 0, 1, 0), 2, 0),
        FleetArea("backup", (0, 1, 0, 0, 0), 1, 1),
        FleetArea("time", (0, 0, 0, 0, 0), 0, 0),
    ]

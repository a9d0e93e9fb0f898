"""An audit of a fleet that is ended before it knew its hosts: it says so, and saves nothing."""

from __future__ import annotations

import pytest

from rempart_agent.audit.request import Request
from rempart_agent.audit.stop import Stop
from rempart_controller.fleet.fleet import Limits
from rempart_controller.fleet.fleet_request import FleetRequest
from rempart_controller.fleet.fleet_run import open_audit
from rempart_controller.inventory.host_choice import HostChoice
from rempart_core.model.check import Severity
from rempart_core.text import Text


def test_an_audit_that_ends_before_it_knew_its_hosts_names_the_inventory(capsys: pytest.CaptureFixture[str]) -> None:
    stop = Stop()
    stop.end(Text("it took too long", "il a pris trop de temps"))
    choice = HostChoice(("no-such-inventory.yml",))
    request = FleetRequest(choice, Limits(), Request(profile="all"), Severity.LOW, "en", False, 0, False, 0.0)
    audit = open_audit(request, None, stop)
    found = audit.ask()
    (run,) = found.runs()
    assert (run.target.name, run.unfinished.en, list(found.saved())) == (
        "no-such-inventory.yml",
        "it took too long",
        [],
    )
    assert audit.finish(reported=True, quiet=False) == 3
    audit.close()
    assert "nobody was asked" in capsys.readouterr().err

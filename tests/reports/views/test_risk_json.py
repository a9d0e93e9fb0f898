"""The risk as plain data: every term is there, so that all can be recomputed."""

from __future__ import annotations

import json

from rempart_testing.risk import IDS, NOW, THEFT, finding, numbers

from rempart_core.model.result import State
from rempart_core.risk.assessment import Acceptance, assess
from rempart_core.risk.host import HostFacts
from rempart_core.risk.plan import Step
from rempart_core.risk.scenario import Situation
from rempart_reports.views.risk_json import risk_data

HOST = HostFacts("web-1", "", "roaming", (finding("DSK-01", State.FAIL, 3), finding("LCK-01")), NOW)
STEP = Step("t-1", "S4", "DSK-01", "encrypt", "p-002", "2027-01-15")
ACCEPTED = Acceptance("S4", "tolerable", "insured", "p-001", "2026-11-01", "2026-12-31")


def test_all_terms_and_what_stands_beside_the_computed_value() -> None:
    found = assess([THEFT], Situation([HOST], {}, IDS, NOW), [STEP], [ACCEPTED], numbers())
    data = json.loads(json.dumps(risk_data(found)))
    assert (data["schema"], data["at"], data["complete"]) == ("rempart.risk/1", "2026-11-30T00:53:20Z", False)
    (host,) = data["fleet"]["hosts"]
    assert (host["gravity"], host["gravity_stated"], host["exposure_stated"]) == ("G4", False, True)
    (term,) = host["areas"][0]["terms"]
    product = term["weight"] * term["state"] * term["confidence"] * term["age"] * term["exposure"]
    assert round(product, 4) == term["hazard"] == host["hazard"]
    (scenario,) = data["scenarios"]
    assert scenario["computed"]["level"] == "unacceptable"
    assert scenario["accepted"][0]["level"] == "tolerable"
    assert scenario["accepted"][0]["expired"] is False
    assert scenario["treatment"][0]["state"] == "planned"
    assert scenario["residual"]["likelihood"] < scenario["computed"]["likelihood"]
    assert [one["state"] for one in scenario["computed"]["controls"]] == ["missing", "missing"]


def test_no_host_and_no_plan_are_said_as_such() -> None:
    data = risk_data(assess([THEFT], Situation([], {}, IDS, NOW), [], [], numbers()))
    assert data["fleet"] is None
    assert data["complete"] is False
    assert json.loads(json.dumps(data))["scenarios"][0]["residual"] is None

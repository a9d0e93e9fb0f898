"""The plan against a scenario: only what is to come, and can be believed, lowers the risk that is left."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.risk import CONTROLS, IDS, NOW, THEFT, finding, numbers, situations

from rempart_core.model.result import State
from rempart_core.risk.host import HostFacts
from rempart_core.risk.plan import Plan, Step, plan_scenario
from rempart_core.risk.scenario import Situation, assess_scenario

TODAY = "2026-11-29"
HOST = HostFacts("pc", "G2", "internal", (finding("DSK-02", State.FAIL, 0), finding("LCK-01", State.FAIL, 0)), NOW)
NOW_THERE = Situation([HOST], {"ORG-14": "kept", "ORG-15": "gap"}, IDS, NOW)
STEP = Step("t-1", "S4", "DSK-*, ORG-15", "encrypt", "p-002", "2026-12-31")


def plan(*steps: Step) -> Plan:
    return plan_scenario(THEFT, steps, NOW_THERE, numbers(), TODAY)


@pytest.mark.parametrize(
    ("step", "state", "counts"),
    [
        (STEP, "planned", True),
        (STEP._replace(due=TODAY), "planned", True),
        (STEP._replace(due="2026-11-28"), "overdue", False),
        (STEP._replace(trouble="unknown_person"), "unusable", False),
        (STEP._replace(checks="FWL-01"), "unusable", False),
        (STEP._replace(done="2026-11-01"), "contradicted", False),
        (STEP._replace(done="2026-11-01", checks="DSK-01"), "done", False),
    ],
)
def test_only_an_open_step_whose_day_is_to_come_counts(step: Step, state: str, counts: bool) -> None:
    found = plan(step)
    assert [one.state for one in found.steps] == [state]
    assert (found.residual is not None) is counts


def test_what_is_left_is_computed_in_the_same_way() -> None:
    found = plan(STEP, STEP._replace(id="t-2", scenario="S1", checks="LCK-01"))
    assert found.residual is not None
    assert found.residual == assess_scenario(THEFT, NOW_THERE.fixed({"DSK-01", "DSK-02", "ORG-15"}), numbers())
    assert (found.residual.technical, found.residual.organisational) == (0.1835, 0)
    assert found.steps[0].open == ("DSK-02", "ORG-15")
    assert found.unplanned == ("LCK-01",)
    assert plan().unplanned == ("DSK-02", "LCK-01", "ORG-15")


@settings(max_examples=30, deadline=None)
@given(situations, st.sets(st.sampled_from([*IDS, *CONTROLS]), min_size=1))
def test_a_plan_never_raises_the_risk(situation: Situation, named: set[str]) -> None:
    found = plan_scenario(THEFT, [STEP._replace(checks=" ".join(sorted(named)))], situation, numbers(), TODAY)
    now = assess_scenario(THEFT, situation, numbers())
    assert found.residual is None or found.residual.likelihood <= now.likelihood

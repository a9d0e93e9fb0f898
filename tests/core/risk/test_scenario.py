"""The risk of a scenario: its hosts, its controls, and what it would be once a plan is done."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import exp

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.risk import CONTROLS, IDS, NOW, THEFT, finding, numbers, situations

from rempart_core.model.result import State
from rempart_core.risk.host import HostFacts
from rempart_core.risk.numbers import LEVELS
from rempart_core.risk.scenario import CONTROL_STATES, ScenarioRisk, Situation, assess_scenario

BAD = HostFacts("bad", "G2", "internal", (finding("DSK-02", State.FAIL, 0), finding("LCK-01", State.FAIL, 0)), NOW)
GOOD = HostFacts("good", "G1", "internal", (finding("DSK-01"), finding("PAT-01"), finding("FWL-01")), NOW)
OTHER = HostFacts("other", "G4", "internal", (finding("FWL-01", State.FAIL, 0),), NOW)
KEPT = dict.fromkeys(CONTROLS, "kept")


def assess(situation: Situation) -> ScenarioRisk:
    return assess_scenario(THEFT, situation, numbers())


def test_its_hosts_are_those_that_were_asked_one_of_its_checks() -> None:
    found = assess(Situation([GOOD, BAD, OTHER], KEPT, IDS, NOW))
    assert [(one.name, one.hazard) for one in found.hosts] == [("bad", 0.4462), ("good", 0.0)]
    assert found.technical == round(0.4462 / (2 * 4), 4) == 0.0558
    assert (found.organisational, found.likelihood, found.likelihood_class) == (0, 0.054, "V1")
    assert (found.gravity, found.level) == ("G2", "acceptable"), "of its hosts, not of others"
    assert found.unasked == ()


@pytest.mark.parametrize(
    ("state", "factor"), [("kept", 0), ("waived", 0.25), ("gap", 1), ("unknown", 1), ("missing", 1)]
)
def test_a_control_that_nobody_proved_counts_as_one_that_is_not_kept(state: str, factor: float) -> None:
    found = assess(Situation([GOOD], {**KEPT, "ORG-14": state}, IDS, NOW))
    assert found.controls[0].hazard == found.organisational == round(0.1625 * factor, 4)


def test_controls_that_nobody_asks_are_missing() -> None:
    found = assess(Situation([GOOD], {}, IDS, NOW))
    assert [(one.control, one.state) for one in found.controls] == [("ORG-14", "missing"), ("ORG-15", "missing")]
    assert found.likelihood == round(1 - exp(-(0.0558 + 0.325)), 3)


def test_a_critical_finding_where_much_depends_on_it_is_unacceptable() -> None:
    stolen = finding("DSK-01", State.FAIL, 0)
    hosts = [GOOD._replace(name=str(n)) for n in range(300)]
    bad = BAD._replace(findings=(stolen,))
    assert assess(Situation([*hosts, bad], KEPT, IDS, NOW)).level == "acceptable"
    found = assess(Situation([*hosts, bad._replace(gravity="G3")], KEPT, IDS, NOW))
    assert (found.likelihood_class, found.level, found.gate) == ("V1", "unacceptable", ("DSK-01",))
    elsewhere = OTHER._replace(findings=(*OTHER.findings, finding("DSK-02")))
    assert assess(Situation([*hosts, elsewhere], KEPT, IDS, NOW)).gate == (), "the open check is none of its own"


def test_what_nobody_was_asked_is_named_counts_and_lowers_the_coverage() -> None:
    found = assess(Situation([GOOD], KEPT, IDS, NOW))
    assert [(one.finding.check, one.hazard) for one in found.unasked] == [("DSK-02", 0.1116), ("LCK-01", 0.1116)]
    assert found.technical == 0.0558
    assert found.coverage.share == 0.69
    assert found.provisional
    nobody = assess(Situation([], KEPT, IDS, NOW))
    assert (nobody.hosts, nobody.gravity, nobody.coverage.share, nobody.provisional) == ((), "G3", 0, True)
    assert nobody.technical == round((2 * 0.3831 + 2 * 0.1673) / 4, 4), "what nobody looked at is no risk of zero"


def test_a_plan_counts_once_it_is_done() -> None:
    situation = Situation([BAD, GOOD], {**KEPT, "ORG-15": "gap"}, IDS, NOW)
    done = assess(situation.fixed({"DSK-02", "ORG-15"}))
    assert [(one.name, one.hazard) for one in done.hosts] == [("bad", 0.2231), ("good", 0.0)]
    assert done.organisational == 0
    nothing = assess(situation.fixed(()))
    assert nothing == assess(situation)


def worse(old: ScenarioRisk, new: ScenarioRisk) -> bool:
    ranks = [LEVELS.index(one.level) for one in (old, new)]
    return new.likelihood > old.likelihood or ranks[1] > ranks[0] or new.gravity > old.gravity


@settings(max_examples=40, deadline=None)
@given(situations, st.sets(st.sampled_from([*IDS, *CONTROLS])))
def test_a_fix_never_raises_it(situation: Situation, done: set[str]) -> None:
    assert not worse(assess(situation), assess(situation.fixed(done)))


@settings(max_examples=40, deadline=None)
@given(situations, st.sampled_from(sorted(IDS)))
def test_what_does_not_apply_any_more_never_raises_it(situation: Situation, check: str) -> None:
    """A service that is removed takes no host out of the mean."""
    gone = [
        host._replace(
            findings=tuple(finding(check, State.NOT_APPLICABLE) if one.check == check else one for one in host.findings)
        )
        for host in situation.hosts
    ]
    assert not worse(assess(situation), assess(situation._replace(hosts=gone)))


@settings(max_examples=40, deadline=None)
@given(situations)
def test_going_blind_never_lowers_it(situation: Situation) -> None:
    old = assess(situation)
    for place, host in enumerate(situation.hosts):
        silent = host._replace(findings=tuple(one.unseen() for one in host.findings))
        for blind in (silent, host._replace(gravity=""), host._replace(exposure="")):
            hosts = [*situation.hosts[:place], blind, *situation.hosts[place + 1 :]]
            assert not worse(assess(situation._replace(hosts=hosts)), old)
    for control in CONTROLS:
        for state in ("unknown", "missing"):
            blind_controls = {**situation.controls, control: state}
            assert not worse(assess(situation._replace(controls=blind_controls)), old)
    assert not worse(assess(situation._replace(controls={})), old)


@settings(max_examples=40, deadline=None)
@given(situations)
def test_the_printed_terms_give_the_printed_number(situation: Situation) -> None:
    found = assess(situation)
    shares = [sum((Decimal(f"{term.hazard:.4f}") for term in one.terms), Decimal(0)) for one in found.hosts]
    assert [f"{one:.4f}" for one in shares] == [f"{one.hazard:.4f}" for one in found.hosts]
    unasked = sum((Decimal(f"{term.hazard:.4f}") for term in found.unasked), Decimal(0))
    mean = sum(shares) / len(shares) if shares else Decimal(0)
    technical = half_up((mean + unasked) / numbers().divisor)
    organisational = sum(half_up(Decimal(f"{one.weight:.4f}") * Decimal(str(one.factor))) for one in found.controls)
    assert f"{technical:.4f}" == f"{found.technical:.4f}"
    assert f"{1 - exp(-float(technical + organisational)):.3f}" == f"{found.likelihood:.3f}"


def half_up(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def test_the_states_of_a_control_are_those_that_are_drawn() -> None:
    assert CONTROL_STATES == ("missing", "unknown", "gap", "waived", "kept")

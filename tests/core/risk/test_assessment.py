"""The whole assessment: the worst scenario first, and an acceptance that changes no computed value."""

from __future__ import annotations

from rempart_testing.risk import IDS, NOW, THEFT, finding, numbers

from rempart_core.model.result import State
from rempart_core.risk.assessment import Acceptance, Assessment, assess
from rempart_core.risk.host import HostFacts
from rempart_core.risk.scenario import Situation

GOOD = HostFacts("pc", "G1", "internal", tuple(finding(check) for check in sorted(IDS)), NOW)
BAD = GOOD._replace(name="web", gravity="G4", findings=(finding("FWL-01"), finding("DSK-01", State.FAIL, 0)))
OTHER = THEFT._replace(id="S2", checks=("FWL-01",), controls=())
ACCEPTED = Acceptance("S4", "acceptable", "insured", "p-001", "2026-11-01", "2026-12-31")


def make(*hosts: HostFacts, accepted: tuple[Acceptance, ...] = (), kept: str = "kept") -> Assessment:
    situation = Situation(hosts, dict.fromkeys(THEFT.controls, kept), IDS, NOW)
    return assess([OTHER, THEFT], situation, [], accepted, numbers())


def test_the_worst_scenario_is_first() -> None:
    assert [one.risk.scenario.id for one in make(GOOD, BAD).scenarios] == ["S4", "S2"]
    assert [one.risk.scenario.id for one in make(GOOD).scenarios] == ["S2", "S4"]


def test_an_acceptance_stands_beside_the_computed_value() -> None:
    old = ACCEPTED._replace(date="2026-01-01", until="2026-11-28")
    theft = make(BAD, accepted=(old, ACCEPTED)).scenarios[0]
    assert theft.risk.level == "unacceptable"
    assert [(one.acceptance.date, one.expired) for one in theft.accepted] == [
        ("2026-11-01", False),
        ("2026-01-01", True),
    ]
    assert make(BAD).scenarios[1].accepted == ()


def test_an_acceptance_that_lasts_longer_than_a_year_has_no_effect() -> None:
    year, longer = ACCEPTED._replace(until="2027-11-02"), ACCEPTED._replace(until="2999-01-01")
    theft = make(BAD, accepted=(year, longer)).scenarios[0]
    assert [one.expired for one in theft.accepted] == [False, True]


def test_it_is_complete_when_all_was_judged() -> None:
    assert make(GOOD).complete
    assert not make(GOOD, kept="missing").complete
    assert not make(GOOD._replace(findings=(finding("DSK-01", State.ERROR),))).complete
    assert not make().complete, "of no host nothing is known"

"""The risk of a host; the example is that of docs/risk.md, computed there by hand."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from math import exp, prod

import pytest
from hypothesis import given, settings
from rempart_testing.risk import IDS, NOW, finding, hosts, numbers

from rempart_core.model.check import Severity
from rempart_core.model.result import State
from rempart_core.risk.hazard import Finding
from rempart_core.risk.host import Coverage, HostFacts, HostRisk, area_of, assess_host
from rempart_core.risk.numbers import LEVELS

LAPTOP = HostFacts(
    "laptop-7",
    "G3",
    "internal",
    (
        finding("DSK-01", State.FAIL, 0),
        finding("LCK-01", State.FAIL, 0),
        finding("PAT-01", State.FAIL, 12),
        finding("FWL-01"),
    ),
)


def assess(facts: HostFacts) -> HostRisk:
    return assess_host(facts, NOW, numbers())


def change(facts: HostFacts, check: str, state: State) -> HostFacts:
    found = [finding(check, state) if one.check == check else one for one in facts.findings]
    return facts._replace(findings=tuple(found))


def test_the_example_by_hand() -> None:
    found = assess(LAPTOP)
    assert [(term.finding.check, term.hazard) for term in found.terms] == [
        ("PAT-01", 0.7662),
        ("DSK-01", 0.5108),
        ("LCK-01", 0.2231),
    ]
    assert found.hazard == 1.5001
    assert (found.posture, found.likelihood, found.risk) == (22.3, 0.777, 58.3)
    assert (found.level, found.gate) == ("unacceptable", ("DSK-01", "PAT-01"))


def test_an_open_critical_finding_is_unacceptable_whatever_the_number() -> None:
    fixed = change(change(LAPTOP, "LCK-01", State.PASS), "PAT-01", State.PASS)
    found = assess(fixed)
    assert (found.posture, found.likelihood, found.risk) == (60.0, 0.4, 30.0)
    assert numbers().judge("G3", found.likelihood) == "tolerable"
    assert found.level == "unacceptable"
    assert assess(fixed._replace(gravity="G2")).level == "acceptable"
    silent = fixed._replace(findings=tuple(one.unseen() for one in fixed.findings))
    assert assess(silent).gate == ("DSK-01",), "it was open when it was seen last"


def test_a_host_of_which_nobody_said_how_much_depends_on_it_counts_as_the_worst() -> None:
    found = assess(LAPTOP._replace(gravity="", exposure=""))
    assert (found.gravity, found.impact, found.exposure) == ("G4", 1.0, "internet")
    assert found.facts.gravity == ""


def test_one_area_takes_no_more_than_the_cap() -> None:
    many = tuple(Finding(f"DSK-{n:02}", Severity.CRITICAL, State.FAIL, failing_since=NOW) for n in range(9))
    (area,) = assess(LAPTOP._replace(findings=many)).areas
    assert (area.name, area.total, area.counted) == ("DSK", 4.5972, 1.6)


def test_coverage_is_by_weight_and_rounded_down() -> None:
    found = assess(change(LAPTOP, "DSK-01", State.ERROR))
    assert found.coverage == Coverage(0.7541, 1.2649)
    assert found.coverage.share == 0.59
    assert assess(LAPTOP).coverage.share == 1
    assert Coverage(0.9999, 1.0).share == 0.99
    assert Coverage(0, 0).share == 0, "where nothing applies, nothing is covered"


@pytest.mark.parametrize(("check", "area"), [("DSK-01", "DSK"), ("ACME-CORP-1", "ACME-CORP"), ("odd", "odd")])
def test_the_area_is_in_the_id(check: str, area: str) -> None:
    assert area_of(check) == area


def worse(old: HostRisk, new: HostRisk) -> bool:
    ranks = [LEVELS.index(one.level) for one in (old, new)]
    return new.risk > old.risk or new.posture < old.posture or new.hazard > old.hazard or ranks[1] > ranks[0]


@settings(max_examples=40, deadline=None)
@given(hosts)
def test_a_fix_never_raises_a_risk(found: list[HostFacts]) -> None:
    for one in found:
        for check in IDS:
            for state in (State.PASS, State.NOT_APPLICABLE):
                assert not worse(assess(one), assess(change(one, check, state)))


@settings(max_examples=40, deadline=None)
@given(hosts)
def test_going_blind_never_lowers_a_risk(found: list[HostFacts]) -> None:
    for one in found:
        old = assess(one)
        for blind in one.findings:
            left = tuple(kept.unseen() if kept == blind else kept for kept in one.findings)
            assert not worse(assess(one._replace(findings=left)), old)
        assert not worse(assess(one._replace(gravity="")), old)
        assert not worse(assess(one._replace(exposure="")), old)


@settings(max_examples=40, deadline=None)
@given(hosts)
def test_the_printed_terms_give_the_printed_number(found: list[HostFacts]) -> None:
    """Whoever multiplies, adds and caps what stands on the page arrives at what stands below it."""
    for one in map(assess, found):
        total = Decimal(0)
        for area in one.areas:
            products = []
            for term in area.terms:
                factors = [f"{term.weight:.4f}", f"{term.state:.2f}", f"{term.confidence:.2f}"]
                factors += [f"{term.age:.2f}", f"{term.exposure:.2f}"]
                products.append(half_up(prod(map(Decimal, factors)), "0.0001"))
            total += min(sum(products), Decimal(str(numbers().cap)))
        assert f"{total:.4f}" == f"{one.hazard:.4f}"
        assert f"{100 * exp(-float(total)):.1f}" == f"{one.posture:.1f}"
        likelihood = 1 - Decimal(f"{one.posture:.1f}") / 100
        assert f"{likelihood:.3f}" == f"{one.likelihood:.3f}"
        assert str(half_up(100 * likelihood * Decimal(str(one.impact)), "0.1")) == f"{one.risk:.1f}"


def half_up(value: Decimal, places: str) -> Decimal:
    return value.quantize(Decimal(places), ROUND_HALF_UP)

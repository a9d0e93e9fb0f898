"""The risk for a reader: what is printed adds up, in both languages, and speaks to no terminal."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from math import exp, prod

import pytest
from rempart_testing.risk import IDS, NOW, THEFT, finding, numbers
from rempart_testing.spaces import plain

from rempart_core.model.result import State
from rempart_core.risk.assessment import Acceptance, Assessment, assess
from rempart_core.risk.host import HostFacts
from rempart_core.risk.plan import Step
from rempart_core.risk.scenario import Situation
from rempart_reports.views.risk import RiskText, decimal, share

BAD = HostFacts(
    "web-1",
    "",
    "roaming",
    (
        finding("DSK-01", State.FAIL, 3),
        finding("DSK-02", State.ERROR),
        finding("LCK-01", State.FAIL, 40, waived=True),
        finding("PAT-01", State.NOT_CHECKED, 9),
        finding("PAT-02"),
    ),
    NOW,
)
GOOD = HostFacts("pc-7", "G1", "internal", tuple(finding(check) for check in sorted(IDS)), NOW)
STEPS = [
    Step("t-1", "S4", "DSK-01 ORG-14", "encrypt disks", "p-002", "2027-01-15"),
    Step("t-2", "S4", "LCK-01", "lock", "p-002", "2026-01-15"),
    Step("t-3", "S4", "PAT-01", "patch", "p-002", "2026-01-15", "2026-01-10"),
]
ACCEPTED = [
    Acceptance("S4", "tolerable", "insured\x1b[2J", "p-001", "2026-11-01", "2026-12-31"),
    Acceptance("S4", "acceptable", "old", "p-001", "2025-11-01", "2026-01-31"),
]


def make(*hosts: HostFacts) -> Assessment:
    situation = Situation(hosts, {"ORG-14": "gap"}, IDS, NOW)
    return assess([THEFT], situation, STEPS, ACCEPTED, numbers())


def lines(language: str = "en", *hosts: HostFacts) -> str:
    return plain("\n".join(RiskText(make(*(hosts or (BAD, GOOD))), language).show()))


def test_the_whole_in_english() -> None:
    text = lines()
    for part in (
        "Risk on 2026-11-30 00:53 UTC, 2 hosts",
        "The audit is incomplete: 3 results without a verdict",
        "No criticality stated, counted as G4: web-1",
        "provisional: coverage 75%, less than 80%",
        "S4 stolen",
        "unacceptable: gravity G4",
        "Unacceptable whatever the number: a critical finding is open where much depends on it: DSK-01, PAT-01",
        "Accepted as tolerable with a plan until 31 December 2026 by p-001 on 1 November 2026: insured",
        "(computed value: unacceptable)",
        "Acceptance expired or longer than allowed (acceptable until 31 January 2026, by p-001): it has no effect",
        "t-1: encrypt disks; owner p-002, due 15 January 2027; DSK-01, ORG-14; planned",
        "t-2: lock; owner p-002, due 15 January 2026; LCK-01; overdue, not counted",
        "said to be done, but still open: PAT-01",
        "Without a plan: PAT-01, ORG-15, DSK-02, LCK-01",
        "ORG-14: a gap was found, 0.1625 × 1.00 = 0.1625",
        "ORG-15: never audited",
        "If the plan is done: unacceptable",
    ):
        assert part in text, part
    assert "\x1b" not in text


def test_the_whole_in_french_has_no_english_and_its_own_numbers() -> None:
    text = lines("fr")
    for part in (
        "L’audit est incomplet : 3 résultats sans verdict",
        "inacceptable : gravité G4",
        "provisoire : couverture 75 %",
        "0,1625 × 1,00 = 0,1625",
        "S4 volé",
        "échéance 15 janvier 2027",
        "valeur calculée : inacceptable",
    ):
        assert part in text, part
    assert not re.search(r"\b(the|host|unacceptable|likelihood|due|of)\b", text)
    assert not re.search(r"\d\.\d", text)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_claims_conformity(language: str) -> None:
    assert not re.search(r"\b(compliant|compliance|conformes?|(?<!non-)conformité)\b", lines(language), re.IGNORECASE)


def numbers_of(text: str, pattern: str) -> list[Decimal]:
    found = re.search(pattern, text)
    assert found, pattern
    return [Decimal(one) for one in found.groups()]


def test_what_a_scenario_prints_gives_what_it_prints() -> None:
    """From the page alone: the products, their sum, its share of hosts, the controls, the likelihood."""
    found = make(BAD, GOOD)
    text = plain("\n".join(RiskText(found, "en").explain(found.scenarios[0])))
    products = []
    for line in text.splitlines():
        if " × " in line and re.match(r"\s+[A-Z]{3}-\d\d  .* = ", line):
            *factors, product = re.findall(r"\d\.\d+", line)
            expected = prod(map(Decimal, factors)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
            assert expected == Decimal(product), line
            products.append(expected)
    assert len(products) == 4
    pattern = r"Checks: (\S+) = \((\S+) ÷ (\d+) hosts \+ (\S+)\) ÷ (\d+)"
    technical, total, hosts, unasked, divisor = numbers_of(text, pattern)
    assert sum(products) == total
    assert ((total / hosts + unasked) / divisor).quantize(Decimal("0.0001"), ROUND_HALF_UP) == technical
    controls = [Decimal(one) for one in re.findall(r"ORG-\d\d: .* = (\S+)", text)]
    likelihood, first, second = numbers_of(text, r"Likelihood (\S+) = 1 − e\^−\((\S+) \+ (\S+)\), class")
    assert (first, second) == (technical, sum(controls))
    assert f"{1 - exp(-float(first + second)):.3f}" == str(likelihood)
    left, first, second = numbers_of(text, r"  likelihood (\S+) = 1 − e\^−\((\S+) \+ (\S+)\)")
    assert f"{1 - exp(-float(first + second)):.3f}" == str(left)


def test_what_a_host_prints_gives_what_it_prints() -> None:
    found = make(BAD, GOOD)
    assert found.fleet is not None
    text = plain("\n".join(RiskText(found, "en").explain_host(found.fleet.hosts[0])))
    areas = [Decimal(one) for one in re.findall(r"^[A-Z]{3}: (\S+)$", text, re.MULTILINE)]
    pattern = r"posture (\S+) = 100 × e\^−(\S+); risk (\S+) = 100 × (\S+) × (\S+)"
    posture, hazard, risk, likelihood, impact = numbers_of(text, pattern)
    assert sum(areas) == hazard
    assert f"{100 * exp(-float(hazard)):.1f}" == str(posture)
    assert (1 - posture / 100, (100 * likelihood * impact).quantize(Decimal("0.1"), ROUND_HALF_UP)) == (
        likelihood,
        risk,
    )


def test_a_capped_area_says_so() -> None:
    many = BAD._replace(exposure="internet", findings=tuple(finding("DSK-01", State.FAIL, 9) for _ in range(3)))
    found = make(many)
    assert found.fleet is not None
    assert "DSK: 3.4479, counted as 1.6000 (cap)" in "\n".join(RiskText(found, "en").explain_host(found.fleet.hosts[0]))


def test_many_hosts_are_cut_and_counted() -> None:
    text = lines("en", *(BAD._replace(name=f"web-{n:02}") for n in range(12)))
    assert "… and 2 more" in text
    assert "… and 7 hosts more; --explain S4 shows all" in text


def test_a_scenario_that_nobody_asks_anything_of() -> None:
    text = lines("en", GOOD._replace(findings=(finding("FWL-01"),)))
    assert "No host was asked any of its checks" in text
    assert (
        "Nothing asks these checks, counted as without a verdict: DSK-01 0.3831, PAT-01 0.3831, DSK-02 0.1673" in text
    )


def test_numbers_as_each_language_writes_them() -> None:
    assert (decimal(1.5, 2, "en"), decimal(1.5, 2, "fr")) == ("1.50", "1,50")
    assert (share(0.29, "en"), plain(share(0.29, "fr"))) == ("29%", "29 %")


def test_a_scenario_says_whose_criticality_is_assumed() -> None:
    found = make(BAD._replace(gravity=""))
    text = plain("\n".join(RiskText(found, "en").explain(found.scenarios[0])))
    assert f"No criticality stated, counted as G4: {BAD.name}" in text
    assert f"Host {BAD.name}, gravity G4?, sum " in text
    found = make(BAD._replace(gravity="G3"))
    text = plain("\n".join(RiskText(found, "en").explain(found.scenarios[0])))
    assert "No criticality stated" not in text
    assert "?, sum" not in text

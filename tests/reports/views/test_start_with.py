"""Where to start: severity and hosts against disruption."""

from __future__ import annotations

from collections.abc import Callable

from rempart_core.model.check import Remediation, Severity
from rempart_core.model.result import AppliedWaiver, Result, State
from rempart_core.text import NOTHING
from rempart_reports.views.start_with import FirstFix, choose_fixes, choose_of_results

MakeResult = Callable[..., Result]


def fix(check: str, severity: Severity, disruption: str, hosts: int = 1) -> FirstFix:
    return FirstFix(check, NOTHING, severity, disruption, hosts)


def test_a_cheap_fix_comes_before_a_worse_finding_that_costs_much() -> None:
    dear, cheap = fix("A-01", Severity.CRITICAL, "manual"), fix("B-01", Severity.HIGH, "none")
    assert choose_fixes([dear, cheap]) == [cheap, dear]


def test_many_hosts_count_and_three_are_named() -> None:
    everywhere = fix("C-01", Severity.LOW, "none", hosts=100)
    others = [fix(f"A-0{n}", Severity.CRITICAL, "service") for n in range(4)]
    assert [one.check for one in choose_fixes([*others, everywhere])] == ["C-01", "A-00", "A-01"]


def test_equals_go_by_severity_then_id_and_an_unknown_disruption_costs_most() -> None:
    found = [
        fix("B-01", Severity.HIGH, "none"),
        fix("A-02", Severity.CRITICAL, "service"),
        fix("A-01", Severity.CRITICAL, "service"),
        fix("Z-01", Severity.CRITICAL, "new"),
    ]
    assert [one.check for one in choose_fixes(found, 4)] == ["A-01", "A-02", "B-01", "Z-01"]


def test_only_open_findings_are_fixed_first(make_result: MakeResult) -> None:
    fix = Remediation("role", "none", NOTHING)
    results = [
        make_result(check="A-01", remediation=fix),
        make_result(check="A-02", remediation=fix, state=State.PASS),
        make_result(check="A-03", remediation=fix, waiver=AppliedWaiver("because", "me", "2099-01-01")),
        make_result(check="A-04", remediation=fix, known=True),
        make_result(check="A-05", remediation=fix, state=State.ERROR),
        make_result(check="A-06", remediation=fix, severity=Severity.INFO),
    ]
    assert [one.check for one in choose_of_results(results)] == ["A-01"]

"""Preconditions are sound checks: each is needed, knows what it must, and never holds where nothing was seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.own_checks import own_checks

from rempart_agent.quality.case import judge
from rempart_agent.quality.lint import file_of, lint, run_cases
from rempart_controller.remediation.planning.precondition import TOLD, lend
from rempart_core.content.casefile import locate_cases, read_cases
from rempart_core.content.fixfile import read_fixes
from rempart_core.model.check import Check
from rempart_core.model.result import State
from rempart_core.model.selection import Selected

HERE = Path(__file__).resolve().parents[2]
FOLDER = str(HERE / "playbooks/preconditions")
PRECONDITIONS = own_checks(FOLDER)
CHECKS = {check.id: check for check in (*own_checks(), *PRECONDITIONS)}
FIXES = read_fixes(str(HERE / "playbooks"))
each = pytest.mark.parametrize("check", PRECONDITIONS, ids=lambda check: check.id)


@each
def test_a_precondition_holds_to_the_rules_of_checks_and_its_cases_come_out(check: Check) -> None:
    mistakes = lint([check], [FOLDER])
    assert [one for one in mistakes if "lie beside no check" not in str(one.message)] == []
    outcomes = dict(run_cases(check, locate_cases(file_of(check, [FOLDER]))))
    assert {name: wrong for name, wrong in outcomes.items() if wrong} == {}


@each
def test_a_precondition_is_needed_by_a_fix(check: Check) -> None:
    assert [fix.check for fix in FIXES.values() if check.id in fix.needs]
    assert check.remediation.role in {fix.role for fix in FIXES.values() if check.id in fix.needs}


@each
def test_a_precondition_takes_each_value_from_one_check_alone(check: Check) -> None:
    """Of two checks with values of their own it could go by one only, and the other's fix would be judged by it."""
    needing = [fix for fix in FIXES.values() if check.id in fix.needs]
    for name, parameter in check.parameters.items():
        owners = {one for fix in needing for one in (fix.check, *fix.values) if name in CHECKS[one].parameters}
        if name in TOLD:
            assert not owners, f"{check.id}.{name} is told by the inventory, and a check has a parameter of that name"
            continue
        assert len(owners) == 1, f"{check.id}.{name} is a parameter of {sorted(owners) or 'no check'}"
        (owner,) = owners
        assert lend(FIXES, list(CHECKS.values()))[check.id][name] == owner
        lent = CHECKS[owner].parameters[name]
        alike = ("type", "of", "columns", "min", "max")
        assert [getattr(parameter, one) for one in alike] == [getattr(lent, one) for one in alike]
        for fix in needing:
            assert owner in (fix.check, *fix.values), f"{fix.check} needs {check.id}, and does not read {owner}"


@each
def test_a_precondition_does_not_hold_where_nothing_was_seen(check: Check) -> None:
    """Neither with the values that checks have by themselves, nor with those of any of its cases."""
    lent = lend(FIXES, list(CHECKS.values())).get(check.id, {})
    usual = {
        name: CHECKS[lent[name]].parameters[name].default if name in lent else parameter.default
        for name, parameter in check.parameters.items()
    }
    values = [usual, *(case.parameters for case in read_cases(locate_cases(file_of(check, [FOLDER])), check))]
    for given in values:
        found = judge(Selected(check, check.severity, given), "linux", {}, live=True, privileged=True)
        assert found.state is State.ERROR, given
        found = judge(Selected(check, check.severity, given), "linux", {}, live=True, privileged=False)
        assert found.state in {State.ERROR, State.NOT_CHECKED}, given

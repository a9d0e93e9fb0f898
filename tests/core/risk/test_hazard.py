"""The hazard of one check on one host."""

from __future__ import annotations

import pytest
from rempart_testing.risk import DAY, NOW, finding, numbers

from rempart_core.model.result import State
from rempart_core.risk.hazard import Finding, make_term


def hazard(one: Finding, exposure: str = "internal") -> float:
    return make_term(one, exposure, NOW, numbers()).hazard


def test_each_factor_counts() -> None:
    new = finding("DSK-01", State.FAIL, 0)
    assert hazard(new) == 0.5108
    assert hazard(new, "isolated") == 0.2554
    assert hazard(new, "internet") == 0.7662
    assert hazard(new._replace(waived=True)) == 0.1277
    assert hazard(new._replace(fallback=True)) == 0.2554
    assert hazard(finding("DSK-01", State.FAIL, 7)) == hazard(finding("DSK-01", State.FAIL, 300)) == 0.7662
    assert hazard(finding("LCK-01", State.FAIL, 15)) == round(0.2231 * 1.25, 4)


@pytest.mark.parametrize("state", [State.PASS, State.NOT_APPLICABLE])
def test_what_is_right_or_does_not_apply_counts_nothing(state: State) -> None:
    assert hazard(finding("DSK-01", state)) == 0


@pytest.mark.parametrize("state", [State.ERROR, State.NOT_CHECKED])
def test_no_verdict_counts_half_but_in_full_where_the_last_one_was_a_failure(state: State) -> None:
    assert hazard(finding("DSK-01", state)) == 0.2554
    assert hazard(finding("DSK-01", state, 3)) == hazard(finding("DSK-01", State.FAIL, 3))
    assert finding("DSK-01", state, 3).open
    assert not finding("DSK-01", state).open


def test_a_clock_that_is_behind_makes_no_finding_younger_than_new() -> None:
    future = finding("DSK-01", State.FAIL)._replace(failing_since=NOW + 9 * DAY)
    assert make_term(future, "internal", NOW, numbers())[4:] == (1.0, 1.0, 0)


def test_what_is_fixed_or_unseen_keeps_nothing_that_speaks_for_it() -> None:
    waived = finding("DSK-01", State.FAIL, 3, waived=True, fallback=True)
    assert waived.fixed() == finding("DSK-01")
    assert waived.unseen() == finding("DSK-01", State.NOT_CHECKED, 3)
    assert waived.unseen().cause == "failed_last"

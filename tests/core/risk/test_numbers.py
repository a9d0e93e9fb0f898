"""The weights: what a likelihood and a gravity come to."""

from __future__ import annotations

import pytest
from rempart_testing.risk import numbers

from rempart_core.model.check import Severity
from rempart_core.risk.numbers import hazard_of, rounded


@pytest.mark.parametrize(
    ("likelihood", "found"),
    [(0, "V1"), (0.199, "V1"), (0.2, "V2"), (0.449, "V2"), (0.45, "V3"), (0.749, "V3"), (0.75, "V4"), (1, "V4")],
)
def test_a_class_begins_at_its_bound(likelihood: float, found: str) -> None:
    assert numbers().classify(likelihood) == found


def test_a_failed_check_multiplies_the_posture_by_what_is_left_of_its_chance() -> None:
    """0.6, 0.8, 0.92, 0.98 of the score stay; an information takes nothing."""
    weights = [numbers().weigh(severity) for severity in Severity]
    assert weights == [0.5108, 0.2231, 0.0834, 0.0202, 0.0]


def test_no_chance_is_no_hazard() -> None:
    assert str(hazard_of(0)) == "0.0"


def test_the_same_likelihood_is_worse_where_more_depends_on_it() -> None:
    assert [numbers().judge(gravity, 0.5) for gravity in ("G1", "G2", "G3", "G4")] == [
        "acceptable",
        "tolerable",
        "tolerable",
        "unacceptable",
    ]


def test_halves_are_rounded_up_as_by_hand() -> None:
    """In binary 40.2 × 0.25 is a little less than 10.05."""
    assert rounded(100 * 0.402 * 0.25, 1) == 10.1

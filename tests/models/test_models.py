"""Each model against its real program: the cases that were kept, then a few random ones of a fixed seed.

``make models`` tries ten thousand. Their number is fixed here: how fast a machine is decides nothing.
"""

from __future__ import annotations

import os

import pytest
from rempart_testing.models import complaints, judge_one, kept, load, missing, names, run

pytestmark = pytest.mark.early

CASES = 60


@pytest.mark.models
@pytest.mark.parametrize("name", names())
def test_model_agrees_with_the_real_program(name: str) -> None:
    trial = load(name)
    why = missing(trial)
    if why and os.environ.get("CI") and os.geteuid() == 0:
        pytest.fail(why)
    if why:
        pytest.skip(why)
    with trial.start() as oracle:
        for _, case in kept(name):
            judge_one(trial, oracle, case)
        tally = run(trial, oracle, cases=min(CASES, trial.full), random_seed=7)
    assert tally.cases
    assert not complaints(trial, tally)

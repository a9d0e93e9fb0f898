"""Targets that gave no answer."""

from __future__ import annotations

from rempart_testing.run import make_result, make_run, silent

from rempart_core.model.result import State
from rempart_core.model.unheard import unheard


def test_only_a_target_of_which_nothing_was_judged_is_unheard() -> None:
    run = silent("a", 5, ["A-01", "A-02"])
    assert unheard(run) == run.results[0]
    assert unheard(run._replace(results=[*run.results, make_result("A-03", State.PASS)])) is None
    assert unheard(make_run("a", 5, [])) is None

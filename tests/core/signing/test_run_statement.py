"""What a run says of its image: nothing is called passed that was not, and FAILED is what a pipeline stops at."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rempart_testing.attested import SUBJECT, WAIVER, all_kinds, run_of
from rempart_testing.run import make_result

from rempart_core.model import gate
from rempart_core.model.check import Severity
from rempart_core.model.result import FAILURES, UNJUDGED, Result, State
from rempart_core.signing.run_statement import state_run


def test_each_kind_of_result_stands_in_its_list() -> None:
    said = state_run(all_kinds(), Severity.MEDIUM, [SUBJECT])
    assert said.passed == ("AAA-01",)
    assert said.warned == ("AAA-02", "AAA-03", "AAA-09", "AAA-10", "AAA-11")
    assert said.failed == ("AAA-04", "AAA-05", "AAA-06")
    assert said.not_tested == ("AAA-07", "AAA-08")
    assert said.not_judged == ("AAA-05", "AAA-06", "AAA-10", "AAA-11")
    assert said.waived == ("AAA-02",)
    assert said.result == "FAILED"


def test_the_threshold_decides_what_counts() -> None:
    said = state_run(all_kinds(), Severity.LOW, [SUBJECT])
    assert said.warned == ("AAA-02", "AAA-09")
    assert said.failed == ("AAA-03", "AAA-04", "AAA-05", "AAA-06", "AAA-10", "AAA-11")


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([make_result("AAA-01")], "PASSED"),
        ([make_result("AAA-01"), make_result("AAA-02", State.FAIL, ["x"], waiver=WAIVER)], "WARNED"),
        ([make_result("AAA-01"), make_result("AAA-02", State.NOT_APPLICABLE)], "PASSED"),
        ([make_result("AAA-02", State.FAIL, ["x"], waiver=WAIVER)], "FAILED"),  # nothing passed
        ([make_result("AAA-02", State.NOT_APPLICABLE)], "FAILED"),
        ([], "FAILED"),
    ],
)
def test_the_result_is_that_of_its_lists(results: list[Result], expected: str) -> None:
    assert state_run(run_of(results), Severity.LOW, [SUBJECT]).result == expected


def test_parameters_and_waivers_have_digests_that_change_with_them() -> None:
    plain = run_of([make_result("AAA-01"), make_result("AAA-02", State.FAIL, ["x"])])
    other = run_of([make_result("AAA-01", parameters={"least": 3}), plain.results[1]._replace(waiver=WAIVER)])
    one, two = (state_run(run, Severity.LOW, [SUBJECT]).configuration for run in (plain, other))
    assert one.content == two.content == "ab" * 32
    assert one.parameters != two.parameters
    assert one.waivers != two.waivers


_RESULTS = st.builds(
    lambda state, severity, failure, known, waived: make_result(
        "",
        state,
        ["x"] if state is State.FAIL else [],
        severity=severity,
        failure=failure if state in {State.ERROR, State.NOT_CHECKED} else "",
        known=known and state is State.FAIL,
        waiver=WAIVER if waived and state is State.FAIL else None,
    ),
    st.sampled_from(State),
    st.sampled_from(Severity),
    st.sampled_from([*FAILURES, *UNJUDGED]),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(results=st.lists(_RESULTS, max_size=6), threshold=st.sampled_from(Severity))
def test_it_is_failed_wherever_the_audit_ends_with_findings_or_incomplete(
    results: list[Result], threshold: Severity
) -> None:
    run = run_of([one._replace(check=f"AAA-{number:02}") for number, one in enumerate(results)])
    said = state_run(run, threshold, [SUBJECT])
    good = gate.exit_status(run, threshold) == 0 and any(one.state is State.PASS for one in run.results)
    assert (said.result != "FAILED") == good
    assert sorted([*said.passed, *said.warned, *said.failed, *said.not_tested]) == [one.check for one in run.results]
    assert set(said.passed) == {one.check for one in run.results if one.state is State.PASS}

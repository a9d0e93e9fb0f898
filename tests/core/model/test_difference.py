"""What got worse, better, appeared or can't be seen any more, and what a baseline knows already."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from rempart_core.model.check import Severity
from rempart_core.model.difference import Difference, Move, apply_baseline, compare
from rempart_core.model.result import AppliedWaiver, EngineIdentity, Evidence, Result, Run, State, TargetIdentity
from rempart_core.text import Text

MakeResult = Callable[..., Result]
PASS, FAIL, ERROR, NOT_APPLICABLE, NOT_CHECKED = State


def run_of(*results: Result, **fields: Any) -> Run:
    plain = Run(
        target=TargetIdentity("host", machine_id="x"),
        engine=EngineIdentity("embedded", "1", "root", privileged=True),
        role="server",
        profile="server",
        started="2026-11-25T13:00:00Z",
        ended="2026-11-25T13:00:01Z",
        results=list(results),
    )
    return plain._replace(**fields)


def lists_of(difference: Difference) -> dict[str, list[str]]:
    """Return the ids in each list that holds some."""
    lists = {name: [move.check for move in getattr(difference, name)] for name in Difference._fields[:7]}
    return {name: ids for name, ids in lists.items() if ids}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (PASS, FAIL, "worse"),
        (ERROR, FAIL, "worse"),
        (NOT_APPLICABLE, FAIL, "worse"),
        (NOT_CHECKED, FAIL, "worse"),
        (PASS, ERROR, "unseen"),
        (PASS, NOT_CHECKED, "unseen"),
        (FAIL, ERROR, "unseen"),
        (FAIL, NOT_CHECKED, "unseen"),
        (NOT_APPLICABLE, ERROR, "unseen"),
        (NOT_APPLICABLE, NOT_CHECKED, "unseen"),
        (FAIL, PASS, "better"),
        (FAIL, NOT_APPLICABLE, "better"),
        (ERROR, PASS, "better"),
        (NOT_CHECKED, PASS, "better"),
        (ERROR, NOT_APPLICABLE, "better"),
        (NOT_CHECKED, NOT_APPLICABLE, "better"),
        (PASS, NOT_APPLICABLE, "changed"),
        (NOT_APPLICABLE, PASS, "changed"),
        (ERROR, NOT_CHECKED, "changed"),
        (NOT_CHECKED, ERROR, "changed"),
    ],
)
def test_each_change_of_state_stands_in_its_list(result_of: MakeResult, old: State, new: State, expected: str) -> None:
    found = compare(run_of(result_of("DSK-01", old)), run_of(result_of("DSK-01", new)))
    assert lists_of(found) == {expected: ["DSK-01"]}
    assert found.same == 0


def test_no_check_is_lost_whatever_the_states(result_of: MakeResult) -> None:
    for old, new in product(State, State):
        found = compare(run_of(result_of("A-01", old)), run_of(result_of("A-01", new)))
        assert found.same + sum(len(ids) for ids in lists_of(found).values()) == 1
        assert found.same == (old is new)


def test_checks_that_only_one_run_has(result_of: MakeResult) -> None:
    found = compare(run_of(result_of("DSK-01", FAIL)), run_of(result_of("DSK-02", PASS)))
    assert lists_of(found) == {"appeared": ["DSK-02"], "disappeared": ["DSK-01"]}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a", "a", []),
        ("a", "ab", [("worse", ("b",), ())]),
        ("ab", "a", [("better", (), ("b",))]),
        ("ab", "ac", [("changed", ("c",), ("b",))]),
    ],
)
def test_the_items_of_a_finding_are_compared(
    result_of: MakeResult, old: str, new: str, expected: list[tuple[str, tuple[str, ...], tuple[str, ...]]]
) -> None:
    found = compare(run_of(result_of("A-01", FAIL, tuple(old))), run_of(result_of("A-01", FAIL, tuple(new))))
    moves: list[tuple[str, Move]] = [(name, move) for name in lists_of(found) for move in getattr(found, name)]
    assert [(name, move.appeared, move.gone) for name, move in moves] == expected


def test_items_that_are_not_all_known_are_not_guessed(result_of: MakeResult) -> None:
    old = result_of("A-01", FAIL, ("a",), evidence=Evidence([{"item": "a", "ok": "0"}], 60, 0, 0))
    new = result_of("A-01", FAIL, ("b",), evidence=Evidence([{"item": "b", "ok": "0"}], 61, 0, 0))
    found = compare(run_of(old), run_of(new))
    assert lists_of(found) == {"changed": ["A-01"]}
    assert (found.changed[0].appeared, found.changed[0].gone) == ((), ())


def test_regressions_come_first_then_the_worst(result_of: MakeResult) -> None:
    old = run_of(
        result_of("A-01", ERROR), result_of("A-02", PASS), result_of("A-03", PASS), result_of("A-04", FAIL, ("a",))
    )
    new = run_of(
        result_of("A-01", FAIL, severity=Severity.CRITICAL),
        result_of("A-02", FAIL, severity=Severity.LOW),
        result_of("A-03", FAIL, severity=Severity.HIGH),
        result_of("A-04", FAIL, ("a", "b"), severity=Severity.CRITICAL),
    )
    found = compare(old, new)
    assert [move.check for move in found.worse] == ["A-03", "A-02", "A-01", "A-04"]
    assert [move.regression for move in found.worse] == [True, True, False, False]


def test_waivers_that_come_and_go_are_told_beside_the_state(result_of: MakeResult) -> None:
    waiver = AppliedWaiver("why", "who", "2026-12-31 UTC")
    plain, waived = result_of("A-01", FAIL, ("a",)), result_of("A-01", FAIL, ("a",), waiver=waiver)
    expired = plain._replace(expired_waivers=(waiver._replace(expired=True),))
    assert lists_of(compare(run_of(plain), run_of(waived))) == {"waivers": ["A-01"]}
    assert lists_of(compare(run_of(waived), run_of(expired))) == {"waivers": ["A-01"]}
    assert lists_of(compare(run_of(waived), run_of(waived))) == {}
    assert lists_of(compare(run_of(waived), run_of(result_of("A-01", PASS)))) == {
        "better": ["A-01"],
        "waivers": ["A-01"],
    }


def test_what_makes_runs_hard_to_compare_is_said() -> None:
    plain = run_of()
    other = run_of(
        target=TargetIdentity("other", machine_id="y"),
        engine=EngineIdentity("embedded", "1", "nobody", privileged=False),
        profile="all",
        content="changed",
        started="2026-11-24T13:00:00Z",
    )
    assert compare(plain, plain._replace(target=TargetIdentity("renamed", machine_id="x"))).notes == ()
    assert [note.en for note in compare(plain, other).notes] == [
        "the two runs looked at different targets: host → other",
        "role or profile differ: server, server → server, all",
        "the newer run lacked privileges",
        "checks or their parameters differ",
        "the first run is the newer one",
    ]


def known(now: Result, before: Result) -> bool:
    return apply_baseline(run_of(now), run_of(before)).results[0].known


def test_a_finding_of_the_baseline_does_not_count(result_of: MakeResult) -> None:
    both, one = result_of("A-01", FAIL, ("a", "b")), result_of("A-01", FAIL, ("a",))
    assert known(both, both)
    assert known(one, both)
    found = apply_baseline(run_of(one), run_of(both, started="2026-11-01T00:00:00Z"))
    assert not found.results[0].open
    assert found.baseline == "2026-11-01T00:00:00Z host"
    assert found.notes == ()


def test_a_new_failing_item_counts_again(result_of: MakeResult) -> None:
    assert not known(result_of("A-01", FAIL, ("a", "b")), result_of("A-01", FAIL, ("a",)))


@pytest.mark.parametrize("state", [PASS, ERROR, NOT_APPLICABLE, NOT_CHECKED])
def test_only_a_finding_is_known_and_only_from_a_finding(result_of: MakeResult, state: State) -> None:
    finding = result_of("A-01", FAIL, ("a",))
    assert not known(finding, result_of("A-01", state))
    assert not known(result_of("A-01", state), finding)
    assert not known(finding, result_of("A-02", FAIL, ("a",)))


def test_a_finding_that_is_not_seen_whole_counts(result_of: MakeResult) -> None:
    whole = result_of("A-01", FAIL, ("a",))
    assert whole.evidence is not None
    cut = whole._replace(evidence=whole.evidence._replace(failing=51))
    undecided = whole._replace(evidence=whole.evidence._replace(undecided=1), incomplete=True)
    nameless = result_of("A-01", FAIL, ("",))
    for odd in (cut, undecided, nameless, whole._replace(evidence=None)):
        assert not known(odd, whole)
        assert not known(odd, odd)
        assert not known(whole, odd)


def test_a_baseline_of_another_target_is_said() -> None:
    other = run_of(target=TargetIdentity("other", machine_id="y"))
    assert [note.en for note in apply_baseline(run_of(), other).notes] == [
        "the baseline was made of another target: other"
    ]


@pytest.mark.parametrize("failure", ["silent", "interrupted"])
def test_the_first_answer_after_a_silence_is_not_what_got_worse(result_of: MakeResult, failure: str) -> None:
    ids = [f"A-{number:02}" for number in range(20)]
    silent = run_of(*(result_of(one, NOT_CHECKED)._replace(failure=failure) for one in ids))
    answers = run_of(*(result_of(one, FAIL, ("a",)) for one in ids))
    difference = compare(silent, answers)
    assert (difference.worse, len(difference.appeared)) == ((), 20)
    assert len(compare(answers, silent).unseen) == 20
    assert compare(silent, silent).same == 20


def test_a_run_that_was_interrupted_or_silent_is_said(result_of: MakeResult) -> None:
    whole = run_of(result_of("A-01", PASS))
    cut = whole._replace(unfinished=Text("stopped by SIGTERM", "arrêté par SIGTERM"))
    assert [note.en for note in compare(whole, cut).notes] == ["INTERRUPTED, the newer run: stopped by SIGTERM"]
    assert [note.fr for note in compare(cut, whole).notes] == [
        "INTERROMPU, le premier passage\u00a0: arrêté par SIGTERM"
    ]
    silent = run_of(result_of("A-01", NOT_CHECKED)._replace(failure="silent"))
    assert [note.en for note in compare(silent, whole).notes] == ["no answer in the older run"]

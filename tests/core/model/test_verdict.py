"""What answers come to, and that nothing passes that was not looked at."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rempart_core.messages.message import Message
from rempart_core.model.result import FAILURES, Answer, Failure, State
from rempart_core.model.verdict import Verdict, compare_live, compare_witness, judge_failure, judge_rows, see_part
from rempart_core.text import Text

COLUMNS = ("item", "observed", "expected", "ok")


def answer(*oks: Any) -> Answer:
    return Answer(COLUMNS, [(f"thing {n}", "seen", "wanted", ok) for n, ok in enumerate(oks)])


@pytest.mark.parametrize(
    ("oks", "state", "incomplete"),
    [
        (("1",), State.PASS, False),
        (("1", "1"), State.PASS, False),
        ((1,), State.PASS, False),
        (("0",), State.FAIL, False),
        (("1", "0"), State.FAIL, False),
        (("0", ""), State.FAIL, True),
        (("0", "2"), State.FAIL, True),
        (("0", None), State.FAIL, True),
        (("1", ""), State.ERROR, False),
        (("1", None), State.ERROR, False),
        (("",), State.ERROR, False),
        (("2",), State.ERROR, False),
        (("-1",), State.ERROR, False),
        (("1.0",), State.ERROR, False),
        (("yes",), State.ERROR, False),
        (("true",), State.ERROR, False),
        (("01",), State.ERROR, False),
        ((" 1",), State.ERROR, False),
    ],
)
def test_rows(oks: tuple[Any, ...], state: State, *, incomplete: bool) -> None:
    verdict = judge_rows(answer(*oks), "error")
    assert verdict.state is state
    assert verdict.incomplete is incomplete
    assert verdict.reason.en
    assert verdict.reason.fr


@pytest.mark.parametrize(
    ("when_empty", "state"),
    [("error", State.ERROR), ("not_applicable", State.NOT_APPLICABLE), ("not_checked", State.NOT_CHECKED)],
)
def test_no_rows_never_pass(when_empty: str, state: State) -> None:
    verdict = judge_rows(Answer(COLUMNS, []), when_empty)
    assert verdict.state is state
    assert verdict.reason.en == "nothing was examined"
    told = Text("nobody told the time", "personne n’a donné l’heure")
    assert judge_rows(Answer(COLUMNS, []), when_empty, empty_reason=told) == verdict._replace(reason=told)


def test_an_answer_without_its_columns_is_an_error() -> None:
    verdict = judge_rows(Answer(("item", "ok"), [("a", "1")]), "error")
    assert verdict.state is State.ERROR
    assert "observed" in verdict.reason.en


@pytest.mark.parametrize("kind", FAILURES)
def test_no_failure_passes_or_fails(kind: str) -> None:
    verdict = judge_failure(Failure(kind, "why"))
    nobody_looked = {"not_observable", "not_run", "not_kept", "unanswered"}
    assert verdict.state is (State.NOT_CHECKED if kind in nobody_looked else State.ERROR)
    assert verdict.failure == kind
    assert "why" in verdict.reason.en
    assert "why" in verdict.reason.fr


def test_what_needs_a_running_system_says_so() -> None:
    verdict = judge_failure(Failure("not_observable", "mounts needs a running system"))
    assert verdict.reason.en == "needs a running system"


@pytest.mark.parametrize(
    ("kind", "en", "fr"),
    [
        ("not_observable", "needs a running system", "demande un système en marche"),
        ("engine", "the engine failed", "le moteur a échoué"),
        ("not_kept", "nobody keeps it", "personne ne le tient"),
    ],
)
def test_a_failure_without_words_has_a_reason_still(kind: str, en: str, fr: str) -> None:
    assert judge_failure(Failure(kind, "")).reason == Text(en, fr)


def test_why_the_answer_of_a_statement_is_none_outranks_that_it_is_empty() -> None:
    assert judge_rows(Answer(COLUMNS, [], Failure("timeout", "")), "not_applicable").state is State.ERROR


@pytest.mark.parametrize(
    ("oks", "en", "fr"),
    [
        (("1",), "1 examined, all as expected", "1 examiné, tout est comme attendu"),
        (("1", "1"), "2 examined, all as expected", "2 examinés, tout est comme attendu"),
        (("1", "", "2"), "could not be decided: thing 1: seen", "n’a pas pu être décidé\u00a0: thing 1: seen"),
        (("1", "0"), "thing 1: seen (expected: wanted)", "thing 1: seen (attendu\u00a0: wanted)"),
        (
            ("1", "0", "0", "0"),
            "thing 1: seen (expected: wanted), and 2 more",
            "thing 1: seen (attendu\u00a0: wanted), et 2 de plus",
        ),
        (
            ("0", "", "0", None),
            "thing 0: seen (expected: wanted), and 1 more; 2 could not be decided",
            "thing 0: seen (attendu\u00a0: wanted), et 1 de plus\u202f; 2 indécis",
        ),
    ],
)
def test_the_reason_names_the_first_thing_and_counts_the_others(oks: tuple[Any, ...], en: str, fr: str) -> None:
    assert judge_rows(answer(*oks), "error").reason == Text(en, fr)


def test_what_shows_nothing_is_named_as_such() -> None:
    def one(ok: str) -> str:
        return judge_rows(Answer(COLUMNS, [("thing", None, "wanted", ok)]), "error").reason.en

    assert one("0") == "thing: ∅ (expected: wanted)"
    assert one("") == "could not be decided: thing: ?"


def test_a_row_that_does_not_fit_its_columns_is_no_verdict() -> None:
    with pytest.raises(ValueError, match="shorter"):
        judge_rows(Answer((*COLUMNS, "more"), [("thing", "seen", "wanted", "1")]), "error")


def test_evidence_keeps_failing_rows_first_with_true_counts() -> None:
    verdict = judge_rows(answer(*["1"] * 20, *["0"] * 70), "error")
    evidence = verdict.evidence
    assert evidence is not None
    assert (evidence.failing, evidence.passing, evidence.undecided) == (70, 20, 0)
    assert [row["ok"] for row in evidence.rows] == ["0"] * 50 + ["1"] * 5


@pytest.mark.parametrize(("failing", "kept"), [(0, 50), (3, 47), (49, 1), (50, 0), (70, 0)])
def test_evidence_keeps_what_could_not_be_decided_as_far_as_there_is_room(failing: int, kept: int) -> None:
    evidence = judge_rows(answer(*[None] * 60, *["0"] * failing), "error").evidence
    assert evidence is not None
    assert (evidence.failing, evidence.undecided) == (failing, 60)
    assert [row["ok"] for row in evidence.rows] == ["0"] * min(failing, 50) + [""] * kept


def test_evidence_of_a_pass_is_kept() -> None:
    evidence = judge_rows(answer("1"), "error").evidence
    assert evidence is not None
    assert evidence.rows == [{"item": "thing 0", "observed": "seen", "expected": "wanted", "ok": "1"}]


def test_a_fallback_that_sees_a_part_can_fail_and_cannot_pass() -> None:
    assert see_part(judge_rows(answer("1"), "error")).state is State.NOT_CHECKED
    assert see_part(judge_rows(answer("1"), "error")).reason.en == "seen only in part"
    assert see_part(judge_rows(answer("0"), "error")).state is State.FAIL


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("1", "1", State.PASS),
        ("0", "0", State.FAIL),
        ("1", "0", State.ERROR),
        ("0", "1", State.ERROR),
        ("", "0", State.ERROR),
        ("1", "", State.PASS),
        ("0", "", State.FAIL),
    ],
)
def test_witnesses(first: str, second: str, state: State) -> None:
    verdict = compare_witness(judge_rows(answer(first), "error"), judge_rows(answer(second), "error"))
    assert verdict.state is state


def test_witnesses_that_disagree_show_both_evidences() -> None:
    verdict = compare_witness(judge_rows(answer("1"), "error"), judge_rows(answer("0", "1"), "error"))
    assert verdict.reason.en.startswith("sources disagree")
    assert verdict.evidence is not None
    assert verdict.witness is not None
    assert (verdict.evidence.passing, verdict.witness.failing) == (1, 1)


def test_witnesses_that_agree_show_both_evidences_and_the_first_reason() -> None:
    for ok in ("1", "0"):
        first, second = judge_rows(answer(ok), "error"), judge_rows(answer(ok, ok), "error")
        assert compare_witness(first, second) == first._replace(witness=second.evidence)


def test_a_pass_says_that_its_witness_did_not_answer() -> None:
    first = judge_rows(answer("1"), "error")
    found = compare_witness(first, judge_failure(Failure("timeout", "")))
    assert found.state is State.PASS
    assert found.witness is None
    assert found.reason == Text(
        "1 examined, all as expected; the second witness did not answer (the deadline was reached)",
        "1 examiné, tout est comme attendu\u202f; le second témoin n’a pas répondu (le délai a été atteint)",
    )


def test_what_is_no_pass_is_not_changed_by_a_witness_that_measured_nothing() -> None:
    silent = judge_failure(Failure("timeout", ""))
    for first in (judge_rows(answer("0"), "error"), judge_rows(answer(""), "error"), silent):
        assert compare_witness(first, silent) == first


def test_an_error_stays_one_whatever_its_witness_saw() -> None:
    first = judge_failure(Failure("timeout", ""))
    for ok in ("1", "0"):
        found = compare_witness(first, judge_rows(answer(ok), "error"))
        assert (found.state, found.reason, found.failure) == (State.ERROR, first.reason, "timeout")


@given(st.lists(st.one_of(st.text(max_size=3), st.sampled_from(["0", "1", ""]), st.none(), st.integers())))
def test_a_pass_means_rows_and_all_of_them_one(oks: list[Any]) -> None:
    verdict = judge_rows(answer(*oks), "error")
    passes = bool(oks) and all(str(ok) == "1" for ok in oks)
    assert (verdict.state is State.PASS) == passes
    assert (verdict.state is State.FAIL) == any(str(ok) == "0" for ok in oks)


def test_a_failure_that_is_ours_is_told_in_both_languages_and_an_engines_words_as_they_are() -> None:
    ours = judge_failure(Failure.of("timeout", Message("engine.late", seconds="20")))
    assert ours.reason.en.endswith(": no answer within 20 s")
    assert ours.reason.fr.endswith("\u00a0: pas de réponse en 20 s")
    theirs = judge_failure(Failure.of("sql", 'near "FORM": syntax error'))
    assert theirs.reason.en.endswith('near "FORM": syntax error')
    assert theirs.reason.fr.endswith('«\u00a0near "FORM": syntax error\u00a0»')


REGISTER = judge_rows(Answer(COLUMNS, [("restore", "30 days", "90 days", "1")]), "error")
OLD = judge_rows(Answer(COLUMNS, [("restore", "100 days", "90 days", "0")]), "error")


def _live(*oks: str) -> Verdict:
    return judge_rows(Answer(COLUMNS, [("web-1", "backup", "success", ok) for ok in oks]), "not_checked", "cross_check")


def test_a_live_result_takes_a_pass_away_and_never_gives_one() -> None:
    assert compare_live(REGISTER, _live("1")).state is State.PASS
    contradicted = compare_live(REGISTER, _live("1", "0"))
    assert (contradicted.state, contradicted.failure) == (State.ERROR, "disagree")
    assert contradicted.reason.en.startswith("sources disagree: web-1")
    assert compare_live(OLD, _live("1")).state is State.FAIL
    assert compare_live(OLD, _live("0")).state is State.FAIL


@pytest.mark.parametrize(
    ("live", "state"),
    [
        (_live(), State.NOT_CHECKED),
        (_live("1", ""), State.NOT_CHECKED),
        (judge_failure(Failure("not_kept", "no results of machines")), State.NOT_CHECKED),
        (judge_failure(Failure("malformed", "a damaged record")), State.ERROR),
        (judge_failure(Failure("timeout", "")), State.ERROR),
    ],
)
def test_a_register_that_could_not_be_held_against_machines_does_not_pass(live: Verdict, state: State) -> None:
    found = compare_live(REGISTER, live)
    assert found.state is state
    assert found.failure
    assert compare_live(OLD, live).state is State.FAIL

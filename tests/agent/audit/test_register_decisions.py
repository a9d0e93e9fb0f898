"""What registers decide of the audit itself: a decision holds until its end and makes no pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.organisation import day, live_results, write_organisation

from rempart_agent.audit.organisation import audit
from rempart_agent.audit.request import Request
from rempart_core.model.result import Run, State

HEAD = f"as_of: {day(5)}\nby: p-001\nentries:\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_organisation(tmp_path / "registers")


def decide(folder: Path, **values: str) -> Run:
    row = {
        "control": "ORG-13",
        "decision": "not_applicable",
        "reason": "no site",
        "by": "p-001",
        "date": day(30),
    } | values
    text = ", ".join(f"{key}: {value}" for key, value in row.items() if value)
    (folder / "applicability.yaml").write_text(f"{HEAD}  - {{{text}}}\n")
    return audit(Request(globs=("ORG-13", "ORG-20")), str(folder), live_results())


def test_a_decision_in_force_takes_a_check_out_with_who_and_until_when(folder: Path) -> None:
    (folder / "physical.yaml").unlink()
    run = decide(folder, until=day(-30))
    result, other = run.results
    assert (result.state, result.failure, other.state) == (State.NOT_APPLICABLE, "", State.PASS)
    assert all(word in result.reason.en for word in ("p-001", day(-30), "applicability, line 4"))
    assert "no site" not in result.reason.en + result.reason.fr  # it may name somebody
    assert "sans objet" in result.reason.fr


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"until": day(3)}, "ended on"),
        ({"until": ""}, "no end"),
        ({"until": day(-30), "by": "p-999"}, "unknown_person"),
        ({"until": day(-30), "date": day(-2)}, "future_date"),
    ],
)
def test_a_decision_that_does_not_hold_is_an_error_and_no_pass(folder: Path, values: dict[str, str], told: str) -> None:
    result = decide(folder, **values).results[0]
    assert result.state is State.ERROR
    assert told in result.reason.en


def test_a_decision_that_another_contradicts_decides_nothing(folder: Path) -> None:
    row = f"control: ORG-13, reason: r, by: p-001, date: {day(30)}, until: {day(-30)}"
    for one, two in (("applicable", "not_applicable"), ("not_applicable", "applicable")):
        rows = "".join(f"  - {{{row}, decision: {said}}}\n" for said in (one, two))
        (folder / "applicability.yaml").write_text(HEAD + rows)
        run = audit(Request(globs=("ORG-13",)), str(folder), live_results())
        assert run.results[0].state is State.ERROR
        assert "duplicate_key" in run.results[0].reason.en


def test_what_applies_is_judged(folder: Path) -> None:
    assert decide(folder, decision="applicable").results[0].state is State.PASS


def test_decisions_with_a_mistake_count_for_nothing_and_the_run_says_so(folder: Path) -> None:
    run = decide(folder, until="soon")
    assert run.results[0].state is State.PASS
    assert any("applicability" in note.en for note in run.notes)


def test_entries_without_a_file_are_counted_apart(folder: Path) -> None:
    file = folder / "restores.yaml"
    text = file.read_text()
    file.write_text(text[: text.index("evidence:")] + "reference: ticket 17}\n")
    run = audit(Request(globs=("ORG-14",)), str(folder), live_results())
    assert run.results[0].state is State.PASS
    assert [note.en for note in run.notes] == ["1 entry proved by a statement without a file: restores 1"]

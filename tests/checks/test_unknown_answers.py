"""An unknown answer never passes: wherever an answer decides, its NULL does not come out as a pass."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.answers import ANSWERS
from rempart_testing.own_checks import own_checks

from rempart_agent.engines.sql.schema import columns
from rempart_agent.quality import case
from rempart_agent.quality.lint import file_of
from rempart_core.content.casefile import Case, locate_cases, read_cases
from rempart_core.model.result import Failure, State
from rempart_core.model.selection import Selected

FOLDER = str(Path(__file__).parents[2] / "checks")
CHECKS = {check.id: check for check in own_checks()}


def _places(one: Case) -> Iterator[tuple[str, int, str]]:
    """Yield each answer that a case gives: table, row, column."""
    for table, names in ANSWERS.items():
        rows = one.tables.get(table, ())
        if not isinstance(rows, Failure):
            yield from ((table, at, name) for at, row in enumerate(rows) for name in names if name in row)


CASES: dict[str, list[Case]] = {
    check.id: [one for one in read_cases(locate_cases(file_of(check, [FOLDER])), check) if any(_places(one))]
    for check in CHECKS.values()
}
ASKING = sorted(check for check, cases in CASES.items() if cases)


@pytest.fixture(scope="module")
def judged() -> Iterator[case.CaseJudge]:
    """What judges all the cases: statements are compiled once for all of them."""
    with case.CaseJudge() as judge:
        yield judge


def _state(judged: case.CaseJudge, check: str, one: Case, tables: Any) -> State:
    selected = Selected(CHECKS[check], CHECKS[check].severity, one.parameters)
    return judged.judge(selected, one.platform, tables, live=one.live, privileged=one.privileged).state


def _with(one: Case, place: tuple[str, int, str], value: int | None) -> Any:
    table, at, name = place
    tables = copy.deepcopy(one.tables)
    tables[table][at][name] = value  # type: ignore[index]
    return tables


def _decides(judged: case.CaseJudge, check: str, one: Case, place: tuple[str, int, str]) -> bool:
    """Tell whether a yes and a no in this place come to different verdicts."""
    return _state(judged, check, one, _with(one, place, 0)) is not _state(judged, check, one, _with(one, place, 1))


@pytest.mark.parametrize("check", ASKING)
def test_an_unknown_answer_that_decides_never_passes(judged: case.CaseJudge, check: str) -> None:
    decisive = [(one, place) for one in CASES[check] for place in _places(one) if _decides(judged, check, one, place)]
    assert decisive, "no case hangs on an answer: the test proves nothing"
    wrong = [
        f"{one.name}: {place}"
        for one, place in decisive
        if _state(judged, check, one, _with(one, place, None)) is State.PASS
    ]
    assert not wrong


@pytest.mark.parametrize("check", ASKING)
def test_a_case_whose_answers_are_all_unknown_never_passes(judged: case.CaseJudge, check: str) -> None:
    for one in CASES[check]:
        if any(_decides(judged, check, one, place) for place in _places(one)):
            tables = copy.deepcopy(one.tables)
            for table, at, name in _places(one):
                tables[table][at][name] = None  # type: ignore[index]
            assert _state(judged, check, one, tables) is not State.PASS, one.name


def test_every_table_that_is_listed_has_its_columns() -> None:
    for table, names in ANSWERS.items():
        assert {*names} <= {column.name for column in columns(table, "linux")}
    assert {"ACC-01", "ACC-03", "ACC-05", "ACC-07", "ACC-09", "ACC-10", "IMG-02"} <= {*ASKING}

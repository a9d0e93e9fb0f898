"""Cases are judged one after the other by one set of compiled statements, and none sees the rows of another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rempart_testing.check import write_check

from rempart_agent.quality.case import CaseJudge, judge, unknown_columns
from rempart_core.content.casefile import Rows
from rempart_core.content.checkfile import read_checks
from rempart_core.model.result import Answer, Failure, Result, State
from rempart_core.model.selection import Selected

ANNA = {"username": "anna", "uid": "1000", "shell": "/bin/sh"}


@pytest.fixture(scope="module")
def check(tmp_path_factory: pytest.TempPathFactory) -> Selected:
    """Return a check that an account makes pass, which reads its shell."""
    folder = tmp_path_factory.mktemp("checks")
    query = "SELECT username AS item, shell AS observed, :least AS expected, shell = '/bin/sh' AS ok FROM users"
    write_check(folder, 1, query)
    (one,) = read_checks([str(folder)])
    return Selected(one, one.severity, {"least": 1})


@pytest.fixture(scope="module")
def cases() -> Iterator[CaseJudge]:
    with CaseJudge() as judge:
        yield judge


def found(cases: CaseJudge, check: Selected, rows: list[dict[str, str]] | Failure) -> Result:
    return cases.judge(check, "linux", {"users": rows}, live=True, privileged=True)


def test_each_case_is_judged_by_its_own_rows(cases: CaseJudge, check: Selected) -> None:
    assert found(cases, check, [ANNA]).state is State.PASS
    other = found(cases, check, [{**ANNA, "username": "bert", "shell": "/bin/zsh"}])
    assert other.state is State.FAIL
    assert other.evidence is not None
    assert [row["item"] for row in other.evidence.rows] == ["bert"]
    assert found(cases, check, Failure("permission", "root alone may read it")).state is State.ERROR
    assert found(cases, check, [ANNA]).state is State.PASS
    assert cases.judge(check, "linux", {}, live=True, privileged=True).evidence != other.evidence


def test_a_table_that_lacks_a_column_is_no_table_of_the_next_case(cases: CaseJudge, check: Selected) -> None:
    lacking = Rows([{"username": "anna", "uid": "1000"}])
    lacking.lacks = ("shell",)
    for _ in range(2):
        assert found(cases, check, [ANNA]).state is State.PASS
        assert found(cases, check, lacking).state is State.ERROR


def test_who_asks_sees_the_answers_of_his_own_case(cases: CaseJudge, check: Selected) -> None:
    first: list[Answer] = []
    cases.judge(check, "linux", {"users": [ANNA]}, live=True, privileged=True, seen=first.append)
    found(cases, check, [])
    assert [list(map(list, answer.rows)) for answer in first] == [[["anna", "/bin/sh", "1", "1"]]]


def test_one_case_alone_is_judged_the_same(cases: CaseJudge, check: Selected) -> None:
    alone = judge(check, "linux", {"users": [ANNA]}, live=True, privileged=True)
    among = found(cases, check, [ANNA])
    assert (alone.state, alone.reason, alone.evidence) == (among.state, among.reason, among.evidence)


def test_what_no_schema_has_is_named() -> None:
    tables = {"users": [{"username": "anna", "nonsense": "1"}], "nowhere": [], "groups": Failure("error", "x")}
    assert unknown_columns("linux", tables) == ["users.nonsense", "nowhere"]


def test_path_of_the_schema_is_the_platform_s() -> None:
    assert unknown_columns("windows", {"registry": [{"key": "x"}]}) == []
    assert unknown_columns("linux", {"registry": [{"key": "x"}]}) == ["registry"]

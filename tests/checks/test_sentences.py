"""Each of our checks speaks both languages, and no host can choose what a check says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from rempart_testing.own_checks import own_checks

from rempart_agent.quality import case
from rempart_core.content.casefile import Case, locate_cases, read_cases
from rempart_core.content.place import content_root
from rempart_core.model.check import Check
from rempart_core.model.result import Answer
from rempart_core.model.selection import Selected
from rempart_core.model.sentence import LABEL, split_ids
from rempart_core.model.verdict import NEEDED

LIST = Path(__file__).with_name("without_sentences.txt")
FOLDERS = [f"{content_root()}/checks", f"{content_root()}/playbooks/preconditions"]
CHECKS = own_checks(*FOLDERS)
MARK = "zzmark"  # the id of no sentence


def test_the_list_of_checks_without_sentences_only_shrinks() -> None:
    """Take out of it what has the key by now; put nothing in: write sentences, or ``sentences: none``."""
    without = sorted(check.id for check in CHECKS if check.sentences is None)
    assert without == LIST.read_text(encoding="utf-8").split()


def _marked(tables: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the tables of a case with all texts of one column replaced, for each column."""
    for table, rows in tables.items():
        if not isinstance(rows, list):
            continue  # a table that fails
        for column in {name for row in rows for name, value in row.items() if isinstance(value, str) and value}:
            changed = [{**row, column: MARK} if isinstance(row.get(column), str) else row for row in rows]
            yield f"{table}.{column}", {**tables, table: changed}


def _ids(judged: case.CaseJudge, check: Check, one: Case, tables: Mapping[str, Any]) -> set[str]:
    """Return what the cells name that choose sentences."""
    answers: list[Answer] = []
    selected = Selected(check, check.severity, one.parameters)
    judged.judge(selected, one.platform, tables, live=one.live, privileged=one.privileged, seen=answers.append)
    rows = [
        dict(zip(answer.columns, row, strict=True))
        for answer in answers
        if all(name in answer.columns for name in NEEDED)
        for row in answer.rows
    ]
    return {
        id_ for row in rows for name in (LABEL, "observed", "expected") for id_ in split_ids(str(row.get(name) or ""))
    }


@pytest.fixture(scope="module")
def judged() -> Iterator[case.CaseJudge]:
    """What judges all the cases: statements are compiled once for all of them."""
    with case.CaseJudge() as judge:
        yield judge


@pytest.mark.parametrize("check", [check for check in CHECKS if check.sentences], ids=lambda check: check.id)
def test_what_a_host_says_never_chooses_a_sentence(judged: case.CaseJudge, check: Check) -> None:
    (file,) = [
        path
        for folder in FOLDERS
        for path in Path(folder).rglob(f"{check.id.lower()}-*.yaml")
        if ".test" not in path.name
    ]
    for one in read_cases(locate_cases(str(file)), check):
        for place, tables in _marked(one.tables):
            assert _ids(judged, check, one, tables) <= set(check.sentences or ()), f"{one.name}: {place}"

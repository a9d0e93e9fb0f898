"""Evidence is French where French is asked for: what our tables say of what they do not know, in every case."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rempart_testing.french import english_in
from rempart_testing.own_checks import own_checks

from rempart_agent.quality import case
from rempart_core.content.casefile import locate_cases, read_cases
from rempart_core.content.place import content_root
from rempart_core.model.check import Check
from rempart_core.model.result import Result
from rempart_core.model.selection import Selected
from rempart_core.model.sentence import LABEL, REASONS, SAID, Wording, list_columns, speak, tell_column

FOLDERS = [f"{content_root()}/checks", f"{content_root()}/playbooks/preconditions"]
CHECKS = own_checks(*FOLDERS)
SOME = 2  # English words by which a sentence is known: one alone may be a value


def _said(result: Result) -> Iterator[str]:
    """Yield what our tables say in the rows of a result, each part that is not told as ours is."""
    for evidence in filter(None, (result.evidence, result.witness)):
        for row in evidence.rows:
            for name in REASONS & row.keys():
                yield from (part.text for part in tell_column(name, row[name], result.wording, "fr") if part.data)
            spoken = speak(row, result.wording, "fr")
            if spoken is not None:
                yield from (part.text for cell in spoken for part in cell if not part.data)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_no_reason_in_a_row_is_english_in_french(check: Check) -> None:
    """Where this fails, a table says something new: it belongs into ``messages/{en,fr}/reason.py``."""
    (file,) = [
        path
        for folder in FOLDERS
        for path in Path(folder).rglob(f"{check.id.lower()}-*.yaml")
        if ".test" not in path.name
    ]
    with case.CaseJudge() as judged:
        for one in read_cases(locate_cases(str(file)), check):
            selected = Selected(check, check.severity, one.parameters)
            result = judged.judge(selected, one.platform, one.tables, live=one.live, privileged=one.privileged)
            found = {text for text in _said(result) if len(english_in(text)) >= SOME}
            assert found == set(), one.name


def test_the_columns_of_reasons_are_shown_in_words_where_no_sentence_tells_them() -> None:
    """A column that is none of a reason's stays as a host says it, in every language."""
    assert [part.data for part in tell_column("device", "of no package", Wording({}, {}), "fr")] == [True]
    assert [part.data for part in tell_column("why", "of no package", Wording({}, {}), "fr")] == [False]
    assert {LABEL, SAID}.isdisjoint(REASONS)
    assert "why" not in list_columns({})

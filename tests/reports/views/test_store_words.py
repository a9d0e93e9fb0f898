"""What the pages about the store share: words in both languages, text that harms nobody, straight columns."""

from __future__ import annotations

import pytest

from rempart_core.model.check import Severity
from rempart_core.model.history import Detail, Standing
from rempart_core.model.result import State
from rempart_core.text import Text
from rempart_reports.views.store_words import change_of, reason_of, safe, state_word, table, when

HOSTILE = "a\x1b[31m b\nc ##vso[task.setvariable variable=x]y"


def standing(detail: Detail) -> Standing:
    return Standing("web", "web", "FWL-01", Text("t", "t"), State.FAIL, Severity.HIGH, False, since=0, detail=detail)


def test_a_state_is_said_in_the_language_and_its_absence_by_a_mark() -> None:
    assert (state_word(State.PASS, "en"), state_word(State.PASS, "fr")) == ("pass", "réussi")
    assert state_word(None, "fr") == "∅"


def test_a_reason_is_said_in_the_language_and_steers_nothing() -> None:
    one = standing({"reason": ["not read", f"pas lu : {HOSTILE}"]})
    assert reason_of(one, "en") == "not read"
    assert reason_of(one, "fr") == f"pas lu : {safe(HOSTILE)}"
    assert reason_of(standing({}), "fr") == ""


def test_what_stands_in_a_log_is_no_command_and_one_line() -> None:
    assert not {"\x1b", "\n"} & set(safe(HOSTILE))
    assert "##vso[" not in safe(HOSTILE)


@pytest.mark.parametrize(
    ("outcome", "english", "french"),
    [
        ("fixed", "fixed by change 7", "corrigé par le changement 7"),
        ("lost", "the host was lost in change 7", "la machine a été perdue pendant le changement 7"),
    ],
)
def test_what_a_change_did_is_said_in_the_language(outcome: str, english: str, french: str) -> None:
    one = standing({"change": {"id": "7", "outcome": outcome}})
    assert (change_of(one, "en"), change_of(one, "fr")) == (english, french)
    assert change_of(standing({}), "en") == ""


def test_a_time_is_written_as_each_language_writes_it() -> None:
    assert (when(1795611600, "en"), when(1795611600, "fr")) == ("2026-11-25 13:00 UTC", "25/11/2026 13:00 UTC")
    assert (when(None, "en"), when(None, "fr")) == ("never", "jamais")


def test_columns_stand_under_each_other() -> None:
    assert table([["host", "open"], ["web-1", "7"], ["db", "12"]], right=(1,)) == [
        "host   open",
        "web-1     7",
        "db       12",
    ]
    assert table([]) == []

from __future__ import annotations

import pytest
from rempart_testing.run import make_result

from rempart_core.model.result import Evidence, Result, State
from rempart_reports.views.dossier.evidence_line import EvidenceLine, list_lines, tell_left_out, tell_statement

SENTENCES = {
    "a_port": ("port {port}", "le port {port}"),
    "is_open": ("open for {who}", "ouvert pour {who}"),
    "closed": ("closed", "fermé"),
}
ROW = {
    "item": "p-22",
    "observed": "open for all",
    "expected": "closed",
    "ok": "0",
    "port": "22",
    "who": "all",
    "program": "sshd",
    "said": "a_port/is_open/closed",
}


def _result(*rows: dict[str, str], **fields: object) -> tuple[Result, Evidence]:
    seen = Evidence(list(rows), 1, 0, 0)
    return make_result("RMT-01", State.FAIL, evidence=seen, **fields), seen


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", EvidenceLine("fail", "port 22", "open for all", "closed", "program sshd")),
        ("fr", EvidenceLine("fail", "le port 22", "ouvert pour all", "fermé", "program sshd")),
    ],
)
def test_a_row_is_told_in_the_language_with_what_no_sentence_tells(language: str, told: EvidenceLine) -> None:
    assert list(list_lines(*_result(ROW, sentences=SENTENCES), language)) == [told]


def test_a_row_that_no_sentence_goes_with_stays_as_it_came() -> None:
    row = {"item": "=1+1", "observed": "a\nb", "expected": "", "ok": "", "mode": "0644", "said": "no/such/thing"}
    assert list(list_lines(*_result(row), "fr")) == [EvidenceLine("undecided", "=1+1", "a\nb", "", "mode 0644")]


def test_what_is_counted_and_not_kept_is_said() -> None:
    assert tell_left_out(Evidence([ROW], 1, 0, 0), "en") == ""
    assert tell_left_out(Evidence([ROW], 1200, 0, 1), "en") == "1,200 more rows were judged, counted and not kept"


def test_the_statement_that_saw_it_is_named() -> None:
    assert tell_statement(Evidence([], 0, 0, 0, "cross_check"), "fr") == "second témoin"
    assert tell_statement(Evidence([], 0, 0, 0, "of a later version"), "en") == "statement of the check"

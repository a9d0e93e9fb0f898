"""Documents that are written with what others had too are the same to the byte."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rempart_testing.run import make_result, make_run, silent

from rempart_core.documents.run_document import to_data
from rempart_core.model.check import Remediation, Severity
from rempart_core.model.result import AppliedChange, AppliedWaiver, Evidence, Result, State
from rempart_core.signing import compaction
from rempart_core.signing.canonical import canonicalise
from rempart_core.signing.compaction import Compactor
from rempart_core.text import Text

OTHER: dict[str, Any] = {
    "check": "B-01",
    "revision": 2,
    "title": Text("a", "b"),
    "area": "other",
    "severity": Severity.LOW,
    "state": State.ERROR,
    "reason": Text("c", "d"),
    "rationale": Text("e", "f"),
    "remediation": Remediation("role", "manual", Text("g", "h")),
    "controls": {"iso": ("1",)},
    "evidence": Evidence([{"item": "a", "ok": "1"}], 0, 0, 1),
    "witness": Evidence([{"item": "b", "ok": "1"}], 0, 0, 1),
    "incomplete": True,
    "waiver": AppliedWaiver("why", "who", "2026-12-31 UTC"),
    "expired_waivers": (AppliedWaiver("why", "who", "2025-12-31 UTC"),),
    "parameters": {"most": 1},
    "sql": {"query": "SELECT 2"},
    "seconds": 0.5,
    "path": "checks/a.yaml",
    "known": True,
    "failure": "timeout",
    "change": AppliedChange("1", "fixed"),
    "not_examined": (Text("i", "j"),),
    "complete": Text("k", "l"),
    "defaults": {"most": True},
    "sentences": {"a": ("m", "n")},
}


@pytest.mark.parametrize("field", Result._fields)
def test_a_result_that_differs_in_anything_is_written_anew(field: str) -> None:
    compactor = Compactor()
    plain = make_result("A-01", State.NOT_APPLICABLE, parameters={"most": True})
    for result in (plain, plain._replace(**{field: OTHER[field]}), plain):
        run = make_run("host", 5, [result, make_result("Z-01", State.PASS)])
        assert compactor.write_run(run) == Compactor().write(to_data(run))


def test_a_host_that_was_not_heard_is_written_as_such() -> None:
    run = silent("host", 5, ["A-01", "A-02"])
    assert Compactor().write_run(run) == Compactor().write(to_data(run))
    assert b'"results":[]' in Compactor().write_run(run).whole


def test_values_that_are_equal_and_not_the_same_are_told_apart() -> None:
    compactor = Compactor()
    for value in (1, True, 1.5, "1"):
        run = make_run("host", 5, [make_result("A-01", State.NOT_APPLICABLE, parameters={"most": value})])
        assert compactor.write_run(run) == Compactor().write(to_data(run))


@pytest.mark.parametrize("field", Result._fields)
def test_a_result_with_evidence_that_differs_in_anything_is_written_anew(field: str) -> None:
    compactor = Compactor()
    plain = make_result("A-01", State.FAIL, ["x"], parameters={"most": True})
    for result in (plain, plain, plain._replace(**{field: OTHER[field]}), plain, plain._replace(seconds=7.25)):
        run = make_run("host", 5, [result, make_result("Z-01", State.PASS)])
        assert compactor.write_run(run) == Compactor().write(to_data(run))


@given(st.floats(min_value=0, allow_infinity=False))
def test_what_a_result_took_is_written_as_the_rfc_has_numbers(seconds: float) -> None:
    run = make_run("host", 5, [make_result("A-01", State.PASS)._replace(seconds=seconds)])
    assert Compactor().write_run(run).whole == canonicalise(to_data(run))


def test_what_is_forgotten_is_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "_SAME", 2)
    compactor = Compactor()
    results = [make_result(f"A-0{number}", State.FAIL, ["x"]) for number in range(4)]
    for result in (*results, *results):
        run = make_run("host", 5, [result])
        assert compactor.write_run(run) == Compactor().write(to_data(run))

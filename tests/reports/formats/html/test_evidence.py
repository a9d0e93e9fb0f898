"""Evidence in a page: some rows in sight, the others folded, nothing that a machine says is markup."""

from __future__ import annotations

from collections.abc import Callable

from rempart_core.model.result import Evidence, Result
from rempart_reports.formats.html.evidence import EvidenceWriter


def test_rows_beyond_those_in_sight_are_folded(make_result: Callable[..., Result]) -> None:
    rows = [{"item": f"<i{n}>", "observed": "bad", "expected": "good", "ok": "0"} for n in range(5)]
    evidence = Evidence(rows, 5, 0, 0)
    written = EvidenceWriter("en").write(evidence, make_result(evidence=evidence), shown=2)
    seen, _, folded = written.partition('<details class="more">')
    assert (seen.count("<li "), folded.count("<li ")) == (2, 3)
    assert "<summary>3 more</summary>" in folded
    assert "&lt;i4&gt;" in folded
    assert "<i4>" not in written
    assert written.count("good") == 1  # what all rows expect is told once

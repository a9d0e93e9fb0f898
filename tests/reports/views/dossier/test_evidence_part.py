from __future__ import annotations

from pathlib import Path

from rempart_testing.dossier import CRITICAL, FIXED, HOSTILE, WAIVED, make_dossier
from rempart_testing.run import make_result

from rempart_core.model.result import Evidence, State
from rempart_reports.views.document import Bullets, Paragraph, Section, Table
from rempart_reports.views.dossier.evidence_part import tell_evidence, tell_examples
from rempart_reports.views.dossier.model import Dossier, HostResults


def _tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def _with(dossier: Dossier, *results: tuple[str, State, Evidence]) -> Dossier:
    told = tuple(make_result(check, state, evidence=seen) for check, state, seen in results)
    return dossier._replace(now=dossier.now._replace(shown=(HostResults(dossier.now.hosts[0].state, told),)))


def test_a_finding_tells_what_was_seen_on_the_first_hosts(tmp_path: Path) -> None:
    finding = make_dossier(tmp_path).now.findings[0]
    (bullets,) = tell_examples(finding, "en")
    assert isinstance(bullets, Bullets)
    assert bullets.lines[1] == "web-1 · /dev/sda2: =1+1 (expected: good)"
    assert len(bullets.lines) == 3
    assert tell_examples(finding._replace(examples=()), "en") == ()


def test_findings_stand_first_and_each_pass_is_one_row(tmp_path: Path) -> None:
    section = tell_evidence(make_dossier(tmp_path, sample=9), "en")
    headings = [block.text for block in section.blocks if isinstance(block, Paragraph) and block.kind == "heading"]
    assert {one.partition(" – ")[0] for one in headings} == {"web-1", "web-2", "db-1", HOSTILE}
    fixed = next(table for table in _tables(section) if table.rows[0][0] == FIXED and table.heads[0] == "no gap seen")
    assert fixed.rows == ((FIXED, "1\u00a0of\u00a01", HOSTILE, "=1+1", "good"),)
    first = _tables(section)[0]
    assert (first.rows[0][0], first.rows[0][1], first.rows[-1][0]) == (CRITICAL, "critical", WAIVED)
    assert "This host did not answer: nothing was examined." in str(section.blocks)


def test_a_host_with_many_rows_takes_few_lines_and_says_how_many_there_are(tmp_path: Path) -> None:
    bad = [{"item": str(n), "observed": "x" * 5000, "expected": "good", "ok": "0"} for n in range(50)]
    good = [{"item": str(n), "observed": "good", "expected": "good", "ok": "1"} for n in range(5)]
    seen = Evidence(bad, 700, 0, 0), Evidence(good, 0, 0, 90)
    shown = _with(make_dossier(tmp_path), ("A-01", State.FAIL, seen[0]), ("A-02", State.PASS, seen[1]))
    failed, passed = _tables(tell_evidence(shown, "en"))
    assert [row[2] for row in failed.rows] == ["2\u00a0of\u00a0700", ""]
    assert all(len(cell) < 200 for row in failed.rows for cell in row)
    assert "4,840 more characters" in failed.rows[0][4]
    assert [row[:2] for row in passed.rows] == [("A-02", "1\u00a0of\u00a090")]

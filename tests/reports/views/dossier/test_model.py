from __future__ import annotations

from pathlib import Path

from rempart_testing.dossier import make_dossier


def test_what_was_judged_in_too_small_a_part_is_provisional(tmp_path: Path) -> None:
    now = make_dossier(tmp_path).now
    assert now.provisional
    assert not now._replace(kinds={"pass": 80, "error": 20}).provisional
    assert now._replace(kinds={"pass": 79, "not_checked": 21}).provisional
    assert now._replace(kinds={"not_applicable": 5}).provisional


def test_where_nothing_was_judged_the_audit_is_incomplete(tmp_path: Path) -> None:
    now = make_dossier(tmp_path).now._replace(hosts=(), gaps=0)
    assert now._replace(kinds={"not_applicable": 5}).incomplete
    assert not now._replace(kinds={"pass": 5}).incomplete
    assert now._replace(kinds={"pass": 5}, gaps=1).incomplete

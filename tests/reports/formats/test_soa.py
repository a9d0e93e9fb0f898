from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.dossier import SECRETS, ask, fill, write_registers

from rempart_reports.formats.soa import FRAMEWORK, list_decisions


def _rows(tmp_path: Path, **wanted: str) -> dict[str, tuple[str, ...]]:
    place = str(tmp_path / "s.db")
    fill(place)
    (sheet,) = list_decisions(ask(place, frameworks=(FRAMEWORK,), **wanted)[0], "en")
    return {row[0]: tuple(row[1:]) for row in sheet.rows}


def test_each_of_93_controls_has_its_decision_beside_what_checks_saw(tmp_path: Path) -> None:
    rows = _rows(tmp_path, registers=write_registers(tmp_path / "o"))
    assert len(rows) == 93
    assert rows["A.5.3"][1:6] == ("not applicable", "one person, …", "p-001", "2023-11-01", "2026-11-01")
    assert rows["A.8.13"][1] == "applicable"
    assert rows["A.8.24"][1] == "undecided"
    assert rows["A.8.24"][6].startswith("gap found")
    assert SECRETS[1] not in str(rows)


def test_a_decision_past_its_end_decides_no_more(tmp_path: Path) -> None:
    folder = Path(write_registers(tmp_path / "o"))
    file = folder / "applicability.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("2026-11-01", "2023-11-10"), encoding="utf-8")
    assert _rows(tmp_path, registers=str(folder))["A.5.3"][1] == "undecided: the decision has ended"


def test_without_registers_all_is_undecided(tmp_path: Path) -> None:
    assert {row[1] for row in _rows(tmp_path).values()} == {"undecided"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_head_is_empty(tmp_path: Path, language: str) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    (sheet,) = list_decisions(ask(place, frameworks=(FRAMEWORK,))[0], language)
    assert all(sheet.heads)
    assert len(set(sheet.heads)) == len(sheet.heads)

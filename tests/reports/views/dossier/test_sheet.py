from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.dossier import CRITICAL, ask, fill

from rempart_reports.views.dossier.sheet import list_sheets


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_row_has_a_cell_for_each_head_and_names_fit_a_workbook(tmp_path: Path, language: str) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    sheets = [(sheet, [tuple(row) for row in sheet.rows]) for sheet in list_sheets(*ask(place), language)]
    assert len({sheet.name for sheet, _ in sheets}) == len(sheets) == 7
    for sheet, rows in sheets:
        assert len(sheet.name) <= 25
        assert not set(sheet.name) & set("[]:*?/\\")
        assert rows, sheet.name
        assert {len(row) for row in rows} == {len(sheet.heads)}, sheet.name


def test_the_sheets_have_the_numbers_of_the_report(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    dossier, moment = ask(place)
    sheets = {sheet.name: [tuple(row) for row in sheet.rows] for sheet in list_sheets(dossier, moment, "en")}
    assert len(sheets["Results"]) == sum(dossier.now.kinds.values())
    assert sum(row[6] == "Open" for row in sheets["Results"]) == sum(dossier.now.open.values())
    assert sheets["Findings"][0][:5] == (CRITICAL, dossier.now.findings[0].title.en, "critical", "3", "4")
    assert [row[1] for row in sheets["Trend"]] == ["4", "4", "4", "4"]

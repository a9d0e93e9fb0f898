from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.dossier import CRITICAL, FIXED, HOSTILE, ask, fill
from rempart_testing.run import BEGINNING, make_result, make_run

from rempart_core.model.check import ORGANISATION
from rempart_core.model.result import Evidence, State
from rempart_reports.views.dossier.gather import gather
from rempart_reports.views.dossier.sheet import list_sheets
from rempart_store.store import Store


@pytest.mark.parametrize("language", ["en", "fr"])
def test_each_row_has_a_cell_for_each_head_and_names_fit_a_workbook(tmp_path: Path, language: str) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    sheets = [(sheet, [tuple(row) for row in sheet.rows]) for sheet in list_sheets(*ask(place), language)]
    assert len({sheet.name for sheet, _ in sheets}) == len(sheets) == 8
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


def test_every_row_of_evidence_stands_in_its_sheet_of_what_passed_too(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    sheets = {sheet.name: [tuple(row) for row in sheet.rows] for sheet in list_sheets(*ask(place), "en")}
    rows = {(row[0], row[1]): row[2:9] for row in sheets["Evidence"]}
    seen = "statement of the check"
    assert rows["web-1", FIXED] == ("no gap seen", seen, "passes", HOSTILE, "=1+1", "good", "")
    assert rows["web-1", CRITICAL] == ("Open", seen, "fails", "/dev/sda2", "=1+1", "good", "")
    assert len(sheets["Evidence"]) == 3 * 3  # of the silent host nothing was seen


def test_evidence_says_what_was_cut_and_which_witness_saw_it(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    row = {"item": "a", "observed": "x" * 2_500, "expected": "good", "ok": "0"}
    seen = Evidence([row], 60, 0, 0), Evidence([row | {"observed": "bad"}], 1, 0, 0, "cross_check")
    result = make_result(CRITICAL, State.FAIL, evidence=seen[0], witness=seen[1])
    with Store.open(place) as store:
        store.save([make_run("web-1", BEGINNING, [result])])
    (sheet,) = (sheet for sheet in list_sheets(*ask(place), "fr") if sheet.name == "Preuves")
    first, more, second = (tuple(cells) for cells in sheet.rows)
    assert first[6] == f"{'x' * 2_000}… (500 caractères de plus)"
    assert more[4:6] == ("", "59 autres lignes jugées et comptées, non conservées")
    assert (second[3], second[6]) == ("second témoin", "bad")


def test_of_the_organisation_nothing_is_told_that_people_wrote_into_registers(tmp_path: Path) -> None:
    """The name of a campaign of phishing stands in what its check observed, and may be a person's."""
    place = str(tmp_path / "s.db")
    fill(place)
    dossier, moment = ask(place)
    hosts = tuple(one._replace(platform=ORGANISATION) if one.name == "web-1" else one for one in moment.hosts)
    asked = moment._replace(hosts=hosts)
    (sheet,) = (sheet for sheet in list_sheets(dossier, asked, "en") if sheet.name == "Evidence")
    assert {row[0] for row in sheet.rows} == {"web-2", HOSTILE}
    found = gather(asked, dossier.content).findings[0]
    assert ("web-1" in found.hosts, [name for name, _ in found.examples]) == (True, [HOSTILE, "web-2"])

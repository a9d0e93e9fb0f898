"""Held against what its importer does with a file: see ``rempart_testing.ciso_assistant``."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.ciso_assistant import Importer, read_rows
from rempart_testing.dossier import CRITICAL, DAY, FIXED, HOSTILE, SECRETS, WAIVED, ask, fill, write_registers
from rempart_testing.run import BEGINNING

from rempart_core.model.trend import ClosedFinding
from rempart_reports.formats.ciso_assistant import REF, list_files, list_names, name_reference
from rempart_reports.formats.xlsx import write_workbook
from rempart_store.store import Store

pytest.importorskip("xlsxwriter")
FRAMEWORKS = ("gdpr", "iso-27001-2022")


def _closed(place: str) -> list[ClosedFinding]:
    with Store.open(place, create=False) as store:
        return store.closed(0, BEGINNING + 99 * DAY)


def _write(tmp_path: Path, place: str, at: str, *, propose: bool = False) -> dict[str, Path]:
    registers = write_registers(tmp_path / "o")
    dossier, moment = ask(place, at=at, frameworks=FRAMEWORKS, registers=registers)
    closed = [one for one in _closed(place) if one.closed <= moment.at]
    files = {}
    for name, sheet in list_files(dossier, moment, closed, "en", propose=propose):
        files[name] = tmp_path / f"{at}-{name}"
        write_workbook(str(files[name]), [sheet], moment.at)
    assert list(files) == list_names(FRAMEWORKS)
    return files


def test_nothing_is_left_unmapped_and_a_second_import_changes_nothing(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    for name, path in _write(tmp_path, place, "4", propose=True).items():
        importer = Importer("requirements" if name.startswith("compliance") else name.removesuffix(".xlsx"))
        made, changed = importer.load(path)
        assert (importer.unmapped, changed) == ([], 0), name
        assert made > 0
        assert importer.load(path) == (0, 0), name


def test_a_finding_that_was_closed_closes_there_and_one_of_a_silent_host_stays(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    importer = Importer("findings")
    importer.load(_write(tmp_path, place, "2")["findings.xlsx"])
    states = {ref: record["status"] for ref, record in importer.records.items()}
    assert states[f"{FIXED}@web-1"] == "identified"
    importer.load(_write(tmp_path, place, "4")["findings.xlsx"])
    states = {ref: record["status"] for ref, record in importer.records.items()}
    assert states[f"{FIXED}@web-1"] == "resolved"
    assert states[f"{CRITICAL}@db-1"] == "identified"
    assert states[f"{WAIVED}@web-1"] == "confirmed"
    assert f"{CRITICAL}@{HOSTILE}" in states


def test_exceptions_and_incidents_go_to_the_domain_that_is_chosen_at_the_import(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    files = _write(tmp_path, place, "4")
    for name in ("exceptions.xlsx", "incidents.xlsx"):
        assert {row["domain"] for row in read_rows(files[name])} == {""}


def test_results_are_blank_but_for_gaps_where_that_is_asked_for(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    name = "compliance-gdpr.xlsx"
    assert {row["compliance_result"] for row in read_rows(_write(tmp_path, place, "4")[name])} == {""}
    rows = read_rows(_write(tmp_path, place, "4", propose=True)[name])
    proposed = {row["ref_id"]: row["compliance_result"] for row in rows}
    assert proposed["32.1.a"] == "non_compliant"
    assert set(proposed.values()) == {"", "non_compliant"}
    assert any(
        row["ref_id"] == "A.8.10" for row in read_rows(_write(tmp_path, place, "4")["compliance-iso-27001-2022.xlsx"])
    )


def test_a_reference_has_at_most_100_characters_and_stays_apart() -> None:
    names = [name_reference("DSK-01", "h" * 200 + end) for end in ("a", "b")]
    assert len(set(names)) == 2
    assert all(len(name) == REF for name in names)
    assert name_reference("DSK-01", "web-1") == "DSK-01@web-1"
    assert name_reference("DSK-01", "a\nb") != name_reference("DSK-01", "a⏎b")


def test_no_name_of_a_person_is_handed_on(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    told = str([read_rows(path) for path in _write(tmp_path, place, "4").values()])
    assert "b-1" in told
    assert [secret for secret in SECRETS if secret in told] == []

"""Where a command writes: what can't be written is said before anybody is asked, all of it at once."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from rempart_core.error import UsageError
from rempart_reports.writing.output_places import ReportPlaces, check_outputs


def test_places_that_can_be_written_are_taken(tmp_path: Path) -> None:
    (tmp_path / "old.xml").write_text("")
    check_outputs({"--junit": str(tmp_path / "old.xml"), "--json": "-"}, {"--html-dir": str(tmp_path / "pages")})
    assert not (tmp_path / "pages").exists()


def test_what_is_thrown_away_may_be_so_twice() -> None:
    check_outputs({"--junit": "/dev/null", "--json": "/dev/null"})


@pytest.mark.parametrize(("first", "second"), [("-", "/dev/stdout"), ("-", "-"), ("a", "./a"), ("a", "link")])
def test_two_reports_in_one_place_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, second: str
) -> None:
    monkeypatch.chdir(tmp_path)
    os.symlink("a", "link")
    with pytest.raises(UsageError, match=r"--junit.*--json"):
        check_outputs({"--junit": first, "--json": second})


def test_all_mistakes_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError) as error:
        check_outputs(
            {"--junit": str(tmp_path), "--json": str(tmp_path / "absent/a.json")},
            {"--html-dir": str(tmp_path / "file")},
        )
    assert all(option in str(error.value) for option in ("--junit", "--json", "--html-dir"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError):
        check_outputs({"--junit": str(tmp_path / "a.xml")})


def test_a_report_on_standard_output_has_it_for_itself() -> None:
    assert ReportPlaces({"json": "-"}).take_standard_output
    assert not ReportPlaces({"json": "a.json"}, {"html": "pages"}).take_standard_output
    assert ReportPlaces({"json": "-", "csv": "a.csv"}, {"html": "pages"}).list() == ("a.csv", "pages")


def test_options_are_named_as_they_were_given(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--junit-dir"):
        ReportPlaces({}, {"junit": str(tmp_path / "file")}).check()
    with pytest.raises(UsageError, match="--attest"):
        ReportPlaces({"json": "-"}).check({"--attest": "-"})


@pytest.mark.parametrize("name", ["store.db", "key", "registers/people.yaml", "registers/evidence/sheet.txt", "link"])
def test_what_nobody_can_make_again_is_not_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / "registers/evidence").mkdir(parents=True)
    sqlite3.connect(tmp_path / "store.db").execute("CREATE TABLE run (id)").connection.close()
    (tmp_path / "link").symlink_to("store.db")
    (tmp_path / "key").write_text("-----BEGIN PRIVATE KEY-----\n")
    for one in ("organisation.yaml", "people.yaml", "evidence/sheet.txt"):
        (tmp_path / "registers" / one).write_text("x")
    with pytest.raises(UsageError, match="no report replaces it"):
        check_outputs({"--html": str(tmp_path / name)})
    check_outputs({"--html": str(tmp_path / "registers/report.html")})

"""Held against openpyxl, and LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from rempart_testing.dossier import HOSTILE, ask, fill

from rempart_core.error import UsageError
from rempart_reports.formats import xlsx
from rempart_reports.formats.xlsx import expect_sheets, write_workbook
from rempart_reports.views.dossier.sheet import Sheet, list_sheets

pytest.importorskip("xlsxwriter")
openpyxl = pytest.importorskip("openpyxl")
NASTY = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "http://example.org", "1e5", "\x00\x1b[31m\ud800", "x" * 40_000)


def _cells(path: Path) -> list[tuple[str, object]]:
    book = openpyxl.load_workbook(path)
    return [(cell.data_type, cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None]


def test_every_cell_is_text_whatever_it_holds(tmp_path: Path) -> None:
    """A cell of ``write`` would be a formula, which runs where the sheet is opened."""
    write_workbook(str(tmp_path / "r.xlsx"), [Sheet("s", ("a",), [(text,) for text in NASTY])], 0)
    cells = _cells(tmp_path / "r.xlsx")
    assert {kind for kind, _ in cells} == {"s"}
    assert [value for _, value in cells][1:5] == list(NASTY[:4])
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"<f>" not in content
    assert b"hyperlink" not in content


def test_columns_are_as_wide_as_what_stands_in_them(tmp_path: Path) -> None:
    sheet = Sheet("s", ("Au sujet", "Non-conformités ouvertes", "n"), [("Machines sans réponse", "3", "x" * 500)])
    write_workbook(str(tmp_path / "r.xlsx"), [sheet], 0)
    columns = openpyxl.load_workbook(tmp_path / "r.xlsx")["s"].column_dimensions
    assert columns["A"].width > len("Machines sans réponse")
    assert columns["B"].width > len("Non-conformités ouvertes")
    assert columns["C"].width < 50


def test_the_report_as_a_workbook_has_every_result_and_no_formula(tmp_path: Path) -> None:
    place, path = str(tmp_path / "s.db"), tmp_path / "r.xlsx"
    fill(place)
    dossier, moment = ask(place)
    texts = []
    for _ in range(2):
        write_workbook(str(path), list_sheets(dossier, moment, "en"), moment.at)
        texts.append(path.read_bytes())
    assert texts[0] == texts[1]
    assert {kind for kind, _ in _cells(path)} == {"s"}
    book = openpyxl.load_workbook(path)
    results = list(book["Results"].iter_rows(values_only=True))
    assert len(results) == 1 + 4 * 6
    assert sum(row[0] == HOSTILE for row in results) == 6
    assert dict(book["Summary"].iter_rows(min_row=2, max_col=2, values_only=True))["Open, critical"] == "3"


def test_what_is_more_than_a_sheet_holds_goes_on_in_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "ROWS", 3)
    write_workbook(
        str(tmp_path / "r.xlsx"), [Sheet("s", ("a",), [(str(n),) for n in range(7)]), Sheet("t", ("b",), [])], 0
    )
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert {sheet.title: sheet.max_row for sheet in book} == {"s": 4, "s 2": 4, "s 3": 2, "t": 1}


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match=r"rempart\[report\]"):
        expect_sheets()


def test_libreoffice_opens_it(tmp_path: Path) -> None:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice (libreoffice-calc) is not installed")
    write_workbook(str(tmp_path / "r.xlsx"), [Sheet("s", ("a",), [("=1+1",)])], 0)
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/home",
        "--convert-to",
        "csv",
        "r.xlsx",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert (tmp_path / "r.csv").read_text(encoding="utf-8") == "a\n=1+1\n"


def test_a_full_disk_is_told_and_nothing_stays(tmp_path: Path) -> None:
    """Writing ends with an error in the library, and again where its archive is thrown away."""
    code = (
        "import resource, signal; from rempart_reports.formats.xlsx import write_workbook as w; "
        "from rempart_reports.views.dossier.sheet import Sheet; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "sheet = lambda: Sheet('s', ('a',), [(str(n * 7919 % 10007),) for n in range(5000)]); "
        "w('r.xlsx', [sheet()], 0); resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); w('r.xlsx', [], 0); "
        "w('r.xlsx', [sheet()], 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "rempart_core.error.ReportError" in done.stderr
    assert "Exception ignored" not in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["r.xlsx"]
    assert len(_cells(tmp_path / "r.xlsx")) == 0

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import TextIO

import pytest
from rempart_testing.dossier import BEGINNING, DAY, SECRETS, ask, fill, write_registers
from rempart_testing.run import make_result, make_run

from rempart_controller.dossier.gathering import read_content
from rempart_controller.dossier.outputs import FILES, FOLDERS, check_places, expect_libraries, write_outputs
from rempart_controller.dossier.request import ReportRequest
from rempart_core.error import ReportError, UsageError
from rempart_core.model.check import ORGANISATION
from rempart_core.model.result import Evidence, State
from rempart_reports.formats.oscal import Oscal
from rempart_reports.formats.soa import FRAMEWORK
from rempart_store.store import Store


def _write(place: str, request: ReportRequest) -> list[str]:
    wanted = {"frameworks": ("gdpr", "iso-27001-2022"), "registers": request.registers}
    with Store.open(place, create=False) as store:
        return write_outputs(request, *ask(place, **wanted), store.closed, read_content((FRAMEWORK,)))


def _request(tmp_path: Path, place: str, language: str = "en") -> ReportRequest:
    pytest.importorskip("xlsxwriter")
    pytest.importorskip("weasyprint")
    return ReportRequest(
        place,
        registers=write_registers(tmp_path / "o"),
        files={name: str(tmp_path / f"r-{name}") for name in FILES},
        folders={name: str(tmp_path / name) for name in FOLDERS},
        language=language,
    )


def _texts(path: Path) -> str:
    """Return all text of a file, of a workbook that of its parts, of a PDF that of its pages."""
    data = path.read_bytes()
    if data.startswith(b"%PDF"):
        import pypdf

        return " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    if data.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive:
            return " ".join(archive.read(name).decode() for name in archive.namelist())
    return data.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_output_claims_a_certificate_or_tells_a_name(tmp_path: Path, language: str) -> None:
    """The one exception is a column of CISO Assistant, ``compliance_result``, which is none of the banned words."""
    place = str(tmp_path / "s.db")
    fill(place)
    rows = [{"item": "last campaign", "observed": secret, "expected": "named", "ok": "0"} for secret in SECRETS]
    found = make_result("ORG-06", State.FAIL, evidence=Evidence(rows, len(rows), 0, 0))
    with Store.open(place) as store:
        store.save([make_run("Exemple SA", BEGINNING + 3 * DAY, [found], platform=ORGANISATION)])
    written = _write(place, _request(tmp_path, place, language))
    assert len(written) == 4 + 2 + 5
    for path in map(Path, written):
        text = _texts(path)
        assert re.findall(r"\b(?:compliant|conformes?)\b", text, re.IGNORECASE) == [], path
        assert [secret for secret in SECRETS if secret in text] == [], path


def test_the_same_store_gives_the_same_bytes_in_every_format(tmp_path: Path) -> None:
    place = str(tmp_path / "s.db")
    fill(place)
    request = _request(tmp_path, place)
    first, second = ({path: Path(path).read_bytes() for path in _write(place, request)} for _ in range(2))
    assert first == second


def test_without_a_finding_there_is_no_plan_and_an_old_one_goes(tmp_path: Path) -> None:
    folder = tmp_path / "oscal"
    request = ReportRequest("", folders={"oscal": str(folder)})
    bad, good = str(tmp_path / "bad.db"), str(tmp_path / "good.db")
    fill(bad)
    with Store.open(good) as store:
        store.save([make_run("web", BEGINNING, [make_result("ACC-01")])])
    assert len(_write(bad, request)) == 2
    assert json.loads((folder / "poam.json").read_text(encoding="utf-8"))
    assert _write(good, request) == [str(folder / "assessment-results.json")]
    assert not (folder / "poam.json").exists()
    (folder / "poam.json").write_text("another's", encoding="utf-8")
    _write(good, request)
    assert (folder / "poam.json").read_text(encoding="utf-8") == "another's"


def test_results_and_their_plan_are_both_new_or_both_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, place = tmp_path / "oscal", str(tmp_path / "s.db")
    fill(place)
    request = ReportRequest("", folders={"oscal": str(folder)})

    def fail(oscal: Oscal, out: TextIO) -> None:
        out.write("{")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(Oscal, "write_plan", fail)
        with pytest.raises(ReportError, match=r"poam\.json: no space left on device"):
            _write(place, request)
    assert not list(folder.iterdir()), "new results without their plan"
    assert len(_write(place, request)) == 2
    assert len(list(folder.iterdir())) == 2


def test_two_outputs_of_one_name_are_refused_also_within_a_folder(tmp_path: Path) -> None:
    folder = str(tmp_path)
    for files in ({"xlsx": f"{folder}/findings.xlsx"}, {"html": f"{folder}/./compliance-gdpr.xlsx"}):
        with pytest.raises(UsageError, match=r"findings|compliance-gdpr"):
            check_places(ReportRequest("", frameworks=("gdpr",), files=files, folders={"ciso_assistant": folder}))
    with pytest.raises(UsageError, match="--oscal"):
        check_places(ReportRequest("", folders={"oscal": folder, "ciso_assistant": folder}))
    check_places(ReportRequest("", files={"xlsx": f"{folder}/r.xlsx"}, folders={"ciso_assistant": folder}))


def test_a_library_that_is_missing_is_named_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(UsageError, match="libpango"):
        expect_libraries(ReportRequest("nowhere", files={"pdf": "r.pdf"}))
    for request in (ReportRequest("", files={"soa": "a"}), ReportRequest("", folders={"ciso_assistant": "a"})):
        with pytest.raises(UsageError, match=r"rempart\[report\]"):
            expect_libraries(request)
    expect_libraries(ReportRequest("nowhere", files={"html": "r.html"}, folders={"oscal": "d"}))

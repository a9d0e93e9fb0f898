"""Pages with an organisation, and the report as a page: axe finds nothing wrong, in both languages and colours."""

from __future__ import annotations

from pathlib import Path

import pytest
from rempart_testing.axe import find_violations
from rempart_testing.chromium import needs_chromium
from rempart_testing.dossier import fill, write_registers

from rempart_controller.commands.main import main
from rempart_core.signing.key import load_key

pytestmark = needs_chromium


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_report_has_no_violation(tmp_path: Path, language: str) -> None:
    store, page = str(tmp_path / "s.db"), tmp_path / "report.html"
    fill(store, key=load_key(str(tmp_path / "key.pem")))
    registers = write_registers(tmp_path / "o")
    words = ["--store", store, "--registers", registers, "--sql", "--sample", "2", "--from", "1", "--lang", language]
    assert main(["report", *words, "--html", str(page)]) == 3
    assert find_violations([page]) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_with_the_organisation_have_no_violation(tmp_path: Path, language: str) -> None:
    folder, page, site = tmp_path / "o", tmp_path / "page.html", tmp_path / "site"
    assert main(["registers", "init", str(folder), "--lang", language, "--sample"]) == 0
    reports = ["--html", str(page), "--html-dir", str(site), "--html-appendix", "--quiet", "--lang", language]
    assert main(["audit", "--registers", str(folder), "--live", str(folder / "runs.jsonl"), *reports]) == 3
    (host,) = (site / "hosts").glob("*.html")
    assert find_violations([page, site / "index.html", host, site / "checks" / "ORG-14.html"]) == []


def test_what_is_wrong_is_found_though_it_is_folded(tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    image = "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"
    body = f"<main><h1>a</h1><details><summary>b</summary>{image}</details></main>"
    page.write_text(f"<!DOCTYPE html><html lang=en><title>t</title><body>{body}", encoding="utf-8")
    (found,) = find_violations([page], ["light"])
    assert found.startswith("bad.html, light: image-alt:")

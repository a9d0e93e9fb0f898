"""Held against pypdf and, where they are installed, poppler's programs."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from rempart_testing.dossier import make_dossier

from rempart_core.error import UsageError
from rempart_reports.formats.html.print_page import lay_out_print
from rempart_reports.formats.pdf import expect_printer, write_pdf
from rempart_reports.views.document import Document, Facts, Section
from rempart_reports.views.dossier.page import document_of

try:
    expect_printer()
except UsageError as error:
    pytest.skip(str(error), allow_module_level=True)
pypdf = pytest.importorskip("pypdf")


def _text(path: Path) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pypdf.PdfReader(path).pages))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_pdf_says_what_the_page_says_and_is_tagged_in_its_language(tmp_path: Path, language: str) -> None:
    document = document_of(make_dossier(tmp_path, sample=2), language)
    write_pdf(str(tmp_path / "r.pdf"), document, language)
    squeezed = re.sub(r"\s", "", _text(tmp_path / "r.pdf"))
    facts = [
        pair
        for section in document.parts
        for block in section.blocks
        if isinstance(block, Facts)
        for pair in block.pairs
    ]
    for said in (document.headline, *document.remarks, *(value for _, value in facts)):
        assert re.sub(r"\s", "", said) in squeezed, said
    root = pypdf.PdfReader(tmp_path / "r.pdf").trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert pypdf.PdfReader(tmp_path / "r.pdf").metadata.title.startswith(document.title)
    assert b"pdfuaid" in (tmp_path / "r.pdf").read_bytes() or "pdfuaid" in str(root["/Metadata"].get_data())


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    document = document_of(make_dossier(tmp_path), "en")
    for name in ("a.pdf", "b.pdf"):
        write_pdf(str(tmp_path / name), document, "en")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_nothing_is_fetched_whatever_a_page_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of ours names nothing; one that did would still reach nothing: take ``url_fetcher`` out, and it does."""

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"no picture")
    links = f'<img src="file://{secret}"><img src="http://example.invalid/a.png"></body>'

    def lay_out_links(*_: object) -> list[str]:
        return ["".join(lay_out_print(Document("k", "t", "l", "good", "h"), "en")).replace("</body>", links)]

    opened: list[str] = []
    monkeypatch.setattr("rempart_reports.formats.pdf.lay_out_print", lay_out_links)
    monkeypatch.setattr("urllib.request.FileHandler.file_open", lambda *_: opened.append("file"))
    write_pdf(str(tmp_path / "r.pdf"), Document("k", "t", "l", "good", "h"), "en")
    assert opened == []
    assert (tmp_path / "r.pdf").stat().st_size > 1000


def test_without_the_extra_the_error_names_it_and_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(UsageError, match=r"rempart\[report\].*libpango"):
        expect_printer()


def test_poppler_reads_it_as_tagged(tmp_path: Path) -> None:
    if not shutil.which("pdfinfo"):
        pytest.skip("pdfinfo (poppler-utils) is not installed")
    document = Document("k", "t", "l", "good", "h", (), (Section("s", (Facts((("a", "b"),)),)),))
    write_pdf(str(tmp_path / "r.pdf"), document, "fr")
    told = subprocess.run(["pdfinfo", str(tmp_path / "r.pdf")], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged:\s+yes", told)
    assert re.search(r"JavaScript:\s+no", told)

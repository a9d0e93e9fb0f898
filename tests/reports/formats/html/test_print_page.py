from __future__ import annotations

import re
from pathlib import Path

import pytest
from rempart_testing.dossier import HOSTILE, make_dossier

from rempart_reports.formats.html.document import lay_out
from rempart_reports.formats.html.page import read_template
from rempart_reports.formats.html.print_page import lay_out_print
from rempart_reports.views.document import Bullets, Document, Fold, Paragraph, Section, Table
from rempart_reports.views.dossier.page import document_of


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_print_has_the_words_and_numbers_of_the_page(tmp_path: Path, language: str) -> None:
    document = document_of(make_dossier(tmp_path, sample=2), language)
    printed, page = ("".join(lay(document, language)) for lay in (lay_out_print, lay_out))
    cells = [re.findall(r"<(?:td|th)[^>]*>(.*?)</t", text.replace("<wbr>", "")) for text in (printed, page)]
    assert cells[0] == cells[1]
    assert len(cells[0]) > 100
    assert document.headline in printed


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    printed = "".join(lay_out_print(document_of(make_dossier(tmp_path), "en"), "en"))
    assert "<script" not in printed
    assert HOSTILE not in printed


def test_the_sheet_has_nothing_that_costs_a_printer_minutes() -> None:
    sheet = read_template("print.css")
    assert not re.search(r"flex|grid|url\(|@import", sheet)


def test_a_long_word_may_break_and_what_is_folded_is_printed() -> None:
    fold = Fold("3 more", (Bullets(("behind",)),))
    blocks = (Table(("a",), (("x" * 70,),)), fold, Paragraph("heading", "heading"))
    printed = "".join(lay_out_print(Document("k", "t", "l", "good", "h", (), (Section("s", blocks),)), "en"))
    assert f"{'x' * 30}<wbr>{'x' * 30}<wbr>{'x' * 10}<" in printed
    assert "behind" in printed
    assert '<h3 class="heading">' in printed

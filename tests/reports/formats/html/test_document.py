"""Documents as pages: one look, nothing from outside, no script, hostile texts harmless, nothing out of the window."""

from __future__ import annotations

from pathlib import Path

import lxml.html
import pytest
from rempart_testing.chromium import find_overflow, needs_chromium

from rempart_reports.formats.html.document import lay_out, write_document
from rempart_reports.views.document import Bullets, Code, Document, Entry, Facts, Fold, Paragraph, Section, Table

HOSTILE = (
    "<script>alert(1)</script> & \"' ]]> --> \x1b[31m \u202e ##vso[task.complete] ::error:: [[ATTACHMENT|x]] {{ 7*7 }}"
)


def document(text: str) -> Document:
    """Return a document with a block of each sort in which each text is the one given."""
    table = Table((text, text, text), ((text, text, "0"), (text, text, "12")), 2)
    blocks = (
        Paragraph(text),
        Paragraph(text, "heading"),
        Facts(((text, text),)),
        Bullets((text,), data=True),
        Code(text),
    )
    entry = Entry(text, text, "fail", "critical", text, (*blocks, table))
    folded = Fold(text, (Paragraph(text), entry), text)
    sections = (
        Section(text, (*blocks, table, folded), 3),
        Section(text, (entry, Entry(text, text))),
        Section("none", ()),
    )
    return Document(text, text, text, "bad", text, (text,), sections)


def parse(text: str, language: str = "en") -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring("".join(lay_out(document(text), language)))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_all_that_is_said_stands_in_the_page(language: str) -> None:
    page = parse("told", language)
    assert page.get("lang") == language
    assert page.text_content().count("told") == 61  # each once, and what titles name again
    assert [link.get("href") for link in page.xpath("//nav//a")] == ["#s-1", "#s-2"]
    assert {"s-1", "s-2"} <= set(page.xpath("//@id"))
    assert [cell.get("class") for cell in page.xpath("//section[@id='s-1']/div//td[2]")] == ["n", "n some"]


def test_pages_need_nothing_from_outside_and_no_script() -> None:
    page = parse("x")
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert not page.xpath("//script | //link | //img | //iframe | //form | //*[@style or starts-with(name(@*), 'on')]")


def test_hostile_texts_change_nothing_and_run_nothing() -> None:
    def shape(text: str) -> list[tuple[str, list[str]]]:
        return [(str(element.tag), sorted(element.attrib)) for element in parse(text).iter()]

    assert shape(HOSTILE) == shape("x")
    whole = "".join(lay_out(document(HOSTILE), "en"))
    for command in ("##vso[", "[[ATTACHMENT", "::error", "\x1b", "\u202e", "<script"):
        assert command not in whole


def test_lines_of_a_difference_stay_lines(tmp_path: Path) -> None:
    told = Document("k", "t", "l", "good", "h", sections=(Section("s", (Code("-old\n+new <b>"),)),))
    write_document(str(tmp_path / "page.html"), told, "en")
    page = lxml.html.document_fromstring((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert page.xpath("string(//pre)") == "-old\n+new <b>"


@needs_chromium
def test_nothing_sticks_out_of_the_window(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    write_document(str(page), document("a-very-long-name-that-nothing-breaks" * 6 + " and some words" * 20), "fr")
    assert find_overflow([page], (390, 1280), tmp_path, unfolded=True) == []

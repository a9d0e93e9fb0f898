"""A document as a page for print: plain blocks and tables, no flex and no grid, which cost a printer minutes."""

import re
from collections.abc import Iterator
from typing import assert_never

from rempart_reports.formats.html.curve import draw_curve
from rempart_reports.formats.html.page import read_template
from rempart_reports.formats.html.safe_text import write_text
from rempart_reports.views.document import (
    Block,
    Bullets,
    Chart,
    Code,
    Document,
    Entry,
    Facts,
    Fold,
    Paragraph,
    Section,
    Table,
)

_WIDE = 30  # characters
_LONG = re.compile(r"\S{30}(?=\S)")  # words that would make a column too wide


def lay_out_print(document: Document, language: str) -> Iterator[str]:
    """Yield the page of a document, piece by piece.

    Args:
        document: What it says; all of it is escaped here.
        language: ``en`` or ``fr``, that of the document.
    """
    title = write_text(f"{document.title} – {document.kind}")
    yield (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f"<style>{read_template('print.css')}</style>\n</head>\n<body>\n"
        f'<p class="kind">{write_text(document.kind)}</p>\n<h1>{write_text(document.title)}</h1>\n'
        f'<p class="lead">{write_text(document.lead)}</p>\n<div class="verdict v-{document.level}">\n'
        f'<p class="headline">{write_text(document.headline)}</p>\n'
    )
    yield from (f"<p>{write_text(remark)}</p>\n" for remark in document.remarks)
    yield '</div>\n<ol class="contents">\n'
    for place, section in enumerate(document.parts, 1):
        yield f'<li><a href="#s-{place}">{write_text(section.title)}</a></li>\n'
    yield "</ol>\n"
    for place, section in enumerate(document.parts, 1):
        yield from _section(section, place)
    yield "</body>\n</html>\n"


def _section(section: Section, place: int) -> Iterator[str]:
    yield f'<h2 id="s-{place}">{write_text(section.title)}</h2>\n'
    for block in section.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            tag = "h3" if block.kind == "heading" else "p"
            yield f'<{tag} class="{block.kind}">{write_text(block.text)}</{tag}>\n'
        case Code():
            yield f"<pre>{write_text(block.text)}</pre>\n"
        case Facts():
            for label, text in block.pairs:
                yield f'<p class="fact"><strong>{write_text(label)}</strong> {write_text(text)}</p>\n'
        case Bullets():
            yield '<ul class="data">\n' if block.data else "<ul>\n"
            yield from (f"<li>{write_text(line)}</li>\n" for line in block.lines)
            yield "</ul>\n"
        case Table():
            yield from _table(block)
        case Chart():
            yield draw_curve(block)
        case Entry():
            tag = f" ({write_text(block.tag)})" if block.tag else ""
            yield f'<h3 class="s-{block.severity}">{write_text(block.name)} {write_text(block.title)}{tag}</h3>\n'
            for one in block.blocks:
                yield from _block(one)
        case Fold():
            for part in block.blocks:
                yield from _block(part)
        case _:
            assert_never(block)


def _table(table: Table) -> Iterator[str]:
    heads = "".join(
        f'<th scope="col"{_number(place, table)}>{write_text(one)}</th>' for place, one in enumerate(table.heads)
    )
    yield f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n"
    for row in table.rows:
        first, *rest = row
        cells = "".join(f"<td{_number(place, table)}>{_cell(cell)}</td>" for place, cell in enumerate(rest, 1))
        yield f'<tr><th scope="row">{_cell(first)}</th>{cells}</tr>\n'
    yield "</tbody>\n</table>\n"


def _cell(text: str) -> str:
    """Return the text of a cell; a long word may be broken."""
    if len(text) <= _WIDE:
        return write_text(text)
    pieces = _LONG.sub(lambda found: found[0] + "\0", text.replace("\0", "")).split("\0")
    return "<wbr>".join(map(write_text, pieces))


def _number(place: int, table: Table) -> str:
    return ' class="n"' if place >= table.numbers else ""

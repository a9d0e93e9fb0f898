"""A document (a plan, what changed, an incident) as one self-contained page, in the look of the reports."""

from collections.abc import Iterable, Iterator
from typing import TextIO, assert_never

from rempart_reports.formats.html.curve import draw_curve
from rempart_reports.formats.html.finding import Fragment
from rempart_reports.formats.html.page import describe_head, make_environment, read_template
from rempart_reports.formats.html.safe_text import write_icon, write_text
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
from rempart_reports.views.options import Options
from rempart_reports.writing import translation
from rempart_reports.writing.file import write_file
from rempart_reports.writing.page_words import page_word


def write_document(path: str, document: Document, language: str) -> None:
    """Write a document to a file; see ``write_file``.

    Args:
        path: The file; ``-`` is standard output.
        document: What it says.
        language: ``en`` or ``fr``.

    Raises:
        ReportError: It could not be written.
    """

    def write(out: TextIO) -> None:
        out.writelines(lay_out(document, language))

    write_file(path, write)


def lay_out(document: Document, language: str) -> Iterator[str]:
    """Yield the page of a document, piece by piece.

    Args:
        document: What the page says; all of it is escaped here.
        language: ``en`` or ``fr``: that of the page's own words. The document's are in it already.
    """
    environment = make_environment(Options(language=language), Fragment(language))
    css = read_template("report.css") + read_template("document.css")
    title = f"{document.title} – {document.kind}"
    yield environment.get_template("head.html").render(title=title, **describe_head(css))
    yield from write_body(document, language)
    yield environment.get_template("foot.html").render()


def write_body(document: Document, language: str) -> Iterator[str]:
    """Yield what stands between head and foot of a document's page, piece by piece.

    Args:
        document: What it says; all of it is escaped here.
        language: ``en`` or ``fr``: that of the page's own words.
    """
    yield (
        f'<header class="title">\n<p class="kind">{write_text(document.kind)}</p>\n'
        f'<h1>{write_text(document.title)}</h1>\n<p class="lead">{write_text(document.lead)}</p>\n</header>\n'
        f'<section class="verdict v-{document.level}" id="r1-verdict" aria-labelledby="r1-verdict-t">\n'
        f'<h2 id="r1-verdict-t" class="unseen">{page_word("verdict", language)}</h2>\n'
        f'<p class="headline">{write_text(document.headline)}</p>\n'
    )
    yield from (f'<p class="remark">{write_text(remark)}</p>\n' for remark in document.remarks)
    yield "</section>\n"
    sections = document.parts
    if len(sections) > 1:
        yield f'<nav aria-label="{page_word("contents", language)}">\n<ul>\n'
        for place, section in enumerate(sections, 1):
            count = _count(section, language)
            yield f'<li><a href="#s-{place}">{write_text(section.title)}</a>{count}</li>\n'
        yield "</ul>\n</nav>\n"
    for place, section in enumerate(sections, 1):
        yield from _section(section, place, language)


def _count(section: Section, language: str) -> str:
    return (
        "" if section.number is None else f' <span class="count">{translation.number(section.number, language)}</span>'
    )


def _section(section: Section, place: int, language: str) -> Iterator[str]:
    title = f"{write_text(section.title)}{_count(section, language)}"
    yield f'<section id="s-{place}" aria-labelledby="s-{place}-t">\n<h2 id="s-{place}-t">{title}</h2>\n'
    for block in section.blocks:
        yield from _block(block, section.title)
    yield "</section>\n"


def _block(block: Block, about: str) -> Iterator[str]:
    match block:
        case Paragraph():
            tag = 'h3 class="why"' if block.kind == "heading" else f'p class="{block.kind}"' if block.kind else "p"
            yield f"<{tag}>{write_text(block.text)}</{tag.partition(' ')[0]}>\n"
        case Code():
            lines = "\n".join(map(write_text, block.text.split("\n")))
            yield f'<pre tabindex="0" translate="no"><code>{lines}</code></pre>\n'
        case Facts():
            yield '<dl class="facts">\n'
            for label, text in block.pairs:
                yield f"<div><dt>{write_text(label)}</dt><dd>{write_text(text)}</dd></div>\n"
            yield "</dl>\n"
        case Bullets():
            kind = ' class="seen-lines" translate="no"' if block.data else ""
            yield f"<ul{kind}>\n"
            yield from (f"<li>{write_text(line)}</li>\n" for line in block.lines)
            yield "</ul>\n"
        case Table():
            yield from _table(block, about)
        case Chart():
            yield draw_curve(block)
        case Entry():
            yield from _entry(block, about)
        case Fold():
            yield f'<details class="more"><summary>{write_text(block.summary)}</summary>\n'
            for one in block.blocks:
                yield from _block(one, about)
            yield "</details>\n"
            if block.printed:
                yield f'<p class="printed fine">{write_text(block.printed)}</p>\n'
        case _:
            assert_never(block)


def _table(table: Table, about: str) -> Iterator[str]:
    yield f'<div class="scroll" role="group" tabindex="0" aria-label="{write_text(about)}">\n'
    heads = "".join(
        f'<th scope="col"{_number(place, table)}>{write_text(head)}</th>' for place, head in enumerate(table.heads)
    )
    yield f'<table class="plain stack">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n'
    for row in table.rows:
        yield f"<tr>{''.join(_cells(row, table))}</tr>\n"
    yield "</tbody>\n</table>\n</div>\n"


def _cells(row: Iterable[str], table: Table) -> Iterator[str]:
    for place, cell in enumerate(row):
        if place == 0:
            yield f'<th scope="row">{write_text(cell)}</th>'
        else:
            yield f'<td data-h="{write_text(table.heads[place])}"{_number(place, table, cell)}>{write_text(cell)}</td>'


def _number(place: int, table: Table, cell: str = "") -> str:
    if place < table.numbers:
        return ""
    return ' class="n some"' if cell not in {"", "0"} else ' class="n"'


def _entry(entry: Entry, about: str) -> Iterator[str]:
    kind = f" k-{entry.mark} s-{entry.severity}" if entry.mark else ""
    mark = write_icon(entry.mark, entry.severity if entry.mark == "fail" else "") if entry.mark else ""
    name = f'<span class="id">{write_text(entry.name)}</span> ' if entry.name else ""
    tag = f' <span class="tag{kind}">{write_text(entry.tag)}</span>' if entry.tag else ""
    yield f'<article class="check">\n<h3>{mark} {name}<span class="name">{write_text(entry.title)}</span>{tag}</h3>\n'
    for block in entry.blocks:
        yield from _block(block, about)
    yield "</article>\n"

"""A page that is no report of an audit: a plan, what changed, an incident. Plain blocks, which a format lays out.

All texts are untrusted: whoever lays them out cleans and escapes them.
"""

from collections.abc import Sequence
from typing import NamedTuple

from rempart_core.messages.labels import Labels
from rempart_reports.writing.translation import number


class Paragraph(NamedTuple):
    """A paragraph.

    Attributes:
        text: What it says.
        kind: ``""``, ``note``, ``quiet`` or ``heading``.
    """

    text: str
    kind: str = ""


class Code(NamedTuple):
    """Lines as they are: a difference, a draft."""

    text: str


class Facts(NamedTuple):
    """Labels with what they say."""

    pairs: tuple[tuple[str, str], ...]


class Bullets(NamedTuple):
    """A list of lines; ``data`` where they are names and values of machines."""

    lines: tuple[str, ...]
    data: bool = False


class Table(NamedTuple):
    """A table.

    Attributes:
        heads: Of the columns.
        rows: The cells.
        numbers: From which column on the cells are numbers.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: int = 99


class Chart(NamedTuple):
    """A curve over time, from zero up; what it shows stands in its text too.

    Attributes:
        title: What is counted.
        text: What it shows, in words, for whoever does not see it.
        values: From the left; None where nothing is known.
        most: What the top stands for, above zero.
        edges: What stands at its left and right end.
    """

    title: str
    text: str
    values: tuple[float | None, ...]
    most: float
    edges: tuple[str, str]


class Entry(NamedTuple):
    """A check, or one thing of a list, with what is said of it.

    Attributes:
        name: Its id.
        title: What it is.
        mark: The kind of result whose mark it has; ``""`` for none.
        severity: ``critical`` and so on; ``""`` for none.
        tag: A word or two on its state; ``""`` for none.
        blocks: What is said of it.
    """

    name: str
    title: str
    mark: str = ""
    severity: str = ""
    tag: str = ""
    blocks: "tuple[Paragraph | Code | Facts | Bullets | Table | Chart | Fold, ...]" = ()


class Fold(NamedTuple):
    """What is out of sight until a reader opens it; it needs no script.

    Attributes:
        summary: What stands in its place.
        blocks: What is folded.
        printed: What a print, which cannot be opened, says of it.
    """

    summary: str
    blocks: "tuple[Paragraph | Code | Facts | Bullets | Table | Chart | Entry, ...]"
    printed: str = ""


Part = Paragraph | Code | Facts | Bullets | Table | Chart | Fold
"""What may stand in an entry."""
Element = Paragraph | Code | Facts | Bullets | Table | Chart | Entry
Block = Element | Fold


class Section(NamedTuple):
    """A part of a page.

    Attributes:
        title: Its heading.
        blocks: What stands in it.
        number: How many things it tells of; None where that says nothing.
    """

    title: str
    blocks: tuple[Block, ...]
    number: int | None = None


class Document(NamedTuple):
    """A page.

    Attributes:
        kind: What it is: ``Plan``.
        title: Its own name.
        lead: A line below it.
        level: ``good``, ``partial`` or ``bad``.
        headline: One sentence: what it comes to.
        remarks: Sentences that complete it.
        sections: Its parts, also those that came out empty.
    """

    kind: str
    title: str
    lead: str
    level: str
    headline: str
    remarks: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()

    @property
    def parts(self) -> tuple[Section, ...]:
        """Return the sections in which something stands."""
        return tuple(section for section in self.sections if section.blocks)


def fold_rest(blocks: Sequence[Element], shown: int, language: str) -> tuple[Block, ...]:
    """Return blocks of which only the first are in sight, and how many more there are.

    Args:
        blocks: All of them.
        shown: How many are in sight; one more is not folded, since a line would say so.
        language: ``en`` or ``fr``.
    """
    more = len(blocks) - shown
    return tuple(blocks) if more <= 1 else (*blocks[:shown], _fold(blocks[shown:], more, language))


def fold_table(table: Table, shown: int, language: str) -> tuple[Part, ...]:
    """Return a table of which only the first rows are in sight, and how many more there are.

    Args:
        table: All of it.
        shown: See :func:`fold_rest`.
        language: ``en`` or ``fr``.
    """
    more = len(table.rows) - shown
    if more <= 1:
        return (table,)
    rest = table._replace(rows=table.rows[shown:])
    return table._replace(rows=table.rows[:shown]), _fold([rest], more, language)


def fold_lines(bullets: Bullets, shown: int, language: str) -> tuple[Part, ...]:
    """Return a list of which only the first lines are in sight, and how many more there are.

    Args:
        bullets: All of it.
        shown: See :func:`fold_rest`.
        language: ``en`` or ``fr``.
    """
    more = len(bullets.lines) - shown
    if more <= 1:
        return (bullets,)
    rest = bullets._replace(lines=bullets.lines[shown:])
    return bullets._replace(lines=bullets.lines[:shown]), _fold([rest], more, language)


def fold_facts(facts: Facts, shown: int, language: str) -> tuple[Part, ...]:
    """Return labels with what they say, of which only the first are in sight, and how many more there are.

    Args:
        facts: All of them.
        shown: See :func:`fold_rest`.
        language: ``en`` or ``fr``.
    """
    more = len(facts.pairs) - shown
    if more <= 1:
        return (facts,)
    return Facts(facts.pairs[:shown]), _fold([Facts(facts.pairs[shown:])], more, language)


def _fold(rest: Sequence[Element], more: int, language: str) -> Fold:
    label, count = Labels("listing", language), number(more, language)
    return Fold(label("more", count=count), tuple(rest), label("folded", count=count))

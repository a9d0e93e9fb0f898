"""A page that is no report of an audit: a plan, what changed, an incident. Plain blocks, which a format lays out.

All texts are untrusted: whoever lays them out cleans and escapes them.
"""

from typing import NamedTuple


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
    blocks: "tuple[Paragraph | Code | Facts | Bullets | Table, ...]" = ()


Block = Paragraph | Code | Facts | Bullets | Table | Entry


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

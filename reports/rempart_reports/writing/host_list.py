"""How pages on a terminal list things: hosts by name, the rest counted; tables with a line a host."""

from collections.abc import Iterator, Sequence

from rempart_core.messages.labels import Labels
from rempart_core.text import clean_line

_NAMED = 6


def name_some(things: Sequence[str], language: str, *, count: bool = True) -> str:
    """Return the first of many names, and how many more there are.

    Args:
        things: The names, untrusted.
        language: ``en`` or ``fr``.
        count: Whether to say first how many hosts they are, where not all are named.
    """
    if len(things) <= _NAMED + 1:
        return clean_line(", ".join(things))
    some = clean_line(", ".join(things[:_NAMED]))
    label, more = Labels("listing", language), len(things) - _NAMED
    return label("hosts", count=len(things), names=some, more=more) if count else label("names", names=some, more=more)


def lay_out(rows: Sequence[Sequence[str]], words: int) -> Iterator[str]:
    """Yield the lines of a table.

    Args:
        rows: Its cells, the heads first.
        words: How many columns hold words; the others hold numbers and stand to the right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if place >= words else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()

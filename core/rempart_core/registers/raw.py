"""What a file of rows says before anybody asks what may stand in it: cells of text with their places."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

from rempart_core.messages.message import Message

Found = tuple[int, int, Message]
"""A mistake: line, column, and what is wrong."""


class Place(Protocol):
    """Tells where cells stand, once somebody asks."""

    def __call__(self, name: str) -> tuple[int, int]:
        """Return line and column of the cell with that name; of the row where it has none."""


class RawRow(NamedTuple):
    """A row.

    Attributes:
        line: The line on which it begins.
        values: The texts by column; none that is empty.
        place: Where its cells stand.
        found: What is wrong with its form.
    """

    line: int
    values: Mapping[str, str]
    place: Place
    found: tuple[Found, ...] = ()


class Raw(Protocol):
    """A file that is read row by row: the head is there once the rows are through."""

    head: RawRow | None
    """What the file says beside its rows; None where it says nothing, as a CSV file."""
    found: list[Found]
    """What is wrong with the file."""
    has_rows: bool
    """Whether there is a list of rows, be it empty."""

    def rows(self) -> Iterator[RawRow]:
        """Give the rows."""


class Places(NamedTuple):
    """Places that are known already; see ``Place``.

    Attributes:
        known: Lines and columns by name.
        otherwise: That of all other names.
    """

    known: Mapping[str, tuple[int, int]]
    otherwise: tuple[int, int]

    def __call__(self, name: str) -> tuple[int, int]:
        """See Place."""
        return self.known.get(name, self.otherwise)

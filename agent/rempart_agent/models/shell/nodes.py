"""What the shell's language is read into: words and their parts, simple and compound commands."""

from typing import NamedTuple, Optional, Tuple, Union

from rempart_agent.said import SaidError

MAX_TEXT = 512 * 1024
MAX_DEPTH = 60


class Strange(SaidError):
    """The text is none that is understood here."""


class Part(NamedTuple):
    """A part of a word.

    Attributes:
        kind: ``text``, ``variable``, ``command`` (a substitution), ``arithmetic`` or ``other``.
        text: Its text; of a variable its name, of a substitution the inner text.
        quoted: Whether quotes keep it whole.
        operator: Of a variable: ``:-``, ``-``, ``:+``, ``#`` … or ``""``.
        argument: What follows the operator.
    """

    kind: str
    text: str
    quoted: bool = False
    operator: str = ""
    argument: "Optional[Word]" = None


Word = Tuple[Part, ...]


class Simple(NamedTuple):
    """Assignments and words, with the line they stand on."""

    assignments: "Tuple[Tuple[str, Optional[Word], bool], ...]"
    words: Tuple[Word, ...]
    line: int


class Compound(NamedTuple):
    """Any other command: its kind, its parts, its line."""

    kind: str
    parts: "Tuple[object, ...]"
    line: int


Node = Union[Simple, Compound]


def literal(word: Word) -> Optional[str]:
    """Return a word's text where it is fixed; None else."""
    return "".join(part.text for part in word) if all(part.kind == "text" for part in word) else None

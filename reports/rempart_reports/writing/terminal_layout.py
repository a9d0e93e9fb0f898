"""Lines on a terminal: wrapping by the columns that characters take, colours, and what a poor encoding can't show."""

from collections.abc import Iterable
from typing import TextIO

from rempart_core.text import clean_line, defang

STYLES = {
    "": "",
    "bold": "1",
    "dim": "2",
    "critical": "1;31",
    "high": "31",
    "medium": "33",
    "low": "36",
    "info": "36",
    "good": "32",
    "bad": "1;31",
    "partial": "33",
    "heading": "1;4",
}
SYMBOLS = {
    "fail": ("✗", "x"),
    "error": ("!", "!"),
    "undecided": ("?", "?"),
    "waived": ("~", "~"),
    "known": ("=", "="),
    "not_checked": ("?", "?"),
    "not_applicable": ("–", "-"),
    "pass": ("✓", "+"),
    "separator": ("·", "|"),
}
_PLAIN = str.maketrans({
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "…": "...", "–": "-", "—": "-", "·": "|", "⏎": "\\n",
    "\u00a0": " ", "\u202f": " ", "œ": "oe", "Œ": "OE", "æ": "ae", "✗": "x", "✓": "+",
})  # fmt: skip
_OWN = str.maketrans(dict.fromkeys("’‘“”…–—✗✓\u202f", "-"))  # what our own texts have, a column each
_NARROWEST = 20  # columns that text gets, however narrow the terminal: below it is unreadable


class Page:
    """A stream that lines are laid out on.

    Args:
        out: Where they go.
        width: Columns to wrap at; 0 wraps nothing.
        color: May ANSI colours be used.
    """

    def __init__(self, out: TextIO, width: int = 0, color: bool = False) -> None:
        self._out = out
        self._width = width
        self._color = color
        self._encoding = (getattr(out, "encoding", None) or "utf-8").lower()
        self._rich = _holds(self._encoding, "✗✓–·")

    def symbol(self, kind: str) -> str:
        """Return the symbol of a state, or its ASCII stand-in where the stream's encoding can't take it."""
        return SYMBOLS[kind][not self._rich]

    def blank(self) -> None:
        """Write an empty line."""
        self._out.write("\n")

    def write(self, text: str, style: str = "", *, indent: int = 0, lead: tuple[tuple[str, str], ...] = ()) -> None:
        """Write one paragraph; lines after the first hang below its first character.

        Args:
            text: One line of text; it is cleaned again here, so that nothing gets past.
            style: A key of :data:`STYLES`.
            indent: Columns before the paragraph; the lead stands in them.
            lead: Pieces of text and their styles that stand before the first line; what is longer than the indent
                pushes the first line on.
        """
        text = self._fit(text)
        before = "".join(self._fit(piece) for piece, _ in lead)
        plain = before.ljust(indent)
        width = max(self._width - indent, _NARROWEST) if self._width else 0
        pieces = wrap(text, width, measure(plain) - indent) if width else [text]
        styled = "".join(self._paint(self._fit(piece), kind) for piece, kind in lead) + plain[len(before) :]
        for piece in pieces:
            # a wrapped line begins anew: what was harmless inside the line may be a command here
            body = self._paint(defang(piece), style) if piece else ""
            self._out.write(f"{styled}{body}".rstrip(" ") + "\n")
            styled = " " * indent

    def write_whole(self, text: str, *, indent: int = 0) -> None:
        """Write one line that is never wrapped: a command that is pasted.

        Args:
            text: The line; what its terminal can't show is written otherwise.
            indent: How many blanks stand before it.
        """
        self._out.write(f"{' ' * indent}{defang(self._fit(text))}".rstrip(" ") + "\n")

    def _paint(self, text: str, style: str) -> str:
        return f"\033[{STYLES[style]}m{text}\033[0m" if self._color and STYLES[style] and text.strip() else text

    def _fit(self, text: str) -> str:
        """Return ``text`` clean, and as far as the stream's encoding can hold it."""
        text = clean_line(text)
        if text.isascii() or _holds(self._encoding, text):
            return text
        return "".join(c if _holds(self._encoding, c) else _replace(c, self._encoding) for c in text)


def _holds(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _replace(character: str, encoding: str) -> str:
    """Return what stands for a character that the encoding lacks: a plain look-alike, its base letter, its number."""
    plain = character.translate(_PLAIN)
    if plain == character:
        from unicodedata import decomposition

        # canonical decompositions only: compatible ones would turn look-alikes into a command's own characters
        parts = decomposition(character)
        plain = chr(int(parts.split()[0], 16)) if parts and not parts.startswith("<") else character
    return plain if _holds(encoding, plain) else plain.encode("ascii", "backslashreplace").decode("ascii")


def measure(text: str) -> int:
    """Return how many columns ``text`` takes: two for wide East Asian characters, none for combining marks."""
    if text.isascii():
        return len(text)
    if max(text.translate(_OWN)) < "\u0300" and "\xad" not in text:  # letters of Europe; a soft hyphen takes no column
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(0 if category(c) in ("Mn", "Me", "Cf") else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def wrap(text: str, width: int, used: int = 0) -> list[str]:
    """Return ``text`` in lines of at most ``width`` columns, broken at spaces, and inside words that are too long.

    Args:
        text: One line.
        width: Columns of a line, at least 2.
        used: Columns of the first line that are taken already.
    """
    if used + measure(text) <= width:
        return [text]
    lines: list[str] = []
    line, room = "", width - used
    for word in text.split(" "):
        gap = " " if line else ""
        if measure(gap + word) <= room:
            line += gap + word
            room -= measure(gap + word)
            continue
        if line or (used and not lines):
            lines.append(line)
        line, room = word, width - measure(word)
        while room < 0:
            head = _cut(line, width)
            lines.append(head)
            line = line[len(head) :]
            room = width - measure(line)
    return [*lines, line]


def fold(line: str, width: int) -> list[str]:
    """Return a line in lines of at most ``width`` columns; those after the first stand four columns further in.

    Args:
        line: Any line; the blanks that it begins with are its indent.
        width: In columns, of which a character may take two.
    """
    text = line.lstrip(" ")
    indent = len(line) - len(text)
    if indent + measure(text) <= width:
        return [line]
    inner = indent + 4
    pieces = [piece for piece in wrap(text, max(width - inner, _NARROWEST), indent - inner) if piece]
    return [" " * indent + pieces[0], *(" " * inner + defang(piece) for piece in pieces[1:])]


class Folded:
    """A stream that takes whole lines and folds those that are too long.

    Args:
        out: Where they go.
        width: Columns of a line.
    """

    def __init__(self, out: TextIO, width: int) -> None:
        self._out = out
        self._width = width

    def write(self, text: str) -> None:
        """Write lines, of which the last one is ended too."""
        for line in text.removesuffix("\n").split("\n"):
            self._out.writelines(f"{piece}\n" for piece in fold(line, self._width))

    def writelines(self, lines: Iterable[str]) -> None:
        """Write lines one by one."""
        for line in lines:
            self.write(line)


def cut_line(text: str, width: int) -> str:
    """Return as much of ``text`` as fits into ``width`` columns, with ``…`` where something is left out."""
    if measure(text) <= width:
        return text
    return f"{_cut(text, max(width - 1, 1)).rstrip()}…"


def cut_words(text: str, width: int) -> str:
    """Return ``text`` as :func:`cut_line` does, but end it behind a word where one ends in its second half.

    Args:
        text: Any line.
        width: The most columns, the ``…`` at the end among them.
    """
    cut = cut_line(text, width)
    if cut == text:
        return text
    head, blank, _ = cut.rpartition(" ")
    return f"{head.rstrip(' ,;:')} …" if blank and measure(head) * 2 > width else cut


def _cut(word: str, width: int) -> str:
    """Return as many characters of ``word`` as fit into ``width`` columns, at least one."""
    end = taken = 0
    for character in word:
        taken += measure(character)
        if taken > width and end:
            break
        end += 1
    return word[:end]

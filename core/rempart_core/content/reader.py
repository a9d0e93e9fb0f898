"""The reader of content files: takes a node, expects a shape, and collects mistakes instead of raising.

Each method returns the value, or a harmless stand-in where there is none (the key is missing, the shape is wrong);
whoever reads a file asks for ``mistakes`` at the end and uses nothing of a file that has some. A node that is None is a
key that is missing: it was reported by :meth:`Reader.fields` if it had to be there.
"""

from collections.abc import Callable, Sequence

from rempart_core.content.scalar import resolve
from rempart_core.content.yamlfile import Broken, Document, Entries, Items, Node, Scalar
from rempart_core.error import Mistake
from rempart_core.suggestion import show, suggest
from rempart_core.text import Text, clean

_MISTAKES_LIMIT = 200


class Reader:
    """Reads the nodes of one file.

    Attributes:
        file: The file's name in mistakes.
        mistakes: What was found wrong so far.
    """

    def __init__(self, document: Document) -> None:
        self.file = document.file
        self.mistakes = list(document.mistakes)
        self._lines = document.lines

    def report(self, node: Node, message: str, offset: int = -1) -> None:
        """Note a mistake at the node; ``offset`` is that of a character inside its text.

        Args:
            node: Where it is.
            message: What is wrong, one line.
            offset: Of a character inside the node's text; -1 for the node's beginning.
        """
        line, column = (node.line, node.column) if offset < 0 else self._inside(node, offset)
        if len(self.mistakes) < _MISTAKES_LIMIT:
            self.mistakes.append(Mistake(self.file, line, column, message))
        elif len(self.mistakes) == _MISTAKES_LIMIT:
            self.mistakes.append(Mistake(self.file, line, column, "there are more mistakes, which are left out"))

    def _inside(self, node: Node, offset: int) -> tuple[int, int]:
        """Return the place of a character of a literal block or of a plain text of one line, else that of the node."""
        if not isinstance(node, Scalar):
            return node.line, node.column
        if node.style == "" and self._line(node.line)[node.column - 1 :].startswith(node.text):
            return node.line, node.column + offset
        if node.style != "|":
            return node.line, node.column
        line = node.line + 1 + node.text.count("\n", 0, offset)
        start = node.text.rfind("\n", 0, offset) + 1
        own = node.text[start:].split("\n", 1)[0]
        return line, max(len(self._line(line)) - len(own), 0) + offset - start + 1

    def _line(self, number: int) -> str:
        return self._lines[number - 1] if number <= len(self._lines) else ""

    def fields(
        self, node: Node | None, known: Sequence[str], required: Sequence[str] = (), what: str = ""
    ) -> dict[str, Node]:
        """Expect a mapping with keys of ``known``, all of ``required`` among them, and return its nodes by key.

        Args:
            node: What was found; None where it is missing, which is reported by whoever wants it.
            known: The keys that may be there.
            required: Those that must.
            what: What it is called in a mistake; ``""`` for the whole file.
        """
        found: dict[str, Node] = {}
        if isinstance(node, Scalar | Items):
            self.report(node, f"{_of(what)}expected keys ({', '.join(known)}), found {_kind(node)}")
        if not isinstance(node, Entries):
            return found
        for key, value in node.pairs:
            if key.text in known:
                found[key.text] = value
            else:
                self.report(key, f"unknown key {show(key.text)}{suggest(key.text, known)}")
        for name in required:
            if name not in found:
                self.report(node, f'{_of(what)}the key "{name}" is missing')
        return found

    def entries(self, node: Node | None, what: str) -> list[tuple[Scalar, Node]]:
        """Expect a mapping with free keys and return its pairs.

        Args:
            node: What was found; None where it is missing.
            what: What it is called in a mistake.
        """
        if isinstance(node, Scalar | Items):
            self.report(node, f"{what}: expected keys and values, found {_kind(node)}")
        return node.pairs if isinstance(node, Entries) else []

    def items(self, node: Node | None, what: str, least: int = 0) -> list[Node]:
        """Expect a list of at least ``least`` nodes and return them.

        Args:
            node: What was found; None where it is missing.
            what: What it is called in a mistake.
            least: The fewest that there may be.
        """
        if isinstance(node, Scalar | Entries):
            self.report(node, f"{what}: expected a list, found {_kind(node)}{_as_list(node)}")
        if not isinstance(node, Items):
            return []
        if len(node.nodes) < least:
            self.report(node, f"{what}: the list is empty")
        return node.nodes

    def text(self, node: Node | None, what: str) -> str:
        """Expect a text that is not blank, and return it without the blanks at its end.

        Args:
            node: What was found; None where it is missing, which gives ``""``.
            what: What it is called in a mistake.
        """
        if isinstance(node, Items | Entries):
            self.report(node, f"{what}: expected a text, found {_kind(node)}")
        if not isinstance(node, Scalar):
            return ""
        kind, value = resolve(node)
        if kind == "text" and not node.text.strip():
            self.report(node, f"{what}: the text is empty")
        elif kind == "text":
            self._expect_visible(node, what)
        elif kind == "null":
            self.report(node, f"{what}: expected a text, found nothing")
        elif kind == "ambiguous":
            self.report(node, f"{what}: YAML readers disagree on what a plain {value} is: {_quote(node)}")
        else:
            self.report(node, f"{what}: expected a text, found the {_NAMES[kind]} {node.text}: {_quote(node)}")
        return node.text.rstrip()

    def _expect_visible(self, node: Scalar, what: str) -> None:
        cleaned = clean(node.text)
        for offset, (own, seen) in enumerate(zip(node.text, cleaned, strict=True)):
            if own != seen:
                self.report(node, f"{what}: the invisible character U+{ord(own):04X} can't stand here", offset)
                return

    def line(self, node: Node | None, what: str) -> str:
        """Expect a text of one line.

        Args:
            node: What was found; None where it is missing, which gives ``""``.
            what: What it is called in a mistake.
        """
        text = self.text(node, what).strip()
        if "\n" in text and node is not None:
            self.report(node, f"{what}: expected one line")
        return text

    def translation(self, node: Node | None, what: str, read: Callable[[Node | None, str], str] | None = None) -> Text:
        """Expect a text in English and French; ``read`` is :meth:`text` or :meth:`line`.

        Args:
            node: What was found; None where it is missing.
            what: What it is called in a mistake.
            read: Reads each language; None for :meth:`text`.
        """
        if isinstance(node, Scalar):
            self.report(node, f'{what}: expected both languages, "{{en: …, fr: …}}", found {_kind(node)}')
            return Text("", "")
        fields = self.fields(node, ("en", "fr"), ("en", "fr"), what)
        read = read or self.text
        return Text(*(read(fields.get(language), f"{what}.{language}").strip() for language in ("en", "fr")))

    def integer(self, node: Node | None, what: str, least: int | None = None) -> int:
        """Expect a decimal integer, at least ``least``.

        Args:
            node: What was found; None where it is missing, which gives ``least``, else 0.
            what: What it is called in a mistake.
            least: The smallest that is taken; None for any.
        """
        if node is None or isinstance(node, Broken):
            return least or 0
        kind, value = resolve(node) if isinstance(node, Scalar) else ("", None)
        if kind == "integer" and isinstance(value, int):
            if least is not None and value < least:
                self.report(node, f"{what}: {value} is too small: at least {least}")
            return value
        advice = ": write plain decimal digits" if kind in ("ambiguous", "text") else ""
        self.report(node, f"{what}: expected a whole number, found {_kind(node)}{advice}")
        return least or 0

    def flag(self, node: Node | None, what: str, otherwise: bool) -> bool:
        """Expect ``true`` or ``false``; ``otherwise`` where the key is missing.

        Args:
            node: What was found; None where it is missing.
            what: What it is called in a mistake.
            otherwise: What a missing or wrong one gives.
        """
        if node is None or isinstance(node, Broken):
            return otherwise
        if isinstance(node, Scalar):
            kind, value = resolve(node)
            if kind == "flag":
                return bool(value)
        self.report(node, f"{what}: expected true or false, found {_kind(node)}")
        return otherwise

    def choice(self, node: Node | None, what: str, choices: Sequence[str], otherwise: str) -> str:
        """Expect one of ``choices``; ``otherwise`` where the key is missing.

        Args:
            node: What was found; None where it is missing.
            what: What it is called in a mistake.
            choices: What may be written, letter by letter.
            otherwise: What a missing or wrong one gives.
        """
        if node is None or isinstance(node, Broken):
            return otherwise
        if not isinstance(node, Scalar) or node.text not in choices:
            text = node.text if isinstance(node, Scalar) else ""
            advice = suggest(text, choices) or f": write one of {', '.join(choices)}"
            self.report(node, f"{what}: found {_kind(node)}{advice}")
            return otherwise
        return node.text

    def texts(self, node: Node | None, what: str, least: int = 0) -> tuple[str, ...]:
        """Expect a list of texts of one line, none of them twice.

        Args:
            node: What was found; None where it is missing.
            what: What it is called in a mistake.
            least: The fewest that there may be.
        """
        found: list[str] = []
        for item in self.items(node, what, least):
            text = self.line(item, what)
            if text and text in found:
                self.report(item, f"{what}: {show(text)} stands there twice")
            found.append(text)
        return tuple(found)

    def choices(self, node: Node | None, what: str, choices: Sequence[str], least: int = 0) -> tuple[str, ...]:
        """Expect a list of some of ``choices``, none of them twice.

        Args:
            node: What was found; None where it is missing.
            what: What it is called in a mistake.
            choices: What may be written, letter by letter.
            least: The fewest that there may be.
        """
        found: list[str] = []
        for item in self.items(node, what, least):
            choice = self.choice(item, what, choices, "")
            if choice and choice in found:
                self.report(item, f"{what}: {choice} stands there twice")
            found.append(choice)
        return tuple(found)

    def value(self, node: Node | None, what: str) -> object:
        """Expect plain data: a text, an integer, true, false, null, or a list of such.

        Args:
            node: What was found; None where it is missing, which gives None.
            what: What it is called in a mistake.
        """
        if isinstance(node, Items):
            return [self.value(item, what) for item in node.nodes]
        if isinstance(node, Entries):
            self.report(node, f"{what}: expected a value, found keys")
        if not isinstance(node, Scalar):
            return None
        kind, value = resolve(node)
        if kind == "ambiguous":
            self.report(node, f"{what}: YAML readers disagree on what a plain {value} is: {_quote(node)}")
        return value


_NAMES = {"integer": "number", "flag": "word", "null": "null"}


def _of(what: str) -> str:
    return f"{what}: " if what else ""


def _quote(node: Scalar) -> str:
    return f'quote it: "{node.text}"'


def _as_list(node: Scalar | Entries) -> str:
    plain = isinstance(node, Scalar) and node.text and len(node.text) < 40 and "\n" not in node.text
    return f": write [{node.text}]" if isinstance(node, Scalar) and plain and not node.style else ""


def _kind(node: Node) -> str:
    """Name what was found, for a message."""
    if isinstance(node, Items):
        return "a list"
    if isinstance(node, Scalar):
        kind, _ = resolve(node)
        if kind == "null":
            return "nothing"
        return f"the text {show(node.text)}" if kind == "text" else show(node.text)[1:-1]
    return "keys"

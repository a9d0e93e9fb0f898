"""The reader of content files: takes a node, expects a shape, and collects mistakes instead of raising.

Each method returns the value, or a harmless stand-in where there is none (the key is missing, the shape is wrong);
whoever reads a file asks for ``mistakes`` at the end and uses nothing of a file that has some. A node that is None is a
key that is missing: it was reported by :meth:`Reader.fields` if it had to be there.
"""

from collections.abc import Callable, Sequence

from rempart_core.content.scalar import resolve
from rempart_core.content.yamlfile import Broken, Document, Entries, Items, Node, Scalar
from rempart_core.error import Mistake
from rempart_core.messages.message import Message, as_is
from rempart_core.suggestion import quoted, show, suggestion_of
from rempart_core.text import Text, clean

_MISTAKES_LIMIT = 200
_BOTH = "{en: …, fr: …}"


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

    def report(self, node: Node, message: Message, offset: int = -1, *, what: str = "") -> None:
        """Note a mistake at the node.

        Args:
            node: Where.
            message: What is wrong, and what to write instead.
            offset: That of a character inside the node's text; -1 for the node as a whole.
            what: The key that is meant, said before the message; ``""`` for none.
        """
        message = Message("text.labelled", label=what, text=message) if what else message
        line, column = (node.line, node.column) if offset < 0 else self._inside(node, offset)
        if len(self.mistakes) < _MISTAKES_LIMIT:
            self.mistakes.append(Mistake(self.file, line, column, message))
        elif len(self.mistakes) == _MISTAKES_LIMIT:
            self.mistakes.append(Mistake(self.file, line, column, Message("content.more")))

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
            self.report(node, Message("content.expected_keys", known=", ".join(known), found=_kind(node)), what=what)
        if not isinstance(node, Entries):
            return found
        for key, value in node.pairs:
            if key.text in known:
                found[key.text] = value
            else:
                hint = suggestion_of(key.text, known)
                self.report(key, Message("content.unknown_key", key=quoted(key.text), hint=hint))
        for name in required:
            if name not in found:
                self.report(node, Message("content.missing_key", name=name), what=what)
        return found

    def entries(self, node: Node | None, what: str) -> list[tuple[Scalar, Node]]:
        """Expect a mapping with free keys and return its pairs.

        Args:
            node: What was found; None where it is missing.
            what: What it is called in a mistake.
        """
        if isinstance(node, Scalar | Items):
            self.report(node, Message("content.expected_entries", found=_kind(node)), what=what)
        return node.pairs if isinstance(node, Entries) else []

    def items(self, node: Node | None, what: str, least: int = 0) -> list[Node]:
        """Expect a list of at least ``least`` nodes and return them.

        Args:
            node: What was found; None where it is missing.
            what: What it is called in a mistake.
            least: The fewest that there may be.
        """
        if isinstance(node, Scalar | Entries):
            self.report(node, _as_list(node), what=what)
        if not isinstance(node, Items):
            return []
        if len(node.nodes) < least:
            self.report(node, Message("content.empty_list"), what=what)
        return node.nodes

    def text(self, node: Node | None, what: str) -> str:
        """Expect a text that is not blank, and return it without the blanks at its end.

        Args:
            node: What was found; None where it is missing, which gives ``""``.
            what: What it is called in a mistake.
        """
        if isinstance(node, Items | Entries):
            self.report(node, Message("content.expected_text", found=_kind(node)), what=what)
        if not isinstance(node, Scalar):
            return ""
        kind, value = resolve(node)
        if kind == "text" and not node.text.strip():
            self.report(node, Message("content.empty_text"), what=what)
        elif kind == "text":
            self._expect_visible(node, what)
        elif kind == "null":
            self.report(node, Message("content.expected_text", found=_kind(node)), what=what)
        elif kind == "ambiguous":
            self.report(node, Message("content.ambiguous", value=str(value), text=node.text), what=what)
        elif kind == "integer":
            self.report(node, Message("content.text_is_number", text=node.text), what=what)
        else:
            self.report(node, Message("content.text_is_word", text=node.text), what=what)
        return node.text.rstrip()

    def _expect_visible(self, node: Scalar, what: str) -> None:
        cleaned = clean(node.text)
        if cleaned == node.text:
            return
        for offset, (own, seen) in enumerate(zip(node.text, cleaned, strict=True)):
            if own != seen:
                self.report(node, Message("content.invisible", code=f"{ord(own):04X}"), offset, what=what)
                return

    def line(self, node: Node | None, what: str) -> str:
        """Expect a text of one line.

        Args:
            node: What was found; None where it is missing, which gives ``""``.
            what: What it is called in a mistake.
        """
        text = self.text(node, what).strip()
        if "\n" in text and node is not None:
            self.report(node, Message("content.one_line"), what=what)
        return text

    def translation(self, node: Node | None, what: str, read: Callable[[Node | None, str], str] | None = None) -> Text:
        """Expect a text in English and French; ``read`` is :meth:`text` or :meth:`line`.

        Args:
            node: What was found; None where it is missing.
            what: What it is called in a mistake.
            read: Reads each language; None for :meth:`text`.
        """
        if isinstance(node, Scalar):
            self.report(node, Message("content.both_languages", example=_BOTH, found=_kind(node)), what=what)
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
                self.report(node, Message("content.too_small", value=value, least=least), what=what)
            return value
        if kind in ("ambiguous", "text"):
            self.report(node, Message("content.whole_number_digits", found=_kind(node)), what=what)
        else:
            self.report(node, Message("content.whole_number", found=_kind(node)), what=what)
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
        self.report(node, Message("content.flag", found=_kind(node)), what=what)
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
            hint = suggestion_of(text, choices)
            if hint.id == "text.nothing":
                said = Message("content.choice", found=_kind(node), known=", ".join(choices))
            else:
                said = Message("content.choice_near", found=_kind(node), hint=hint)
            self.report(node, said, what=what)
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
                self.report(item, Message("content.text_twice", text=quoted(text)), what=what)
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
                self.report(item, Message("content.text_twice", text=choice), what=what)
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
            self.report(node, Message("content.no_value"), what=what)
        if not isinstance(node, Scalar):
            return None
        kind, value = resolve(node)
        if kind == "ambiguous":
            self.report(node, Message("content.ambiguous", value=str(value), text=node.text), what=what)
        return value


def _as_list(node: Scalar | Entries) -> Message:
    plain = isinstance(node, Scalar) and node.text and len(node.text) < 40 and "\n" not in node.text
    if isinstance(node, Scalar) and plain and not node.style:
        return Message("content.expected_list_as", found=_kind(node), text=node.text)
    return Message("content.expected_list", found=_kind(node))


def _kind(node: Node) -> Message:
    """Name what was found."""
    if isinstance(node, Items):
        return Message("content.a_list")
    if isinstance(node, Scalar):
        kind, _ = resolve(node)
        if kind == "null":
            return Message("content.nothing")
        return Message("content.the_text", text=quoted(node.text)) if kind == "text" else as_is(show(node.text)[1:-1])
    return Message("content.keys")

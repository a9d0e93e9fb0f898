"""One YAML file, read into nodes that know their line and column.

The subset of YAML 1.2 that a person writes by hand: mappings, lists, texts, decimal integers, ``true``, ``false`` and
``null``. Anchors, aliases, tags and several documents are refused, and so is a plain scalar that YAML readers take for
different things (``0640`` is 416 to some; ``no`` is false; ``8.20`` is 8.2): it has to be quoted. A file that is no
YAML at all gives one mistake with its place, never an exception of the library.

PyYAML is imported when a file is read: an audit that has its checks compiled never pays for it.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from rempart_core.error import Mistake
from rempart_core.messages.message import Message
from rempart_core.messages.system import reason_of
from rempart_core.suggestion import quoted

if TYPE_CHECKING:
    from yaml import MarkedYAMLError

SIZE_LIMIT = 1024 * 1024
DEPTH_LIMIT = 20


class Scalar(NamedTuple):
    """A single value as it was written.

    Attributes:
        line: Line, from 1.
        column: Column, from 1.
        text: The text, without quotes and with escapes resolved.
        style: ``""`` for a plain one, else ``'``, ``"``, ``|`` or ``>``.
    """

    line: int
    column: int
    text: str
    style: str = ""


class Items(NamedTuple):
    """A list."""

    line: int
    column: int
    nodes: list[Any]  # of Node; a recursive type is more than mypy's named tuples can say


class Entries(NamedTuple):
    """A mapping: its keys in the order of the file, each once."""

    line: int
    column: int
    pairs: list[tuple[Scalar, Any]]  # of Scalar and Node


class Broken(NamedTuple):
    """What stands where something was refused; the mistake is reported already."""

    line: int
    column: int


Node = Scalar | Items | Entries | Broken


class Document(NamedTuple):
    """A file that was read.

    Attributes:
        file: Its path as it was given.
        root: The mapping that it holds; Broken where it holds none.
        mistakes: What is wrong with it so far.
        lines: Its lines, to tell where inside a block of text something stands.
        data: Its bytes.
    """

    file: str
    root: Entries | Broken
    mistakes: list[Mistake]
    lines: list[str]
    data: bytes


def read(path: str) -> Document:
    """Read one file. Never raises: what can't be opened, decoded or parsed is in the document's mistakes."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        return _refuse(path, 0, 0, Message("content.unreadable", error=reason_of(error)))
    except ValueError as error:  # a NUL in the path
        return _refuse(path, 0, 0, Message("content.unreadable", error=str(error)))
    return parse(data, path)


def parse(data: bytes, file: str) -> Document:
    """Parse the bytes of one file; ``file`` is its name in mistakes. Never raises, see :func:`read`.

    Args:
        data: All of the file.
        file: What it is called in mistakes.
    """
    if len(data) > SIZE_LIMIT:
        return _refuse(file, 0, 0, Message("content.too_large", size=SIZE_LIMIT // 1024))
    if data.startswith(b"\xef\xbb\xbf"):
        return _refuse(file, 1, 1, Message("content.byte_order"))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
        return _refuse(file, line, column, Message("content.no_utf8", byte=f"{data[error.start]:02x}"))
    odd = re.search("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff", text)
    if odd:
        line, column = _place(text, odd.start())
        return _refuse(file, line, column, Message("content.character", code=f"{ord(odd[0]):04X}"))
    return _Builder(file, text, data).build()


def _refuse(file: str, line: int, column: int, message: Message) -> Document:
    return Document(file, Broken(1, 1), [Mistake(file, line, column, message)], [], b"")


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


class _Stop(Exception):
    """The rest of the file makes no sense."""


class _Builder:
    """Builds nodes of PyYAML's events: a loader of its own, since PyYAML's keeps the last of equal keys in silence."""

    def __init__(self, file: str, text: str, data: bytes) -> None:
        self.file = file
        self.text = text
        self.data = data
        self.mistakes: list[Mistake] = []

    def build(self) -> Document:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        root: Node = Broken(1, 1)
        try:
            root = self._document(yaml.parse(self.text, Loader=loader))
        except _Stop:
            pass
        except yaml.MarkedYAMLError as error:
            self._report(*explain(self.text, error))
        except yaml.YAMLError as error:
            self._report(1, 1, Message("content.no_yaml", error=" ".join(str(error).split())))
        if not isinstance(root, (Entries, Broken)):
            found = Message("content.a_list") if isinstance(root, Items) else Message("content.a_text")
            self._report(root.line, root.column, Message("content.expected_root", found=found))
            root = Broken(1, 1)
        return Document(self.file, root, self.mistakes, self.text.splitlines(), self.data)

    def _report(self, line: int, column: int, message: Message) -> None:
        self.mistakes.append(Mistake(self.file, line, column, message))

    def _document(self, events: Iterator[Any]) -> Node:
        root: Node | None = None
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and root is not None:
                mark = event.start_mark
                self._report(mark.line + 1, mark.column + 1, Message("content.second_document"))
                raise _Stop
            if kind not in ("StreamStartEvent", "DocumentStartEvent", "DocumentEndEvent", "StreamEndEvent"):
                root = self._node(event, events, 0)
        if root is None:
            self._report(1, 1, Message("content.empty"))
            raise _Stop
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        kind = type(event).__name__
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if depth > DEPTH_LIMIT:
            self._report(line, column, Message("content.too_deep", count=DEPTH_LIMIT))
            raise _Stop
        if kind == "AliasEvent":
            self._report(line, column, Message("content.alias", name=event.anchor))
            return Broken(line, column)
        if event.anchor is not None:
            self._report(line, column, Message("content.anchor", name=event.anchor))
        node: Node
        if kind == "ScalarEvent":
            node = Scalar(line, column, event.value, event.style or "")
            if "\0" in event.value or not _encodable(event.value):
                self._report(line, column, Message("content.nul"))
                node = Broken(line, column)
        elif kind == "SequenceStartEvent":
            node = Items(line, column, [])
            while type(inner := next(events)).__name__ != "SequenceEndEvent":
                node.nodes.append(self._node(inner, events, depth + 1))
        else:
            node = self._mapping(Entries(line, column, []), events, depth)
        if event.tag is not None and event.tag != "!":
            self._report(line, column, Message("content.tag", tag=quoted(event.tag)))
            return Broken(line, column)
        return node

    def _mapping(self, node: Entries, events: Iterator[Any], depth: int) -> Entries:
        seen: dict[str, Scalar] = {}
        while type(inner := next(events)).__name__ != "MappingEndEvent":
            key = self._node(inner, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, Scalar) or not key.text:
                if not isinstance(key, Broken):
                    self._report(key.line, key.column, Message("content.key_text"))
            elif key.text in seen:
                twice = Message("content.key_twice", key=quoted(key.text), line=str(seen[key.text].line))
                self._report(key.line, key.column, twice)
            else:
                seen[key.text] = key
                node.pairs.append((key, value))
        return node


def explain(text: str, error: "MarkedYAMLError") -> tuple[int, int, Message]:
    """Say in plain words what PyYAML or libyaml found wrong, with line and column; the two word it differently.

    Args:
        text: What was parsed.
        error: A ``MarkedYAMLError`` of theirs.
    """
    problem, context = str(error.problem or ""), str(error.context or "")
    before = error.context_mark
    mark = error.problem_mark or before
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines()
    rest = lines[line][column:] if line < len(lines) else ""
    message = Message("content.no_yaml_here", error=problem + (f" ({context})" if context else ""))
    if "nesting" in problem:
        message = Message("content.too_deep", count=DEPTH_LIMIT)
    elif "cannot start any token" in problem:
        if "\t" in (lines[line][: column + 1] if line < len(lines) else "") or rest.lstrip(" ").startswith("\t"):
            message = Message("content.tab")
        else:
            message = Message("content.plain_begin", character=rest[:1])
    elif "mapping values are not allowed" in problem:
        message = Message("content.colon")
    elif "unexpected end of stream" in problem and "quoted" in context and before:
        line, column = before.line, before.column
        message = Message("content.quote_open")
    elif "flow" in context and before and "node" not in context:
        at = str(before.line + 1), str(before.column + 1)
        message = Message("content.bracket_open", line=at[0], column=at[1])
    elif "could not find expected ':'" in problem and before:
        line, column = before.line, before.column
        message = Message("content.no_colon")
    elif "block mapping" in context or "block collection" in context:
        message = Message("content.indent")
    return line + 1, column + 1, message


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True

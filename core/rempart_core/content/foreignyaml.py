"""YAML that other products' users wrote: all of the language, into nodes that know their line.

Nothing is refused that PyYAML reads, several documents and aliases among it. What an alias names is one node however
often it stands there, and an alias within what it names is an empty node, so a small file stays small.
"""

from typing import Self

import yaml

from rempart_core.text import clean_line

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = {"", "~", "null", "Null", "NULL"}


class ForeignNode:
    """A value of a file.

    Attributes:
        line: Where it begins, from 1.
        kind: ``scalar``, ``list``, ``mapping``, or ``none`` for a null and for an alias within what it names.
        text: Of a scalar, as it was written, without quotes; else ``""``.
        items: Of a list; else empty.
        pairs: The keys of a mapping and their values in the order of the file, the same key more than once where it
            stands so; else empty.
    """

    __slots__ = ("items", "kind", "line", "pairs", "text")

    def __init__(self, line: int, kind: str = "none", text: str = "") -> None:
        """Make one without items and pairs."""
        self.line = line
        self.kind = kind
        self.text = text
        self.items: list[Self] = []
        self.pairs: list[tuple[str, Self]] = []

    def get(self, key: str) -> Self | None:
        """Return the value of a key of a mapping, the last where it stands more than once; None where there is none."""
        return next((value for name, value in reversed(self.pairs) if name == key), None)

    def text_of(self, key: str) -> str:
        """Return the text of a key of a mapping; ``""`` where there is none, or no single value."""
        value = self.get(key)
        return value.text if value else ""


class ForeignYamlError(Exception):
    """The bytes are no YAML.

    Attributes:
        line: Where it shows, from 1; 0 where that is not known.
        why: The library's reason, in English; ``""`` where it is nested too deeply.
    """

    def __init__(self, line: int, why: str) -> None:
        """Tell where the bytes are no YAML, and why."""
        self.line = line
        self.why = why
        super().__init__(why)


def parse_foreign(data: bytes) -> list[ForeignNode]:
    """Return the documents of a file; empty ones are left out.

    Args:
        data: All of the file.

    Raises:
        ForeignYamlError: They are no YAML.
    """
    try:
        found = [node for node in yaml.compose_all(data, Loader=_LOADER) if node is not None]
        return [_Converter().convert(node) for node in found]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ForeignYamlError(line, clean_line(error.problem or error.context or "syntax error")) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise ForeignYamlError(0, clean_line(str(error))) from error
    except RecursionError as error:
        raise ForeignYamlError(0, "") from error


class _Converter:
    def __init__(self) -> None:
        self._made: dict[int, ForeignNode] = {}

    def convert(self, node: yaml.Node) -> ForeignNode:
        made = self._made.get(id(node))
        if made is None:
            line = node.start_mark.line + 1
            self._made[id(node)] = ForeignNode(line)
            made = self._made[id(node)] = self._convert(node, line)
        return made

    def _convert(self, node: yaml.Node, line: int) -> ForeignNode:
        made = ForeignNode(line)
        match node:
            case yaml.ScalarNode() if node.style or node.value not in _NULLS:
                made = ForeignNode(line, "scalar", str(node.value))
            case yaml.SequenceNode():
                made = ForeignNode(line, "list")
                made.items = [self.convert(item) for item in node.value]
            case yaml.MappingNode():
                made = ForeignNode(line, "mapping")
                pairs = [(key, self.convert(value)) for key, value in node.value]
                made.pairs = [(str(key.value), value) for key, value in pairs if isinstance(key, yaml.ScalarNode)]
        return made

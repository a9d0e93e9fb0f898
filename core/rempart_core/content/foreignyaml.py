"""YAML that other products' users wrote: all of the language, into the nodes of ``yamlfile``, which know their line.

Nothing is refused that PyYAML reads, several documents and aliases among it. What an alias names is one node however
often it stands there, and an alias within what it names is :class:`Broken`, so a small file stays small.
"""

import yaml

from rempart_core.content.yamlfile import Broken, Entries, Items, Node, Scalar
from rempart_core.text import clean_line

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = {"", "~", "null", "Null", "NULL"}


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


def parse_foreign(data: bytes) -> list[Node]:
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


def is_null(node: Scalar) -> bool:
    """Tell whether a single value says that there is none."""
    return not node.style and node.text in _NULLS


class _Converter:
    def __init__(self) -> None:
        self._made: dict[int, Node] = {}

    def convert(self, node: yaml.Node) -> Node:
        made = self._made.get(id(node))
        if made is None:
            place = node.start_mark.line + 1, node.start_mark.column + 1
            self._made[id(node)] = Broken(*place)
            made = self._made[id(node)] = self._convert(node, *place)
        return made

    def _convert(self, node: yaml.Node, line: int, column: int) -> Node:
        match node:
            case yaml.ScalarNode():
                return Scalar(line, column, str(node.value), node.style or "")
            case yaml.SequenceNode():
                return Items(line, column, [self.convert(item) for item in node.value])
            case yaml.MappingNode():
                pairs = [(self.convert(key), self.convert(value)) for key, value in node.value]
                return Entries(line, column, [(key, value) for key, value in pairs if isinstance(key, Scalar)])
        return Broken(line, column)

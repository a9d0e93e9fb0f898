r"""JSON as a tree of texts, the way osquery's tables of browsers see it.

osquery reads JSON into property trees of the Boost libraries: every scalar is a text there (``true`` is ``"true"``),
and writing one back gives texts only, with an empty list or object as ``""`` and ``/`` as ``\/``.
"""

from typing import Any, Dict, List, Optional, Union

from rempart_agent.source.contract import Malformed

Tree = Union[str, List["Tree"], Dict[str, "Tree"]]
"""A tree: of what JSON holds, with a text for each scalar."""

_ESCAPES = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def parse(text: str) -> Tree:
    """Return a tree of dictionaries, lists and texts.

    Raises:
        Malformed: it is no JSON, or nested too deeply.
    """
    import json

    try:
        return _texts(json.loads(text, parse_int=str, parse_float=str, parse_constant=str))
    except (ValueError, RecursionError) as error:
        raise Malformed("no JSON: {error}", error=error) from error


def _texts(value: Any) -> Tree:
    if isinstance(value, dict):
        return {key: _texts(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_texts(child) for child in value]
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def child(tree: Optional[Tree], *path: str) -> Optional[Tree]:
    """Return what stands under names within one another, None where there is nothing."""
    for name in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(name)
    return tree


def text(tree: Optional[Tree], *path: str) -> str:
    """Return the text under names within one another, ``""`` where there is none."""
    found = child(tree, *path)
    return found if isinstance(found, str) else ""


def write(tree: Optional[Tree]) -> str:
    """Return a tree as Boost writes it on one line; a line feed ends it.

    Raises:
        Malformed: it is nested too deeply.
    """
    try:
        return _written(tree) + "\n"
    except RecursionError as error:
        raise Malformed("nested too deeply") from error


def _written(tree: Optional[Tree]) -> str:
    if isinstance(tree, dict) and tree:
        return "{" + ",".join(_quoted(key) + ":" + _written(value) for key, value in tree.items()) + "}"
    if isinstance(tree, list) and tree:
        return "[" + ",".join(_written(value) for value in tree) + "]"
    return _quoted(tree if isinstance(tree, str) else "")


def _quoted(value: str) -> str:
    return '"' + "".join(_ESCAPES.get(c) or ("\\u{:04X}".format(ord(c)) if c < " " else c) for c in value) + '"'

"""Writes one value as a person writes it into a profile or an inventory: YAML on one line, or an item a line."""

import json
import re

from rempart_core.content.scalar import resolve
from rempart_core.content.yamlfile import Scalar
from rempart_core.model.parameter import Value

WIDTH = 80
"""A list that is longer than this, in characters, is written with an item a line."""
_PLAIN = re.compile(r"[\w/.]([\w/.@+=%* -]*[\w/.@+=%*-])?")


def write_flow(value: Value) -> str:
    """Return a value on one line: ``[bin, "0750"]``. Texts that a reader could take for something else are in quotes.

    Args:
        value: The value of a parameter.
    """
    if isinstance(value, list):
        return f"[{', '.join(write_flow(one) for one in value)}]"
    if isinstance(value, int):
        return str(value)
    if _PLAIN.fullmatch(value) and resolve(Scalar(0, 0, value)).kind == "text":
        return value
    return json.dumps(value, ensure_ascii=False)


def write_items(value: Value) -> list[str]:
    """Return the lines of a list that is too long for one, ``- bin`` and so on; none where it is short or no list.

    Args:
        value: The value of a parameter.
    """
    if not isinstance(value, list) or len(write_flow(value)) <= WIDTH:
        return []
    return [f"- {write_flow(one)}" for one in value]

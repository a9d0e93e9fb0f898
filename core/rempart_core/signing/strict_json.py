"""JSON that may be hostile: of one size, one depth, and with each key once."""

import json
import re
from typing import Any

from rempart_core.json_value import Json

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_MARKS = re.compile(rb"[\[\]{}]")


def read_object(data: bytes, most: int, depth: int) -> dict[str, Json]:
    """Return the object that bytes hold.

    Args:
        data: UTF-8.
        most: How many bytes it may have.
        depth: How many objects and arrays may stand in one another.

    Raises:
        ValueError: It is none, or one that is refused; the text is for nobody.
    """
    if len(data) > most or _measure(data) > depth:
        raise ValueError("too large")
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_expect_single)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 - what is refused is told in one way
    return found


def _measure(data: bytes) -> int:
    """Return how many objects and arrays stand in one another, before anything is made of them."""
    deepest = depth = 0
    for mark in _MARKS.findall(_STRING.sub(b"", data)):
        depth += 1 if mark in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _expect_single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no number")

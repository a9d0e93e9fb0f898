"""Makes text that a regular expression fits, from its own structure."""

from __future__ import annotations

import random
import re
import string
from typing import Any

_PARSER: Any = getattr(re, "_parser", None)
_WORD = string.ascii_letters + string.digits


def make(pattern: bytes, seed: int) -> bytes:
    """Return random text that fits; repetitions are as short as they may be, lookarounds are left out.

    Args:
        pattern: The expression, with literals, classes, groups, branches and repetitions.
        seed: The same seed makes the same text.
    """
    return _make(_PARSER.parse(pattern), random.Random(seed)).encode()  # noqa: S311 - no secret is made


def _make(nodes: Any, dice: random.Random) -> str:
    return "".join(_one(str(code), value, dice) for code, value in nodes)


def _one(code: str, value: Any, dice: random.Random) -> str:
    match code:
        case "LITERAL":
            return chr(value)
        case "IN":
            return dice.choice([letter for part in value for letter in _letters(*part)])
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, _, nodes = value
            return "".join(_make(nodes, dice) for _ in range(least))
        case "SUBPATTERN":
            return _make(value[-1], dice)
        case "BRANCH":
            return _make(dice.choice(value[1]), dice)
        case "ASSERT" | "ASSERT_NOT" | "AT":
            return ""
        case _:
            raise AssertionError(code)


def _letters(code: Any, value: Any) -> str:
    match str(code):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return "".join(map(chr, range(value[0], value[1] + 1)))
        case _:
            return _WORD if str(value) == "CATEGORY_WORD" else string.digits

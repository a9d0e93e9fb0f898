"""How a word is written in apt's files."""

import re
from typing import Optional

from rempart_agent.said import SaidError

WORD = re.compile(r'(?:"[^"]*"|\[[^\]]*\]|[^\s"\[])+')
"""A word: up to a blank that stands in no quotes and no brackets."""


class Refused(SaidError):
    """apt would refuse the file."""


def plain(word: str) -> str:
    """Return a word without quotes, ``%20`` and the like resolved."""
    return re.sub(r"%([0-9A-Fa-f]{2})", lambda found: chr(int(found.group(1), 16)), word.replace('"', ""))


_NUMBER = re.compile(r"\s*[+-]?(?:0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)\Z")


def truth(word: str) -> Optional[bool]:
    """Return what a word of a switch means to apt; None where it takes the default (``StringToBool``)."""
    word = word.lower()
    if _NUMBER.match(word):
        digits = word.strip().lstrip("+-")
        value = (
            int(digits, 16) if digits.startswith("0x") else int(digits, 8) if digits.startswith("0") else int(digits)
        )
        return bool(value) if value in (0, 1) and "-1" not in word else None
    if word in ("yes", "true", "with", "on", "enable"):
        return True
    return False if word in ("no", "false", "without", "off", "disable") else None

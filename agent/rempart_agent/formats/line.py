"""Lines and words as osquery's tables take them from text files: parted by newlines, blanks around them cut off."""

import re
from typing import Iterator, List

BLANK = " \t\n\v\f\r"
_WORD = re.compile(r"[^ \t]+")


def trimmed(text: str) -> Iterator[str]:
    """Yield the lines that are not empty, without the blanks around them."""
    for line in text.split("\n"):
        line = line.strip(BLANK)
        if line:
            yield line


def words(line: str) -> List[str]:
    """Return the words of a line: what stands between spaces and tabs."""
    return [word.strip(BLANK) for word in _WORD.findall(line)]


def parts(text: str, mark: str) -> List[str]:
    """Return what stands between the marks of a text; what is empty is left out, blanks around the rest are cut off.

    Args:
        text: The text.
        mark: One character.
    """
    return [part.strip(BLANK) for part in text.split(mark) if part]

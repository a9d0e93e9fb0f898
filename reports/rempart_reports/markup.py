"""Untrusted text in Markdown: it can't become a link, an image, HTML, a heading, a mention or an emoji.

Only two forms are written, because both are safe for every renderer: words that are nothing but words, and code spans,
in which nothing is read. Sources: CommonMark 0.31 section 6.1, GitHub Flavored Markdown sections 4.10 and 6.9, and the
references that GitHub and GitLab make of ``@name``, ``#1``, ``!1``, ``GH-1`` and commit ids.
"""

import re

from rempart_reports.evidence import show
from rempart_reports.translation import word

# letters and digits, joined by - ’ ' /, with the punctuation of a sentence around them; times; what stands alone
_PLAIN = re.compile(r"[(“«\"‘’']*[^\W_]+(?:[-’'/][^\W_]+)*[)”»\"’',;:!?.…%]*|\d\d:\d\d|[–—·«»:;!?/%]+")
_SPECIAL = re.compile(r"\d+[.)]+|[0-9a-f]{7,40}\W*|GH-\d+\W*", re.IGNORECASE)
_BACKTICKS = re.compile(r"`+")


def write_code(text: str, language: str, limit: int = 400) -> str:
    """Return untrusted text as a code span; a vertical bar is shown as ``│``, for a table would end its cell there."""
    line = show(text, language, limit).replace("|", "│").strip() or word("empty", language)
    longest = max((len(run) for run in _BACKTICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{fence}{space}{line}{space}{fence}"


def write_prose(text: str, language: str, limit: int = 600) -> str:
    """Return untrusted text as prose: each word that is more than a word becomes a code span."""
    return " ".join(
        piece if _PLAIN.fullmatch(piece) and not _SPECIAL.fullmatch(piece) else write_code(piece, language, limit)
        for piece in show(text, language, limit).split()
    )

"""Untrusted text in Markdown: it can't become a link, an image, HTML, a heading, a mention or an emoji.

Only two forms are written, because both are safe for every renderer: words that are nothing but words, and code spans,
in which nothing is read. Sources: CommonMark 0.31 section 6.1, GitHub Flavored Markdown sections 4.10 and 6.9, and the
references that GitHub and GitLab make of ``@name``, ``#1``, ``!1``, ``GH-1`` and commit ids.
"""

import re

from rempart_reports.writing.evidence import show
from rempart_reports.writing.translation import word

# letters and digits, joined by - ’ ' /, with the punctuation of a sentence around them; times; what stands alone
_PLAIN = re.compile(r"[(“«\"‘’']*[^\W_]+(?:[-’'/][^\W_]+)*[)”»\"’',;:!?.…%]*|\d\d:\d\d|[–—·«»:;!?/%(),.]+")
_NAMED = re.compile(r"[0-9a-f]{7,40}\W*|GH-\d+\W*", re.IGNORECASE)  # a commit or an issue, to a forge
_OPENING = re.compile(r"\d+[.)]+")  # a list, where a text begins with it
_INSIDE = frozenset({"=", "+"})  # a heading or a list, where a text begins with it
_AROUND = re.compile(r"([(“«]*)(.*?)([)”»,;:!?.…]*)", re.DOTALL)
_TOKENS = re.compile(r"`[^`]+`|\s+|[^\s`]+|`+")
_BACKTICKS = re.compile(r"`+")


def write_code(text: str, language: str, limit: int = 400) -> str:
    """Return untrusted text as a code span; a vertical bar is shown as ``│``, for a table would end its cell there.

    Args:
        text: Untrusted.
        language: ``en`` or ``fr``.
        limit: In characters.
    """
    line = show(text, language, limit).replace("|", "│").strip() or word("empty", language)
    longest = max((len(run) for run in _BACKTICKS.findall(line)), default=0)
    fence = "`" * (longest + 1)
    space = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{fence}{space}{line}{space}{fence}"


def write_block(text: str, language: str, limit: int = 4000) -> str:
    """Return untrusted text of several lines as a fenced block, in which nothing is read.

    Args:
        text: Untrusted.
        language: ``en`` or ``fr``.
        limit: In characters.
    """
    lines = [show(line, language, limit).rstrip() for line in text.strip("\n").splitlines()]
    longest = max((len(run) for line in lines for run in _BACKTICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}sh", *lines, fence]) + "\n\n"


def write_prose(text: str, language: str, limit: int = 4000) -> str:
    """Return text as prose, trusted or not.

    A word that is more than a word becomes a code span, as does what stands between backticks.

    Args:
        text: Any.
        language: ``en`` or ``fr``.
        limit: In characters.
    """
    pieces: list[str] = []
    for token in _TOKENS.findall(show(text, language, limit)):
        if token.isspace():
            pieces.append(" ")
        elif _is_plain(token, begins=not pieces):
            pieces.append(token)
        else:
            quoted = token[0] == token[-1] == "`" and len(token) > 2
            before, core, after = ("", token[1:-1], "") if quoted else _split(token)
            if not before and pieces and pieces[-1].endswith("`"):
                before = " "  # of two spans that touch a reader would make one
            pieces.append(f"{before}{write_code(core, language, limit)}{after}")
    return "".join(pieces).strip()


def _is_plain(token: str, *, begins: bool) -> bool:
    """Tell whether a word is nothing but a word, at the beginning of a text or inside it."""
    if begins:
        return _PLAIN.fullmatch(token) is not None and not _OPENING.fullmatch(token) and not _NAMED.fullmatch(token)
    return token in _INSIDE or (_PLAIN.fullmatch(token) is not None and not _NAMED.fullmatch(token))


def _split(token: str) -> tuple[str, str, str]:
    """Return the punctuation before a word, the word, and the punctuation after it."""
    found = _AROUND.fullmatch(token)
    return (found[1], found[2], found[3]) if found and found[2] else ("", token, "")

"""Untrusted text as it may stand in a page: cleaned and escaped, in this one place."""

import re
from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup, escape

from rempart_core.text import Text, clean
from rempart_core.typography import typeset
from rempart_reports.writing import translation

VALUE_LENGTH = 4000  # characters of one value; what is more is counted and left to the JSON report
REMEMBERED = 1024  # pieces that are the same on many hosts
HEAD_LENGTH, HEAD_LINES = 200, 3  # what is seen of a long value; the whole is behind it
_LONG, _MANY = 400, 8  # characters and lines from which a value is long
_SPECIAL = re.compile(r"""[&<>"']|##|::|\[\[|[^ -~]""").search  # most values have none


def protect(value: Any) -> Any:
    """Return a value as it may stand in the page: clean, escaped, and harmless in a log that it is printed into.

    A second ``#``, ``:`` or ``[`` becomes a character reference: the reader sees the same, a build service no command.
    """
    if isinstance(value, Markup):
        return value
    text = str(value)
    if not _SPECIAL(text):
        return Markup(text)  # noqa: S704 - there is nothing to escape
    text = str(escape(clean(text)))
    for double in ("##", "::", "[["):
        if double in text:
            text = text.replace(double, f"{double[0]}&#{ord(double[0])};")
    return Markup(text)  # noqa: S704 - escaped a few lines above


def write_text(text: str) -> str:
    """Return untrusted text as it may stand in the page; see :func:`protect`."""
    return str(protect(text)) if _SPECIAL(text) else text


def write_value(text: str, language: str) -> str:
    """Return an untrusted value, cut where it is huge with a word on how much.

    Args:
        text: Any text.
        language: Of the word on how much is left out.
    """
    more = len(text) - VALUE_LENGTH
    if more <= 0:
        return write_text(text)
    said = translation.word("cut_text", language, count=translation.number(more, language))
    return write_text(f"{text[:VALUE_LENGTH]}{said}")


def write_own(text: Text, language: str) -> str:
    """Return our own text, typeset, with what stands between backticks as code.

    Args:
        text: Ours, in both languages.
        language: ``en`` or ``fr``.
    """
    return write_typeset(typeset(text.get(language), language))


def write_typeset(whole: str) -> str:
    """Return text that is typeset already, with what stands between backticks as code."""
    pieces = whole.split("`")
    if len(pieces) % 2 == 0:  # a backtick without its pair
        return write_text(whole)
    return "".join(
        write_text(piece) if place % 2 == 0 else f"<code>{write_text(piece)}</code>"
        for place, piece in enumerate(pieces)
    )


def write_folding(text: str, language: str) -> str:
    """Return an untrusted value, of a long one its beginning with the whole behind it: a block that can be copied.

    Args:
        text: Any text, of any number of lines.
        language: Of the word on how much is behind the beginning.
    """
    lines = text.count("\n") + 1
    if len(text) <= _LONG and lines <= _MANY:
        return write_text(text)
    head = "\n".join(text.split("\n", HEAD_LINES)[:HEAD_LINES])[:HEAD_LENGTH]
    more = translation.word("cut_text", language, count=translation.number(len(text) - len(head), language))
    return (
        f'<details class="long"><summary>{write_text(head)}{write_text(more)}</summary>'
        f'<pre tabindex="0">{write_value(text, language)}</pre></details>'
    )


@cache
def write_icon(kind: str, severity: str = "") -> str:
    """Return the mark of a state.

    Args:
        kind: The state, as the page's symbols are called (``fail``, ``pass``, ``error``).
        severity: Of a finding: ``critical``, ``high``, ``medium``, ``low``; ``""`` where none counts.
    """
    more = f" s-{severity}" if severity else ""
    return f'<svg class="icon k-{kind}{more}" aria-hidden="true"><use href="#m-{kind}"/></svg>'


@lru_cache(maxsize=REMEMBERED)
def name_anchor(check: str) -> str:
    """Return a check's id as a part of an anchor."""
    return re.sub(r"[^A-Za-z0-9-]", lambda m: f"_{ord(m[0]):x}", check)

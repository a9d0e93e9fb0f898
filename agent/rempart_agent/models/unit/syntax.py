"""The text of unit files: systemd.syntax(7), as config_parse of src/shared/conf-parser.c reads it."""

import re
from typing import Iterator, List, NamedTuple

from rempart_agent.said import SaidError

_END = re.compile("\r\n\0?|\n\r\0?|\n\0?|\r\0?|\0")
_BLANK = " \t\n\r"
_LONGEST = 1024 * 1024
_UNSAFE = re.compile("[\0-\x1f\"'\\\\\x7f]")
_LONE = re.compile("[\ud800-\udfff]")


class Broken(SaidError, ValueError):
    """A file that systemd gives up reading; what comes before counts, the unit is ``bad-setting``."""


class Unquoted(SaidError, ValueError):
    """A value whose quotes or backslashes do not end."""


class Assignment(NamedTuple):
    """``key=value`` in a section; the value's blanks at both ends are gone."""

    section: str
    key: str
    value: str
    line: int


def assignments(text: str) -> Iterator[Assignment]:
    r"""Return the assignments of a file in order.

    Args:
        text: Its content; bytes that are no UTF-8 as lone surrogates (``surrogateescape``).

    Raises:
        Broken: at a line at which systemd stops.
    """
    section, known, held, number = "", False, "", 0
    holds = marked = False
    lines = _END.split(text)
    if lines and not lines[-1]:
        lines.pop()
    for number, line in enumerate(lines, 1):
        bare = line.lstrip(_BLANK)
        if bare and bare[0] in "#;":
            continue
        if not holds and line.isascii() and line[-1:] != "\\" and bare[:1] != "[" and len(line) < _LONGEST:  # most are
            key, equals, value = bare.partition("=")
            if known and equals and key:
                yield Assignment(section, key.rstrip(_BLANK), value.strip(_BLANK), number)
            continue
        if not marked and line.startswith("\ufeff"):  # the first that there is, on whichever line
            line, marked = line[1:], True
        if len(held) + len(line) >= _LONGEST:
            raise Broken("line {number} is too long", number=number)
        whole = held + line
        slashes = len(whole) - len(whole.rstrip("\\"))
        if slashes % 2:
            held, holds = whole[:-1] + " ", True
            continue
        held, holds = "", False
        for found in _line(whole, section, known, number):
            if isinstance(found, Assignment):
                yield found
            else:
                section, known = found, True
    if holds:
        for found in _line(held, section, known, number + 1):
            if isinstance(found, Assignment):
                yield found


def _line(line: str, section: str, known: bool, number: int) -> "Iterator[Assignment | str]":
    line = line.strip(_BLANK)
    if not line:
        return
    if not line.isascii() and _LONE.search(line):
        raise Broken("line {number} is not UTF-8", number=number)
    if line[0] == "[":
        if line[-1] != "]" or _UNSAFE.search(line[1:-1]):
            raise Broken("line {number} is no section header", number=number)
        yield line[1:-1]
        return
    key, equals, value = line.partition("=")
    if known and equals and key:
        yield Assignment(section, key.strip(_BLANK), value.strip(_BLANK), number)


def words(text: str, unquote: bool = True) -> List[str]:
    """Return the words of a list (extract_first_word: quotes are taken off and a backslash stays, or quotes stay).

    Args:
        text: The list.
        unquote: Whether quotes are taken off.

    Raises:
        ValueError: a quote that is not closed, or a backslash at the end.
    """
    found: List[str] = []
    at, end = 0, len(text)
    while True:
        while at < end and text[at] in _BLANK:
            at += 1
        if at >= end:
            return found
        word, quote = "", ""
        while at < end and (quote or text[at] not in _BLANK):
            c = text[at]
            if quote and c == quote:
                quote = ""
            elif unquote and not quote and c in "'\"":
                quote = c
            elif not unquote and c == "\\":
                at += 1
                if at >= end:
                    raise Unquoted("a backslash at the end")
                word += text[at]
            else:
                word += c
            at += 1
        if quote:
            raise Unquoted("a quote that is not closed")
        found.append(word)

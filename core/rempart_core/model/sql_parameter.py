"""SQL as text: where its parameters, comments and strings are. Follows SQLite's own tokenizer (``tokenize.c``).

Nothing here understands SQL; it only tells apart what is inside a string, a quoted name or a comment from what is not.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rempart_core.messages.message import Message

# Where something other than plain SQL may begin, and what a variable's name may hold: SQLite takes $ and every
# character beyond ASCII for a letter, and :: for a part of a name. A large pattern would cost an audit 8 ms to compile.
_START = "['\"`\\[:@$#?;/-]"
_VARIABLE = "(?:[A-Za-z0-9_$]|[^\\x00-\\x7f]|::)*"


class Token(NamedTuple):
    """A part of a statement that is not plain SQL.

    Attributes:
        kind: ``string``, ``name`` (a quoted one), ``comment``, ``variable`` (``:name``, and SQLite's other forms),
            ``end`` (a semicolon) or ``open`` (a quote or bracket that is never closed).
        text: The part as it stands, with its quotes.
        offset: Where it begins.
    """

    kind: str
    text: str
    offset: int


def find_tokens(sql: str) -> Iterator[Token]:
    """Yield what is not plain SQL, in the order of the statement."""
    start, variable = re.compile(_START), re.compile(_VARIABLE)  # re keeps them
    position = 0
    while found := start.search(sql, position):
        offset = found.start()
        first = sql[offset]
        position = offset + 1
        if first in "'\"`[":
            position = _find_close(sql, offset)
            kind = "open" if not position else "string" if first == "'" else "name"
            if not position:
                position = len(sql)
        elif first == "-":
            if not sql.startswith("-", position):
                continue
            kind = "comment"
            position = sql.find("\n", position)
            if position < 0:
                position = len(sql)
        elif first == "/":
            if not sql.startswith("*", position):
                continue
            kind = "comment"
            close = sql.find("*/", offset + 2)
            position = close + 2 if close >= 0 else len(sql)
        elif first == ";":
            kind = "end"
        else:
            kind = "variable"
            name = variable.match(sql, position)
            position = name.end() if name else position
            if first != "?" and (position == offset + 1 or (first == "$" and _is_letter(sql[offset - 1 : offset]))):
                continue
        yield Token(kind, sql[offset:position], offset)


def _find_close(sql: str, offset: int) -> int:
    """Return where the string or quoted name that opens at ``offset`` ends, 0 where it never does."""
    close = "]" if sql[offset] == "[" else sql[offset]
    position = sql.find(close, offset + 1)
    while close != "]" and position >= 0 and sql.startswith(close, position + 1):
        position = sql.find(close, position + 2)  # a doubled quote stands for one
    return position + 1


def _is_letter(text: str) -> bool:
    """Tell whether SQLite takes the character before a dollar for a part of the same name."""
    return text.isalnum() or text in ("_", "$") or text > "\x7f"


def find_mistakes(sql: str) -> list[tuple[int, Message]]:
    """Return what is wrong with a statement as text: offset and message of each mistake.

    A variable of another form than ``:name`` is one: SQLite takes it for NULL where nothing is bound, in silence.
    """
    mistakes: list[tuple[int, Message]] = []
    rest = list(sql)
    ended = -1
    for token in find_tokens(sql):
        if token.kind == "comment":
            rest[token.offset : token.offset + len(token.text)] = " " * len(token.text)
        elif token.kind == "open":
            mistakes.append((token.offset, Message("parameter.open", quote=token.text[0])))
            return mistakes
        elif token.kind == "variable" and not re.fullmatch(":[a-z][a-z0-9_]*", token.text):
            mistakes.append((token.offset, Message("parameter.no_parameter", text=token.text)))
        elif token.kind == "end" and ended < 0:
            ended = token.offset
            rest[ended] = " "
        elif token.kind == "end":
            rest[token.offset] = " "
    plain = "".join(rest)
    if ended >= 0 and plain[ended:].strip():
        mistakes.append((ended, Message("parameter.second_statement")))
    word = re.match(r"\s*(\w*)", plain)
    if word and word[1].upper() not in ("SELECT", "WITH", "VALUES"):
        mistakes.append((word.start(1), Message("parameter.select")))
    return mistakes


def find_names(sql: str) -> dict[str, int]:
    """Return the parameters that a statement names, and where each stands first."""
    names: dict[str, int] = {}
    for token in find_tokens(sql):
        if token.kind == "variable":
            names.setdefault(token.text[1:], token.offset)
    return names

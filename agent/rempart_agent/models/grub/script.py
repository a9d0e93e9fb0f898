"""GRUB's script language, as ``script/yylex.l`` and ``script/parser.y`` read it: commands, each where it stands.

Nothing is run: a command knows the blocks around it, and words keep the variables in them.
"""

import re
from typing import Iterator, List, NamedTuple, Optional, Tuple

from rempart_agent.said import SaidError

MAX_DEPTH = 50


class Refused(SaidError):
    """A file that GRUB would not run, or that is cut off."""


class Part(NamedTuple):
    """A piece of a word: its text, or the name of a variable; what is quoted is not parted at blanks."""

    text: str
    variable: bool
    quoted: bool


Word = Tuple[Part, ...]


class Block(NamedTuple):
    """A block around a command.

    Attributes:
        kind: ``if``, ``loop``, ``function``, ``menuentry``, ``submenu`` or ``group``.
        words: What stands before the brace, or the condition of ``if``.
        line: Where it begins.
    """

    kind: str
    words: Tuple[Word, ...]
    line: int


class Command(NamedTuple):
    """A command with its words, its line and the blocks around it, the outermost first."""

    words: Tuple[Word, ...]
    line: int
    blocks: Tuple[Block, ...]


class _Token(NamedTuple):
    kind: str  # "word", or the sign itself: "\n", ";", "{", "}", "|", "&", "<", ">"
    word: Word
    line: int


_PLAIN = re.compile(r"[^{}|&$;<> \t\r\n'\"\\]+")
_NAME = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[?*@#])\}|([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[?*@#]))")
_OPENING = {"if": "if", "while": "loop", "until": "loop", "for": "loop"}
_CLOSING = {"fi": "if", "done": "loop"}
_BETWEEN = frozenset(("then", "else", "elif", "do"))
_BRACED = {"menuentry": "menuentry", "submenu": "submenu", "hiddenentry": "menuentry", "function": "function"}


def literal(word: Word) -> Optional[str]:
    """Return the text of a word without variables; None where it has some."""
    return None if any(part.variable for part in word) else "".join(part.text for part in word)


def _fault(line: int) -> Refused:
    return Refused("line {line} is not understood, or the file is cut off", line=line)


def _tokens(text: str) -> Iterator[_Token]:
    at, line = 0, 1
    parts: List[Part] = []
    begun = False
    while at < len(text):
        sign = text[at]
        if sign == "#" and not begun:
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        if sign in " \t\r\n;{}|&<>":
            if begun:
                yield _Token("word", tuple(parts), line)
            parts, begun = [], False
            if sign not in " \t\r":
                yield _Token(sign, (), line)
            line += sign == "\n"
            at += 1
            continue
        begun = True
        start = line
        if sign == "'":
            end = text.find("'", at + 1)
            if end < 0:
                raise _fault(start)
            parts.append(Part(text[at + 1 : end], False, True))
            line += text.count("\n", at, end)
            at = end + 1
        elif sign == '"':
            end = _quoted(text, at + 1, start, parts)
            line += text.count("\n", at, end)
            at = end
        elif sign == "\\":
            if at + 1 >= len(text):
                raise _fault(start)
            if text[at + 1] == "\n":
                begun = bool(parts)
                line += 1
            else:
                parts.append(Part(text[at + 1], False, True))
            at += 2
        elif sign == "$":
            found = _NAME.match(text, at)
            parts.append(Part((found.group(1) or found.group(2)), True, False) if found else Part("$", False, False))
            at = found.end() if found else at + 1
        else:
            plain = _PLAIN.match(text, at)
            if plain is None:  # nothing is left: every other sign was looked at
                raise _fault(start)
            parts.append(Part(plain.group(), False, False))
            at = plain.end()
    if begun:
        yield _Token("word", tuple(parts), line)
    yield _Token("\n", (), line)


def _quoted(text: str, at: int, line: int, parts: List[Part]) -> int:
    """Read what stands between double quotes into ``parts``; return where it goes on."""
    held: List[str] = []

    def close() -> None:
        parts.append(Part("".join(held), False, True))
        held.clear()

    while at < len(text):
        sign = text[at]
        if sign == '"':
            close()
            return at + 1
        found = _NAME.match(text, at) if sign == "$" else None
        if found:
            close()
            parts.append(Part(found.group(1) or found.group(2), True, True))
            at = found.end()
        elif sign == "\\" and text[at + 1 : at + 2] in ('"', "$", "\\", "\n"):
            held.append("" if text[at + 1] == "\n" else text[at + 1])
            at += 2
        else:
            held.append(sign)
            at += 1
    raise _fault(line)


def parse(text: str) -> List[Command]:
    """Return the commands of a script.

    Args:
        text: The file.

    Raises:
        Refused: a quote, brace, ``if`` or loop that is not closed, as GRUB refuses the whole file then.
    """
    found: List[Command] = []
    blocks: List[Block] = []
    words: List[Word] = []
    first = 1
    condition: List[Word] = []  # of an "if" whose "then" is not there yet

    def end() -> None:
        if words:
            found.append(Command(tuple(words), first, tuple(blocks)))
            if blocks and blocks[-1].kind == "if" and not blocks[-1].words:
                condition.extend(words)
        words.clear()

    for token in _tokens(text):
        if token.kind == "word":
            name = literal(token.word) if not words and not any(p.quoted for p in token.word) else None
            if name in _OPENING:
                blocks.append(Block(_OPENING[name], (), token.line))
                condition.clear()
            elif name in _CLOSING:
                if not blocks or blocks.pop().kind != _CLOSING[name]:
                    raise _fault(token.line)
            elif name in _BETWEEN:
                _step(name, blocks, condition, token.line)
            else:
                first = first if words else token.line
                words.append(token.word)
        elif token.kind == "{":
            kind = _BRACED.get(literal(words[0]) or "", "group") if words else "group"
            blocks.append(Block(kind, tuple(words), first if words else token.line))
            words.clear()
        elif token.kind == "}":
            end()
            if not blocks or blocks.pop().kind in ("if", "loop"):
                raise _fault(token.line)
        else:
            end()
        if len(blocks) > MAX_DEPTH:
            raise _fault(token.line)
    if blocks:
        raise _fault(blocks[-1].line)
    return found


def _step(name: str, blocks: List[Block], condition: List[Word], line: int) -> None:
    """Go from the condition of a block into it, or on to the next of its branches."""
    kind = "loop" if name == "do" else "if"
    if not blocks or blocks[-1].kind != kind:
        raise _fault(line)
    if name == "then":
        blocks[-1] = blocks[-1]._replace(words=tuple(condition))
    elif name == "elif":
        blocks[-1] = blocks[-1]._replace(words=())
    elif name == "else":
        blocks[-1] = blocks[-1]._replace(words=(*blocks[-1].words, (Part("else", False, False),)))
    condition.clear()

r"""Takes the configuration of rsyslog apart into tokens, as its scanner does (``grammar/lexer.l``).

The scanner has states, the longest match wins, and includes are put in the place where they are named. A line that ends
in a backslash is joined with the next one first (``readConfFile``).
"""

import re
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Pattern, Tuple

from rempart_agent.said import SaidError

MAX_TOKENS = 200_000
MAX_DEPTH = 16

Include = Callable[[str], "List[Tuple[str, str]]"]
"""Gives the files that a pattern names, as path and text, in order."""


class Unclear(SaidError):
    """The configuration has something that this model does not understand, or that rsyslogd would refuse."""


class Token(NamedTuple):
    """One token: its kind, its text or value, where it stands."""

    kind: str
    value: str
    path: str
    line: int


_OBJECTS = [
    "main_queue",
    "timezone",
    "parser",
    "global",
    "input",
    "module",
    "lookup_table",
    "dyn_stats",
    "percentile_stats",
    "ratelimit",
]
_STRING = r"(?:\\['\"`?\\$abfnrtv]|\\x[0-9a-f][0-9a-f]|\\[0-7]{1,3}|[^%s\\])*"
_DOUBLE, _SINGLE, _BACK = ('"' + _STRING % '"' + '"', "'" + _STRING % "'" + "'", "`" + _STRING % "`" + "`")


class _Rule:
    """What one kind of token looks like; compiled when it is needed, which most of them never are."""

    def __init__(self, kind: str, pattern: str) -> None:
        self.kind = kind
        self._text = pattern
        first = pattern[1] if pattern[0] == "\\" else pattern[0]
        self._first = first if first.isalpha() or pattern == re.escape(first) else ""  # that every match begins with
        self._pattern: Optional[Pattern[str]] = None

    def length(self, text: str, at: int) -> int:
        """Return the length of the token that begins at a place of a text; 0 for none."""
        char = text[at]
        if self._first and char.isascii() and char.lower() != self._first:
            return 0
        if self._pattern is None:
            self._pattern = re.compile(self._text, re.IGNORECASE)
        found = self._pattern.match(text, at)
        return found.end() - at if found else 0


def _rules(*pairs: Tuple[str, str]) -> List[_Rule]:
    return [_Rule(kind, pattern) for kind, pattern in pairs]


# A kind that begins with ^ matches at the beginning of a line only; of two matches of one length the first counts.
_START = _rules(
    *(
        (word.upper(), word)
        for word in ("if", "foreach", "reload_lookup_table", "stop", "else", "call_indirect", "call")
    ),
    *((word.upper(), word) for word in ("set", "reset", "unset", "continue")),
    *((mark, re.escape(mark)) for mark in "&{}"),
    *(("OBJECT", name + r"[ \n\t]*\(") for name in _OBJECTS),
    *((name.upper(), name + r"[ \n\t]*\(") for name in ("template", "ruleset", "property", "constant")),
    *((name.upper(), name + r"[ \n\t]*\(") for name in ("include", "action")),
    ("^PROPFILT", r'[ \t]*:\$?[a-z\-]+[ ]*,[ ]*!?[a-z]+[ ]*,[ ]*"(?:\\"|[^"])*"'),
    ("^PRIFILT", r"[ \t]*[*a-z][*a-z]*[0-7]*[.,][,!=;.*a-z0-7]+"),
    ("LEGACY", r"~|\*|-/[^*\n][^\n]*|/[^*\n][^\n]*|:[a-z0-9]+:[^\n]*|[|.\-@^?~>][^\n]+|[a-z0-9_][a-z0-9_\-+,;]*"),
    ("comment", r"/\*"),
    ("DIRECTIVE", r"\$[a-z]+[^\n]*(?=\n)"),
    ("BSD", r"![^ \t\n]+[ \t]*(?=\n)|[+-]\*[ \t\n]*(?:#[^\n]*)?(?=\n)"),
    ("^BSD", r"[ \t]*[+-][a-z0-9.:-]+[ \t]*(?=\n)"),
    ("blank", r"#[^\n]*\n|[\n\t ]"),
)
_EXPR = _rules(
    *((word.upper(), word) for word in ("then", "do", "or", "and", "not", "exists")),
    *(("COMPARE", word) for word in ("contains_i", "contains", "startswith_i", "startswith", "endswith")),
    ("IN", "in"),
    ("COMPARE", r"==|<=|>=|!=|<>|<|>"),
    *((mark, re.escape(mark)) for mark in "(;=,*/%+&-[])"),
    ("NUMBER", r"0[0-7]+|0x[0-9a-f]+|[1-9][0-9]*|0"),
    ("VAR", r"\$[$!./]?[@a-z_]*[!@a-z0-9\-_.\[\]]*"),
    ("STRING", _SINGLE),
    ("STRING", r'"(?:\\[\'"\\$bntr]|\\x[0-9a-f][0-9a-f]|\\[0-7][0-7][0-7]|[^"\\$])*"'),
    ("BACKTICK", _BACK),
    ("blank", r"[ \t\n]"),
    ("FUNC", r"[a-z][a-z0-9_]*"),
    ("comment", r"/\*"),
)
_OBJECT = _rules(
    ("ENDOBJ", r"\)"),
    ("NAME", r"[a-z][a-z0-9_.]*"),
    *((mark, re.escape(mark)) for mark in ",[]="),
    ("STRING", _DOUBLE),
    ("BACKTICK", _BACK),
    ("comment", r"/\*"),
    ("blank", r"#[^\n]*(?=\n)|[ \n\t]"),
)
_CALL = _rules(("NAME", r"[a-zA-Z][a-zA-Z0-9\-_.]*"), ("blank", r"[ \t\n]"))
_STATES = {"start": _START, "expr": _EXPR, "object": _OBJECT, "call": _CALL}
_NEXT = {
    **dict.fromkeys(("IF", "FOREACH", "CALL_INDIRECT", "SET", "RESET", "UNSET"), "expr"),
    **dict.fromkeys(("OBJECT", "TEMPLATE", "RULESET", "PROPERTY", "CONSTANT", "INCLUDE", "ACTION"), "object"),
    **dict.fromkeys(("THEN", "DO", ";", "ENDOBJ"), "start"),
    "CALL": "call",
}
_ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|[0-7]{1,3}|.)", re.IGNORECASE | re.DOTALL)
_PLAIN: Dict[str, str] = dict(zip("abfnrtv", "\a\b\f\n\r\t\v"))


def joined(text: str) -> str:
    """Return a file's text as the scanner gets it: without blanks at the ends of lines, continued lines joined."""
    out: List[str] = []
    goes_on = False
    for raw in text.split("\n")[: text.count("\n") + (not text.endswith("\n"))]:
        line = (raw.lstrip() if goes_on else raw).rstrip()
        if not line and goes_on:  # a blank line does not end what goes on
            continue
        goes_on = line.endswith("\\")
        out.append(line[:-1] if goes_on else line + "\n")
    return "".join(out)


class _Buffer:
    """A file that is being read."""

    def __init__(self, path: str, text: str) -> None:
        self.path, self.text, self.at, self.line = path, joined(text), 0, 1


class Lexer:
    """The scanner: ``take`` gives one token after the other, ``None`` at the end."""

    def __init__(self, path: str, text: str, include: Include) -> None:
        """Begin with the main file.

        Args:
            path: What it is called.
            text: All of it.
            include: Returns the files that an include names.
        """
        self._stack = [_Buffer(path, text)]
        self._include = include
        self._state = "start"
        self._hidden = False  # within /* */
        self._taken = 0

    def include(self, pattern: str) -> None:
        """Put the files that a pattern names in front of what is left."""
        files = [f for f in self._include(pattern) if all(f[0] != b.path for b in self._stack)]
        if len(self._stack) + len(files) > 1000 or len(self._stack) > MAX_DEPTH:
            raise Unclear("includes without end")
        self._stack += [_Buffer(*file) for file in reversed(files)]

    def add_text(self, text: str) -> None:
        """Put a text in front of what is left, as ``include(text=…)`` does."""
        self._stack.append(_Buffer("text", text))

    def take(self) -> Optional[Token]:
        """Return the next token."""
        while self._stack:
            buffer = self._stack[-1]
            if buffer.at >= len(buffer.text):
                self._stack.pop()
                continue
            if self._hidden:
                end = buffer.text.find("*/", buffer.at)
                self._advance(buffer, len(buffer.text) if end < 0 else end + 2)
                self._hidden = end < 0
                continue
            token = self._match(buffer)
            if token is not None:
                return token
        if self._state != "start" or self._hidden:
            raise Unclear("the configuration ends within a statement")
        return None

    def _advance(self, buffer: _Buffer, to: int) -> str:
        piece = buffer.text[buffer.at : to]
        buffer.line += piece.count("\n")
        buffer.at = to
        return piece

    def _skip(self, buffer: _Buffer, at_line: bool) -> bool:
        """Pass what only the rule of blanks can match: most of a file, by far."""
        char = buffer.text[buffer.at]
        if char == "\n" or (char in " \t" and not at_line):
            self._advance(buffer, buffer.at + 1)
            return True
        end = buffer.text.find("\n", buffer.at) if char == "#" else -1
        if end >= 0:
            self._advance(buffer, end + 1)
        return end >= 0

    def _match(self, buffer: _Buffer) -> Optional[Token]:
        self._taken += 1
        if self._taken > MAX_TOKENS:
            raise Unclear("more tokens than any administrator writes")
        at_line = not buffer.at or buffer.text[buffer.at - 1] == "\n"
        if self._state == "start" and self._skip(buffer, at_line):
            return None
        best, length = "", 0
        for rule in _STATES[self._state]:
            if rule.kind[0] == "^" and not at_line:
                continue
            fits = rule.length(buffer.text, buffer.at)
            if fits > length:
                best, length = rule.kind.lstrip("^"), fits
        if not length:
            where = "{}:{}".format(buffer.path, buffer.line)
            raise Unclear("{where}: {text} is not understood", where=where, text=repr(buffer.text[buffer.at]))
        line = buffer.line
        piece = self._advance(buffer, buffer.at + length)
        if best == "blank":
            return None
        if best == "comment":
            self._hidden = True
            return None
        if best == "BACKTICK":
            raise Unclear("{path}:{line}: a value that the environment gives", path=buffer.path, line=line)
        if best == "DIRECTIVE" and piece.lower().startswith("$includeconfig "):
            words = piece[15:].split()
            if not words:
                raise Unclear("{path}:{line}: an include of nothing", path=buffer.path, line=line)
            self.include(words[0])
            return None
        self._state = "start" if self._state == "call" else _NEXT.get(best, self._state)
        return Token(best, unquoted(piece) if best == "STRING" else piece, buffer.path, line)


def unquoted(piece: str) -> str:
    """Return what stands within quotes."""

    def plain(found: "re.Match[str]") -> str:
        code = found.group(1)
        if code[0] in "xX" and len(code) == 3:
            return chr(int(code[1:], 16))
        return chr(int(code, 8) & 255) if code.isdigit() else _PLAIN.get(code, code)

    return _ESCAPE.sub(plain, piece[1:-1])


def tokens(path: str, text: str, include: Include) -> Iterator[Token]:
    """Yield all tokens; for tests.

    Args:
        path: What the main file is called.
        text: All of it.
        include: Returns the files that an include names.
    """
    lexer = Lexer(path, text, include)
    token = lexer.take()
    while token is not None:
        yield token
        token = lexer.take()

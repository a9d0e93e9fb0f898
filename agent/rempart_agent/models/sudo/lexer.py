"""The tokens of sudoers(5), as toke.l of sudo 1.9.16 parts them: the longest match wins, of equals the first."""

import re
from typing import Iterator, List, NamedTuple, Optional, Pattern, Tuple


class Token(NamedTuple):
    """One token.

    Attributes:
        kind: As the grammar calls it: ``WORD``, ``ALIAS``, ``COMMAND``, ``,``, ``NEWLINE``, ``ERROR`` …
        text: Its text, quotes and escapes resolved.
        line: The number of its line.
        arguments: Of a command, what follows it; None where nothing does.
    """

    kind: str
    text: str
    line: int
    arguments: Optional[str] = None


_WORD = r"(?:[^#>!=:,() \t\r\n\\\"]|\\[^\t\n])+"
_ID = r"#-?[0-9]+"
_PATH = r"/(?:\\[,:= \t#]|[^,:=\\ \t\r\n#])+"
_REGEX = r"\^(?:[^#\r\n$]|\\[#$])*\$"
_OCTET = r"(?:1?[0-9]{1,2}|2[0-4][0-9]|25[0-5])"
_IPV4 = _OCTET + r"(?:\." + _OCTET + r"){3}"
_IPV6 = r"(?:(?:[0-9A-Fa-f]{0,4}:){2,6}:" + _IPV4 + r"|(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4})"
_TAGS = (
    "NOPASSWD", "PASSWD", "NOEXEC", "EXEC", "INTERCEPT", "NOINTERCEPT", "SETENV", "NOSETENV", "LOG_OUTPUT",
    "NOLOG_OUTPUT", "LOG_INPUT", "NOLOG_INPUT", "MAIL", "NOMAIL", "FOLLOW", "NOFOLLOW",
)  # fmt: skip
_OPTIONS = (
    "TIMEOUT", "NOTBEFORE", "NOTAFTER", "CWD", "CHROOT", "ROLE", "TYPE", "APPARMOR_PROFILE", "PRIVS", "LIMITPRIVS",
)  # fmt: skip


class _Rule:
    """What a token looks like; compiled when a text first has a character that it may begin with (``first``)."""

    def __init__(self, kind: str, source: str, first: str) -> None:
        self.kind = kind
        self._source = source
        self._first = first
        self._pattern: Optional[Pattern[str]] = None

    def end(self, text: str, at: int) -> int:
        """Return where the token ends that begins at a place, -1 where there is none."""
        if self._first and text[at] not in self._first:
            return -1
        if self._pattern is None:
            self._pattern = re.compile(self._source)
        found = self._pattern.match(text, at)
        return found.end() if found else -1


_Rules = List[_Rule]


def _rules(*pairs: Tuple[str, str], first: str = "") -> _Rules:
    """Return rules; ``first``: the characters that each may begin with, where its pattern does not tell."""
    return [_Rule(kind, source, first or _beginning(source)) for kind, source in pairs]


def _beginning(source: str) -> str:
    """Return the character with which all begins that a pattern matches, ``""`` where it does not tell at a glance."""
    char, rest = (source[1], source[2:]) if source[0] == "\\" else (source[0], source[1:])
    plain = not char.isalnum() if source[0] == "\\" else char not in "[(.^$"
    return char if plain and "|" not in source and rest[:1] not in ("*", "?", "{") else ""


_AT_START = _rules(
    ("#include", r"#include[ \t]+.*\n?"),
    ("#includedir", r"#includedir[ \t]+.*\n?"),
    ("Defaults", r"[ \t]*Defaults(?:[:@>!][ \t]*!*\"?(?:" + _ID + "|" + _WORD + "))?"),
    ("_Alias", r"[ \t]*(?:Host|Cmnd|Cmd|User|Runas)_Alias"),
)
_COMMON_FIRST = _rules(*((tag + ":", tag + r"[ \t]*:") for tag in _TAGS))
_EMPTY = _rules(("ERROR", r"\+|%:|%"))
_DIGITS = "0123456789"
_COMMON = [
    *_rules(("NETGROUP", r"\+" + _WORD), first="+"),
    *_rules(("USERGROUP", "%:?(?:" + _WORD + "|" + _ID + ")"), first="%"),
    *_rules(("NTWKADDR", _IPV4 + "(?:/" + _IPV4 + ")?"), ("NTWKADDR", _IPV4 + "/(?:[12]?[0-9]|3[0-2])"), first=_DIGITS),
    *_rules(
        ("NTWKADDR", _IPV6 + "(?:/" + _IPV6 + ")?"),
        ("NTWKADDR", _IPV6 + "/(?:1[01][0-9]|12[0-8]|[1-9]?[0-9])"),
        first=_DIGITS + "abcdefABCDEF:",
    ),
    *_rules(("ALL", "ALL")),
]
_OPTION = _rules(*((name, name) for name in _OPTIONS))
_ALIAS = _rules(("ALIAS", "[A-Z][A-Z0-9_]*"))
_BOUND_COMMAND = _rules(("BOUND", "(?:" + _PATH + "|" + _REGEX + "|sudoedit)"), first="/^s")
_COMMAND = [
    *_rules(("SHA", "sha224|sha256|sha384|sha512"), ("EDIT", "sudoedit"), first="s"),
    *_rules(("PATH", _PATH), first="/"),
    *_rules(("REGEX", _REGEX), first="^"),
    *_rules(("QUOTE", '"')),
]
_LAST = _rules(
    ("(", r"\("), (")", r"\)"), (",", ","), ("=", "="), (":", ":"), ("!", "!+"), ("NEWLINE", r"\r?\n"),
    ("BLANK", r"[ \t]+"), ("CONTINUED", r"\\[ \t]*\r?\n"),
)  # fmt: skip
_COMMENT = _rules(("COMMENT", r"#(?:-[^\r\n0-9][^\n]*|[^\r\n0-9-][^\n]*)?(?:\r\n|\n|$)"))
_WORDS = _rules(("WORD", _ID), ("WORD", _WORD))
_INCLUDES = _rules(("@include", "@include"), ("@includedir", "@includedir"))

_INITIAL = (
    _INCLUDES + _COMMON_FIRST + _EMPTY + _COMMON + _OPTION + _ALIAS + _COMMAND + _WORDS + _LAST + _COMMENT
)  # fmt: skip
_GOTDEFS = (
    _rules((",", r"[ \t]*,[ \t]*"), ("SETTINGS", r"[ \t]+")) + _COMMON_FIRST + _EMPTY + _COMMON + _ALIAS
    + _BOUND_COMMAND + _COMMAND + _WORDS + _LAST
)  # fmt: skip
_EXPECTPATH = _COMMON_FIRST + _COMMON + _ALIAS + _rules(("WORD", _PATH), ("WORD", _WORD)) + _COMMAND + _LAST
_STARTDEFS = _rules(("DEFVAR", "[a-z_]+")) + _LAST[5:] + _COMMENT
_INDEFS = (
    _rules((",", ","), ("=", "="), ("+=", r"\+="), ("-=", "-="), ("QUOTE", '"'),
           ("WORD", r"(?:[^#!=, \t\r\n\\\"]|\\[^\r\n])(?:[^#=, \t\r\n\\\"]|\\[^\r\n])*")) + _LAST[5:] + _COMMENT
)  # fmt: skip
_GOTINC = _rules(("WORD", r"[^\"\s](?:[^\s]|\\[ \t])*"), ("QUOTE", '"')) + _LAST[5:]
_STATES = {
    "INITIAL": _INITIAL, "GOTDEFS": _GOTDEFS, "EXPECTPATH": _EXPECTPATH, "STARTDEFS": _STARTDEFS, "INDEFS": _INDEFS,
    "GOTINC": _GOTINC,
}  # fmt: skip
_WHOLE_COMMENT = re.compile(r"[ \t]*(?:#(?![0-9]|-[0-9]|include(?:dir)?[ \t])[^\n]*)?\n")
_ARGUMENT = re.compile(r"[^#\\:, \t\r\n]+")
_CONTINUED = re.compile(r"\\[ \t]*\r?\n")
_ESCAPED = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_SPECIAL = re.compile(r"\\([,:= \t#])")


def plain(text: str) -> str:
    r"""Return a word without its escapes: ``\x41`` and ``\ `` (copy_string of toke_util.c)."""
    return _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)) if m.group(1) else m.group(2), text)


class Lexer:
    """Parts one file into tokens."""

    def __init__(self, text: str) -> None:
        """Begin with the whole text of a file."""
        self._text = text if text.endswith("\n") else text + "\n"
        self._at = 0
        self._line = 1
        self._state = "INITIAL"
        self._continued = False
        self._midway = -1  # where a command ended that goes over lines: no line begins there (yy_set_bol)

    def tokens(self) -> Iterator[Token]:
        """Yield the tokens; each line ends with NEWLINE."""
        while self._at < len(self._text):
            if self._state == "INITIAL" and not self._continued and self._begins_line():
                found = _WHOLE_COMMENT.match(self._text, self._at)
                if found:
                    self._at = found.end()
                    yield Token("NEWLINE", "", self._line)
                    self._line += 1
                    continue
            token = self._next()
            if token is not None:
                yield token

    def _begins_line(self) -> bool:
        return self._at != self._midway and (self._at == 0 or self._text[self._at - 1] == "\n")

    def _next(self) -> Optional[Token]:
        rules = _STATES[self._state]
        if self._state == "INITIAL" and self._begins_line():
            rules = _AT_START + rules
        kind, end = "", self._at
        for rule in rules:
            reached = rule.end(self._text, self._at)
            if reached > end:
                kind, end = rule.kind, reached
        text = self._text[self._at : end]
        if not kind:
            self._at += 1
            return self._token("ERROR", self._text[self._at - 1])
        at, self._at = self._at, end
        handler = getattr(self, "_on_" + _HANDLERS[kind], None) if kind in _HANDLERS else None
        if handler:
            answer: Optional[Token] = handler(text, at)
            return answer
        if kind.endswith(":") and len(kind) > 1:
            return self._token(kind, text)
        return self._token(kind, plain(text) if kind in _PLAIN else text)

    def _token(self, kind: str, text: str, arguments: Optional[str] = None) -> Token:
        return Token(kind, text, self._line, arguments)

    def _on_include(self, text: str, at: int) -> Token:
        kind = "@includedir" if text[1:].startswith("includedir") else "@include"
        self._at = at + len(kind)
        self._state = "GOTINC"
        return self._token("ERROR" if self._continued else kind, text)

    def _on_defaults(self, text: str, at: int) -> Token:
        length = len(text) - len(text.lstrip(" \t")) + len("Defaults")
        kind = "Defaults" + text[length : length + 1]
        if len(kind) > len("Defaults"):
            length += 1
            rest = self._text[at + length :]
            length += len(rest) - len(rest.lstrip(" \t"))
        self._at = at + length
        self._state = "GOTDEFS"
        return self._token("ERROR" if self._continued else kind, text)

    def _on_alias(self, text: str, at: int) -> Token:
        kind = text.strip()[0] + "_ALIAS"
        return self._token("ERROR" if self._continued else kind, text)

    def _on_settings(self, text: str, at: int) -> None:
        self._state = "STARTDEFS"

    def _on_defvar(self, text: str, at: int) -> Token:
        self._state = "INDEFS"
        return self._token("DEFVAR", text)

    def _on_comma(self, text: str, at: int) -> Token:
        if self._state == "INDEFS":
            self._state = "STARTDEFS"
        return self._token(",", ",")

    def _on_bang(self, text: str, at: int) -> Optional[Token]:
        return self._token("!", "!") if len(text) % 2 else None

    def _on_blank(self, text: str, at: int) -> None:
        """Blanks part words, and are nothing."""

    def _on_continued(self, text: str, at: int) -> None:
        self._line += 1
        self._continued = True

    def _on_newline(self, text: str, at: int) -> Token:
        token = self._token("NEWLINE", "")
        self._line += 1
        self._state = "INITIAL"
        self._continued = False
        return token

    def _on_bound(self, text: str, at: int) -> Token:
        return self._token("COMMAND", _command(text))

    def _on_path(self, text: str, at: int) -> Token:
        name = _command(text)
        if text.endswith("/"):
            return self._token("COMMAND", name)
        return self._with_arguments(name)

    def _on_word(self, text: str, at: int) -> Token:
        if self._state in ("EXPECTPATH", "GOTINC"):
            self._state = "INITIAL"
        return self._token("WORD", plain(text))

    def _on_option(self, text: str, at: int) -> Token:
        if text in ("CWD", "CHROOT"):
            self._state = "EXPECTPATH"
        return self._token(text, text)

    def _on_digest(self, text: str, at: int) -> Token:
        found = re.compile(r"[ \t]*:[ \t]*[A-Za-z0-9+/=]+").match(self._text, self._at)
        if not found:
            return self._token("ERROR", text)
        self._at = found.end()
        return self._token("DIGEST", text + found.group())

    def _on_quote(self, text: str, at: int) -> Token:
        parts: List[str] = []
        state = self._state
        while self._at < len(self._text):
            continued = _CONTINUED.match(self._text, self._at)
            char = self._text[self._at]
            if continued:
                self._at = continued.end()
                self._line += 1
                while self._text[self._at : self._at + 1] in (" ", "\t"):
                    self._at += 1
            elif char == '"':
                self._at += 1
                break
            elif char in "\r\n":
                self._state = "INITIAL"
                return self._token("ERROR", "".join(parts))
            elif self._text[self._at : self._at + 2] == '\\"':
                parts.append('\\"')
                self._at += 2
            else:
                parts.append(char)
                self._at += 1
        self._state = "INITIAL" if state in ("EXPECTPATH", "GOTINC") else state
        word = plain("".join(parts))
        if not word:
            return self._token("ERROR", word)
        if state in ("INITIAL", "GOTDEFS") and word[0] in "%+":
            if word in ("%", "%:", "+"):
                return self._token("ERROR", word)
            return self._token("NETGROUP" if word[0] == "+" else "USERGROUP", word)
        return self._token("WORD", word)

    def _with_arguments(self, command: str) -> Token:
        """Read what follows a command up to a comma, a colon, an equals sign, a comment or the line's end."""
        line, spaced, arguments = self._line, False, ""
        seen = False
        while self._at < len(self._text):
            two = self._text[self._at : self._at + 2]
            char = two[:1]
            continued = _CONTINUED.match(self._text, self._at)
            argument = _ARGUMENT.match(self._text, self._at)
            part = ""
            if continued:
                self._at, self._line, spaced = continued.end(), self._line + 1, True
                self._continued = True
                continue
            if char in " \t":
                self._at += 1
                spaced = True
                continue
            if char == "\\" and two[1:] and two[1] in "*?[]!^":
                part = two
                self._at += 2
            elif char == "\\" and two[1:] and two[1] in ":\\,= \t#":
                part = two[1]
                self._at += 2
            elif char in "#:,\r\n" or (char == "=" and argument and argument.group() == "="):
                break
            elif argument and not seen and char == "^":
                return self._with_expression(command, line)
            elif argument:
                part = argument.group()
                self._at = argument.end()
            else:
                self._at += 1
                return self._token("ERROR", command)
            arguments += (" " if spaced and seen else "") + part
            seen, spaced = True, False
        self._midway = self._at
        return Token("COMMAND", command, line, arguments if seen else None)

    def _with_expression(self, command: str, line: int) -> Token:
        parts: List[str] = []
        while self._at < len(self._text):
            continued = _CONTINUED.match(self._text, self._at)
            char = self._text[self._at]
            if continued:
                self._at, self._line = continued.end(), self._line + 1
                while self._text[self._at : self._at + 1] in (" ", "\t"):
                    self._at += 1
            elif char in "#\r\n":
                return self._token("ERROR", command)
            elif char == "\\":
                parts.append(self._text[self._at : self._at + 2])
                self._at += 2
            else:
                parts.append(char)
                self._at += 1
                if char == "$":
                    break
        return Token("COMMAND", command, line, "".join(parts))


def _command(text: str) -> str:
    """Return a command without its escapes (fill_cmnd of toke_util.c); an expression keeps them."""
    if text.startswith("^"):
        return text
    name = _SPECIAL.sub(r"\1", text)
    return "sudoedit" if name.endswith("/sudoedit") else name


_PLAIN = {"WORD", "ALIAS", "NETGROUP", "USERGROUP", "NTWKADDR"}
_HANDLERS = {
    "#include": "include", "#includedir": "include", "@include": "include", "@includedir": "include",
    "Defaults": "defaults", "_Alias": "alias", "SETTINGS": "settings", "DEFVAR": "defvar", ",": "comma", "!": "bang",
    "BLANK": "blank", "CONTINUED": "continued", "NEWLINE": "newline", "COMMENT": "newline", "BOUND": "bound",
    "PATH": "path", "REGEX": "path", "EDIT": "path", "WORD": "word", "SHA": "digest", "QUOTE": "quote",
    **dict.fromkeys(_OPTIONS, "option"),
}  # fmt: skip

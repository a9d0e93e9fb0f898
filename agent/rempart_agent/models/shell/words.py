"""The words of the shell: quotes, variables and substitutions taken apart."""

import re
from typing import List, Optional

from rempart_agent.models.shell.nodes import MAX_DEPTH, Part, Strange, Word
from rempart_agent.models.shell.syntax import Parser

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":[-=?+]|[-=?+]|##?|%%?|//?|\^\^?|,,?|@|:")
_PLAIN = re.compile(r"[^\\'\"$`\s;&|()<>{}~]+")
_BRACES = re.compile(r"\{[^\s{}]*(?:,|\.\.)[^\s{}]*\}")
_ANSI = re.compile(r"\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}


class Reader:
    """Reads one word at a place in a text."""

    def __init__(self, text: str, at: int, line: int, depth: int) -> None:
        """Begin at a place.

        Args:
            text: The text.
            at: Where the word begins in it, in characters.
            line: The number of the line there, from 1.
            depth: How many texts this one lies within.
        """
        self._text = text
        self.at = at
        self.line = line
        self._depth = depth + 1

    def word(self, meta: str, brackets: bool = False, quoted: bool = False) -> Word:
        """Return the word that ends before one of the characters of ``meta``.

        Args:
            meta: The characters that end a word outside of quotes.
            brackets: Whether it is the right side of ``=~``, which ends at a blank and is not taken apart.
            quoted: Whether it stands between double quotes, as the word in ``${name:-word}`` may.

        Raises:
            Strange: It has no end, or lies too deep.
        """
        parts: List[Part] = []
        if brackets:  # the right side of =~
            found = re.compile(r"\S+").match(self._text, self.at)
            if found:
                self.at = found.end()
                parts.append(Part("other", found.group()))
            return tuple(parts)
        while self.at < len(self._text):
            char = self._text[self.at]
            if (
                char in "<>"
                and self._text[self.at + 1 : self.at + 2] == "("
                and not quoted
                and not parts
                and "<" in meta
            ):
                self.at = self._closing(self.at + 2) + 1
                parts.append(Part("other", "<("))
            elif char in meta:
                break
            elif char == "\\":
                self._escaped(parts, quoted)
            elif char == "'" and not quoted:
                parts.append(Part("text", self._single(), True))
            elif char == '"':
                self.at += 1
                if quoted:
                    continue
                inner = self._double()
                parts.extend(inner or [Part("text", "", True)])
            elif char in "$`":
                parts.append(self._dollar(quoted) if char == "$" else self._backtick(quoted))
            elif (
                char == "~"
                and not parts
                and not quoted
                and self._text[self.at + 1 : self.at + 2] in ("/", "", " ", "\n", ";")
            ):
                self.at += 1
                parts.append(Part("variable", "HOME", True))
            else:
                found = _PLAIN.match(self._text, self.at)
                text = found.group() if found and not any(c in meta for c in found.group()) else char
                if char == "{" and not quoted and _BRACES.match(self._text, self.at):
                    parts.append(Part("other", "{"))  # several words
                self.line += text.count("\n")
                self.at += len(text)
                parts.append(Part("text", text, quoted))
        return tuple(parts)

    def _closing(self, at: int) -> int:
        end, self.line = Parser(self._text, self.line, self._depth).substitution(at)
        return end

    def _escaped(self, parts: List[Part], quoted: bool) -> None:
        following = self._text[self.at + 1 : self.at + 2]
        self.at += 2
        if following == "\n":
            self.line += 1
        elif quoted and following not in '$`"\\}':
            parts.append(Part("text", "\\" + following, True))
        else:
            parts.append(Part("text", following, True))

    def _single(self) -> str:
        end = self._text.find("'", self.at + 1)
        if end < 0:
            raise Strange("line {line}: a quote is not closed", line=self.line)
        text = self._text[self.at + 1 : end]
        self.line += text.count("\n")
        self.at = end + 1
        return text

    def _double(self) -> List[Part]:
        parts: List[Part] = []
        while True:
            if self.at >= len(self._text):
                raise Strange("line {line}: a quote is not closed", line=self.line)
            char = self._text[self.at]
            if char == '"':
                self.at += 1
                return parts
            if char == "\\":
                self._escaped(parts, True)
            elif char == "$":
                parts.append(self._dollar(True))
            elif char == "`":
                parts.append(self._backtick(True))
            else:
                found = re.compile(r'[^"\\$`]+').match(self._text, self.at)
                text = found.group() if found else char
                self.line += text.count("\n")
                self.at += len(text)
                parts.append(Part("text", text, True))

    def _backtick(self, quoted: bool) -> Part:
        found = re.compile(r"`((?:[^`\\]|\\.)*)`", re.DOTALL).match(self._text, self.at)
        if not found:
            raise Strange("line {line}: a backtick is not closed", line=self.line)
        self.at = found.end()
        self.line += found.group().count("\n")
        return Part("command", re.sub(r"\\([`$\\])", r"\1", found.group(1)), quoted)

    def _dollar(self, quoted: bool) -> Part:
        rest = self._text[self.at + 1 : self.at + 3]
        if rest[:1] == "'" and not quoted:
            self.at += 1
            return Part("text", _ANSI.sub(_ansi, self._ansi_text()), True)
        if rest[:1] == '"' and not quoted:
            self.at += 1
            return Part("other", '$"')
        if rest == "((":
            end = self._text.find("))", self.at)
            if end > 0:
                text = self._text[self.at + 3 : end]
                self.at = end + 2
                return Part("arithmetic", text, quoted)
        if rest[:1] == "(":
            begin = self.at + 2
            self.at = self._closing(begin) + 1
            return Part("command", self._text[begin : self.at - 1], quoted)
        if rest[:1] == "{":
            self.at += 2
            return self._braced(quoted)
        found = _NAME.match(self._text, self.at + 1)
        if found:
            self.at = found.end()
            return Part("variable", found.group(), quoted)
        self.at += 1
        if rest[:1] and rest[0] in "@*#?-$!0123456789":
            self.at += 1
            return Part("variable", rest[0], quoted)
        return Part("text", "$", quoted)

    def _ansi_text(self) -> str:
        found = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL).match(self._text, self.at)
        if not found:
            raise Strange("line {line}: a quote is not closed", line=self.line)
        self.at = found.end()
        return found.group(1)

    def _braced(self, quoted: bool) -> Part:
        found = _NAME.match(self._text, self.at) or re.compile(r"[-?$!@*#0-9](?=[}:#%+=?-])|[0-9]+").match(
            self._text, self.at
        )
        if not found:
            raise Strange("line {line}: {what}", line=self.line, what="${")
        name = found.group()
        self.at = found.end()
        if self._text[self.at : self.at + 1] == "}":
            self.at += 1
            return Part("variable", name, quoted)
        if self._text[self.at : self.at + 1] == "[":
            return self._element(quoted)
        operator = _OPERATOR.match(self._text, self.at)
        if not operator:
            raise Strange("line {line}: {what}", line=self.line, what="${" + name)
        self.at = operator.end()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Strange("nested too deep")
        argument = self.word("}", quoted=quoted)
        self._depth -= 1
        if self._text[self.at : self.at + 1] != "}":
            raise Strange("line {line}: {what}", line=self.line, what="${" + name)
        self.at += 1
        return Part("variable", name, quoted, operator.group(), argument)

    def _element(self, quoted: bool) -> Part:
        """Pass an element of an array by: ``${name[1]}`` and what follows, up to the brace."""
        depth = 1
        while self.at < len(self._text) and depth:
            char = self._text[self.at]
            depth += (char == "{") - (char == "}")
            self.line += char == "\n"
            self.at += 1
        if depth:
            raise Strange("line {line}: {what}", line=self.line, what="${")
        return Part("other", "[", quoted)


def _ansi(found: "re.Match[str]") -> str:
    if found.group(1):
        return chr(int(found.group(1), 16))
    if found.group(2):
        return chr(int(found.group(2), 8) & 255)
    return _ESCAPES.get(found.group(3), found.group(3))


def unquoted(word: Word) -> Optional[str]:
    """Return the text of a word without any quotes in it, as reserved words and options are written; None else."""
    return "".join(p.text for p in word) if all(p.kind == "text" and not p.quoted for p in word) else None

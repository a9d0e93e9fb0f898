"""Reads the text of a shell's file by its characters: blanks, operators, reserved words, words, redirections."""

import re
from typing import List, Tuple

from rempart_agent.models.shell.nodes import MAX_DEPTH, MAX_TEXT, Strange, Word, literal

_PLAIN = re.compile(r"[^\s;&|()<>\"'\\$`]+")
_META = " \t\n;&|()<>"
_OPERATORS = ("&&", "||", ";;&", ";;", ";&", "|&", "&>>", "&>", "<<<", "<<-", "<<", ">>", ">|", ">&", "<&", "<>",
";", "&",
              "|", "(", ")", "<", ">", "\n")  # fmt: skip
_STARTS = frozenset(operator[0] for operator in _OPERATORS)
_REDIRECTIONS = ("&>>", "&>", "<<<", "<<-", "<<", ">>", ">|", ">&", "<&", "<>", "<", ">")
_RESERVED = frozenset(
    "if then elif else fi for while until do done case esac { } ! function [[ select time in".split()  # noqa: SIM905 - as a shell lists them
)


class Scanner:
    """Knows the place in a text, and the documents that follow the line."""

    def __init__(self, text: str, line: int = 1, depth: int = 0) -> None:
        """Begin a text.

        Args:
            text: The text.
            line: The number of its first line, from 1.
            depth: How many texts it lies within.

        Raises:
            Strange: It has more than ``MAX_TEXT`` characters, or lies deeper than ``MAX_DEPTH``.
        """
        if len(text) > MAX_TEXT or depth > MAX_DEPTH:
            raise Strange("too long")
        self._text = text
        self._at = 0
        self._line = line
        self._depth = depth
        self._documents: List[Tuple[str, bool]] = []

    # -- characters

    def _skip_blanks(self) -> None:
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in " \t":
                self._at += 1
            elif self._text.startswith("\\\n", self._at):
                self._at += 2
                self._line += 1
            elif char == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            else:
                break

    def _skip_lines(self) -> None:
        while True:
            self._skip_blanks()
            if self._text[self._at : self._at + 1] != "\n":
                break
            self._newline()

    def _newline(self) -> None:
        self._at += 1
        self._line += 1
        for end, tabs in self._documents:
            while True:
                if self._at >= len(self._text):
                    break
                stop = self._text.find("\n", self._at)
                stop = len(self._text) if stop < 0 else stop
                line = self._text[self._at : stop]
                self._at = stop + 1
                self._line += 1
                if (line.lstrip("\t") if tabs else line) == end:
                    break
        self._documents = []

    def _operator(self) -> str:
        self._skip_blanks()
        if self._text[self._at : self._at + 1] not in _STARTS:
            return ""
        return next((o for o in _OPERATORS if self._text.startswith(o, self._at)), "")

    def _take(self, operator: str) -> bool:
        if self._operator() != operator:
            return False
        if operator == "\n":
            self._newline()
        else:
            self._at += len(operator)
        return True

    def _reserved(self) -> str:
        """Return the reserved word that comes next, ``""`` for none."""
        self._skip_blanks()
        found = _PLAIN.match(self._text, self._at)
        word = found.group() if found else ""
        return word if word in _RESERVED else ""

    def _expect(self, word: str) -> None:
        self._skip_lines()
        if self._reserved() != word:
            raise Strange("line {line}: {word} expected", line=self._line, word=word)
        self._at += len(word)

    def _array(self) -> None:
        self._at += 1
        while not self._take(")"):
            self._skip_lines()
            if self._operator() == ")":
                continue
            if self._operator() or self._at >= len(self._text):
                raise Strange("line {line}: an array", line=self._line)
            self._word()

    def _redirections(self) -> bool:
        seen = False
        while True:
            self._skip_blanks()
            found = re.compile(r"[0-9]*(?=[<>])|\{[A-Za-z_]\w*\}(?=[<>])|(?=&>)").match(self._text, self._at)
            if not found or self._text.startswith(("<(", ">("), found.end()):
                return seen
            self._at = found.end()
            operator = next((o for o in _REDIRECTIONS if self._text.startswith(o, self._at)), "")
            if not operator:
                return seen
            self._at += len(operator)
            seen = True
            self._skip_blanks()
            word = self._word()
            if operator in ("<<", "<<-"):
                end = literal(word)
                if end is None:
                    raise Strange("line {line}: a here-document", line=self._line)
                self._documents.append((end, operator == "<<-"))

    # -- words

    def _word(self, empty: bool = False, expression: bool = False) -> Word:
        from rempart_agent.models.shell.words import Reader

        reader = Reader(self._text, self._at, self._line, self._depth)
        word = reader.word("" if expression else _META, brackets=expression)
        if not word and not empty and reader.at == self._at:
            raise Strange("line {line}: a word", line=self._line)
        self._at, self._line = reader.at, reader.line
        return word

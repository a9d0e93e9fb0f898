"""The shell's language: POSIX with what bash and zsh add in start-up files. What is not understood raises Strange."""

import re
from typing import List, NamedTuple, Optional, Tuple, Union

MAX_TEXT = 512 * 1024
MAX_DEPTH = 60


class Strange(Exception):
    """The text is none that is understood here."""


class Part(NamedTuple):
    """A part of a word.

    Attributes:
        kind: ``text``, ``variable``, ``command`` (a substitution), ``arithmetic`` or ``other``.
        text: Its text; of a variable its name, of a substitution the inner text.
        quoted: Whether quotes keep it whole.
        operator: Of a variable: ``:-``, ``-``, ``:+``, ``#`` … or ``""``.
        argument: What follows the operator.
    """

    kind: str
    text: str
    quoted: bool = False
    operator: str = ""
    argument: "Optional[Word]" = None


Word = Tuple[Part, ...]


class Simple(NamedTuple):
    """Assignments and words, with the line they stand on."""

    assignments: "Tuple[Tuple[str, Optional[Word], bool], ...]"
    words: Tuple[Word, ...]
    line: int


class Compound(NamedTuple):
    """Any other command: its kind, its parts, its line."""

    kind: str
    parts: "Tuple[object, ...]"
    line: int


Node = Union[Simple, Compound]
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGN = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^]]*\])?(\+?)=")
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
_SPECIAL = "@*#?-$!0123456789"


def literal(word: Word) -> Optional[str]:
    """Return a word's text where it is fixed; None else."""
    return "".join(part.text for part in word) if all(part.kind == "text" for part in word) else None


class Parser:
    """Reads a text; ``units`` gives the commands as they are read and run, one line's after another's."""

    def __init__(self, text: str, line: int = 1, depth: int = 0) -> None:
        """Begin a text."""
        if len(text) > MAX_TEXT or depth > MAX_DEPTH:
            raise Strange("too long")
        self._text = text
        self._at = 0
        self._line = line
        self._depth = depth
        self._documents: List[Tuple[str, bool]] = []

    def units(self) -> List[Node]:
        """Return the commands of the text, those of one line together."""
        found: List[Node] = []
        while True:
            self._skip_lines()
            if self._at >= len(self._text):
                return found
            found.append(self._list(one_line=True))

    def substitution(self, at: int) -> Tuple[int, int]:
        """Return where a command substitution ends that begins at ``at``, and the number of that line."""
        self._at = at
        self._list(closing=")")
        if self._text[self._at : self._at + 1] != ")":
            raise Strange("line {}: $(".format(self._line))
        return self._at, self._line

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
            raise Strange("line {}: {} expected".format(self._line, word))
        self._at += len(word)

    # -- commands

    def _list(self, one_line: bool = False, until: Tuple[str, ...] = (), closing: str = "") -> Node:
        """Read commands up to the end of the line, or up to one of some reserved words or a bracket."""
        line = self._line
        found: List[Node] = []
        while True:
            if one_line:
                self._skip_blanks()
            else:
                self._skip_lines()
            if self._at >= len(self._text) or self._ends(until, closing) or (one_line and self._operator() == "\n"):
                if until and not found:
                    raise Strange("line {}: nothing before {}".format(self._line, self._reserved()))
                return found[0] if len(found) == 1 else Compound("list", tuple(found), line)
            command = self._and_or()
            if self._take("&"):
                command = Compound("subshell", (command,), line)
            elif not (
                self._take(";") or self._operator() == "\n" or self._at >= len(self._text) or self._ends(until, closing)
            ):
                raise Strange("line {}".format(self._line))
            found.append(command)

    def _ends(self, until: Tuple[str, ...], closing: str) -> bool:
        word = self._reserved()
        return bool(word and word in until) or bool(closing and self._operator() == closing)

    def _and_or(self) -> Node:
        line = self._line
        first = self._pipeline()
        rest: List[Tuple[str, Node]] = []
        while self._operator() in ("&&", "||"):
            operator = self._operator()
            self._at += 2
            self._skip_lines()
            rest.append((operator, self._pipeline()))
        return Compound("andor", (first, tuple(rest)), line) if rest else first

    def _pipeline(self) -> Node:
        line = self._line
        negated = False
        while self._reserved() in ("!", "time"):
            negated = negated != (self._reserved() == "!")
            self._at += len(self._reserved())
        found = [self._command()]
        while self._operator() in ("|", "|&"):
            self._at += len(self._operator())
            self._skip_lines()
            found.append(self._command())
        command = found[0] if len(found) == 1 else Compound("pipe", tuple(found), line)
        return Compound("not", (command,), line) if negated else command

    def _command(self) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Strange("nested too deep")
        word = self._reserved()
        line = self._line
        reader = {"if": self._if, "for": self._for, "while": self._while, "until": self._while, "case": self._case,
                  "{": self._group, "function": self._function, "[[": self._double}.get(word)  # fmt: skip
        if reader:
            self._at += len(word)
            node = reader(word, line)
            self._redirections()
        elif word:
            raise Strange("line {}: {}".format(line, word))
        elif self._operator() == "(":
            node = self._parenthesis(line)
            self._redirections()
        else:
            node = self._simple(line)
        self._depth -= 1
        return node

    def _parenthesis(self, line: int) -> Node:
        if self._text.startswith("((", self._at):
            end = self._text.find("))", self._at)
            if end < 0:
                raise Strange("line {}".format(line))
            text = self._text[self._at + 2 : end]
            self._line += text.count("\n")
            self._at = end + 2
            return Compound("arithmetic", (text,), line)
        self._at += 1
        body = self._list(closing=")")
        if not self._take(")"):
            raise Strange("line {}: ) expected".format(self._line))
        return Compound("subshell", (body,), line)

    def _if(self, _word: str, line: int) -> Node:
        arms: List[Tuple[Node, Node]] = []
        last: Optional[Node] = None
        while True:
            condition = self._list(until=("then",))
            self._expect("then")
            arms.append((condition, self._list(until=("elif", "else", "fi"))))
            word = self._reserved()
            if word == "else":
                self._at += 4
                last = self._list(until=("fi",))
            if word != "elif":
                break
            self._at += 4
        self._expect("fi")
        return Compound("if", (tuple(arms), last), line)

    def _for(self, _word: str, line: int) -> Node:
        self._skip_blanks()
        found = _NAME.match(self._text, self._at)
        if not found:
            raise Strange("line {}: for".format(line))
        self._at = found.end()
        self._skip_lines()
        words: Optional[List[Word]] = None
        if self._reserved() == "in":
            self._at += 2
            words = []
            while self._operator() == "":
                words.append(self._word())
            if self._operator() not in (";", "\n"):
                raise Strange("line {}: for".format(line))
        self._take(";")
        self._expect("do")
        body = self._list(until=("done",))
        self._expect("done")
        return Compound("for", (found.group(), None if words is None else tuple(words), body), line)

    def _while(self, _word: str, line: int) -> Node:
        condition = self._list(until=("do",))
        self._expect("do")
        body = self._list(until=("done",))
        self._expect("done")
        return Compound("while", (condition, body), line)

    def _case(self, _word: str, line: int) -> Node:
        self._skip_blanks()
        word = self._word()
        self._expect("in")
        arms: List[Tuple[Tuple[Word, ...], Node, str]] = []
        while True:
            self._skip_lines()
            if self._reserved() == "esac":
                break
            self._take("(")
            patterns = [self._word()]
            while self._take("|"):
                self._skip_blanks()
                patterns.append(self._word())
            if not self._take(")"):
                raise Strange("line {}: case".format(self._line))
            body = self._case_body()
            end = next((o for o in (";;&", ";;", ";&") if self._operator() == o), "")
            self._at += len(end)
            arms.append((tuple(patterns), body, end))
            if not end:
                break
        self._expect("esac")
        return Compound("case", (word, tuple(arms)), line)

    def _case_body(self) -> Node:
        found: List[Node] = []
        line = self._line
        while True:
            self._skip_lines()
            if self._operator() in (";;", ";&", ";;&") or self._reserved() == "esac" or self._at >= len(self._text):
                return found[0] if len(found) == 1 else Compound("list", tuple(found), line)
            command = self._and_or()
            if self._take("&"):
                command = Compound("subshell", (command,), line)
            else:
                self._take(";")
            found.append(command)

    def _group(self, _word: str, line: int) -> Node:
        body = self._list(until=("}",))
        self._expect("}")
        return Compound("list", (body,), line)

    def _function(self, _word: str, line: int) -> Node:
        self._skip_blanks()
        name = literal(self._word())
        if self._take("("):
            self._take(")")
        return self._body(name or "", line)

    def _body(self, name: str, line: int) -> Node:
        self._skip_lines()
        if not name or (self._reserved() not in ("{", "if", "case", "for", "while", "[[") and self._operator() != "("):
            raise Strange("line {}: a function".format(line))
        return Compound("function", (name, self._command()), line)

    def _double(self, _word: str, line: int) -> Node:
        words: List[Word] = []
        while True:
            self._skip_lines()
            if self._text.startswith("]]", self._at):
                self._at += 2
                return Compound("double", tuple(words), line)
            operator = self._operator()
            if operator in ("&&", "||", "(", ")", "<", ">"):
                self._at += len(operator)
                words.append((Part("text", operator, False),))
            elif operator or self._at >= len(self._text):
                raise Strange("line {}: [[".format(line))
            else:
                words.append(self._word(expression=bool(words) and literal(words[-1]) == "=~"))

    def _simple(self, line: int) -> Node:
        assignments: List[Tuple[str, Optional[Word], bool]] = []
        words: List[Word] = []
        redirected = False
        while True:
            redirected = self._redirections() or redirected
            if self._operator():
                if self._operator() == "(" and len(words) == 1 and not assignments:
                    self._at += 1
                    if not self._take(")"):
                        raise Strange("line {}: (".format(line))
                    return self._body(literal(words[0]) or "", line)
                break
            if self._at >= len(self._text):
                break
            found = _ASSIGN.match(self._text, self._at) if not words else None
            if found:
                self._at = found.end()
                value: Optional[Word] = None
                if self._text[self._at : self._at + 1] == "(":
                    self._array()
                elif not found.group(2):
                    value = self._word(empty=True)
                else:
                    self._word(empty=True)
                assignments.append((found.group(1), value, bool(found.group(3))))
                continue
            words.append(self._word())
        if not (assignments or words or redirected) and self._operator() in (")", ";", "&&", "||", "|", "&", ";;"):
            raise Strange("line {}".format(line))
        return Simple(tuple(assignments), tuple(words), line)

    def _array(self) -> None:
        self._at += 1
        while not self._take(")"):
            self._skip_lines()
            if self._operator() == ")":
                continue
            if self._operator() or self._at >= len(self._text):
                raise Strange("line {}: an array".format(self._line))
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
                    raise Strange("line {}: a here-document".format(self._line))
                self._documents.append((end, operator == "<<-"))

    # -- words

    def _word(self, empty: bool = False, expression: bool = False) -> Word:
        from rempart_agent.models.shell.words import Reader

        reader = Reader(self._text, self._at, self._line, self._depth)
        word = reader.word("" if expression else _META, brackets=expression)
        if not word and not empty and reader.at == self._at:
            raise Strange("line {}: a word".format(self._line))
        self._at, self._line = reader.at, reader.line
        return word

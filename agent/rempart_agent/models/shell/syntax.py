"""The shell's language: POSIX with what bash and zsh add in start-up files. What is not understood raises Strange."""

import re
from typing import List, Optional, Tuple

from rempart_agent.models.shell.nodes import MAX_DEPTH, Compound, Node, Part, Simple, Strange, Word, literal
from rempart_agent.models.shell.scanner import Scanner

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGN = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^]]*\])?(\+?)=")


class Parser(Scanner):
    """Reads a text; ``units`` gives the commands as they are read and run, one line's after another's."""

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
            raise Strange("line {line}: $(", line=self._line)
        return self._at, self._line

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
                    raise Strange("line {line}: nothing before {reserved}", line=self._line, reserved=self._reserved())
                return found[0] if len(found) == 1 else Compound("list", tuple(found), line)
            command = self._and_or()
            if self._take("&"):
                command = Compound("subshell", (command,), line)
            elif not (
                self._take(";") or self._operator() == "\n" or self._at >= len(self._text) or self._ends(until, closing)
            ):
                raise Strange("line {line}", line=self._line)
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
            self._expect_more(operator)
            rest.append((operator, self._pipeline()))
        return Compound("andor", (first, tuple(rest)), line) if rest else first

    def _expect_more(self, operator: str) -> None:
        self._skip_lines()
        if self._at >= len(self._text):
            raise Strange("line {line}: nothing behind {operator}", line=self._line, operator=operator)

    def _pipeline(self) -> Node:
        line = self._line
        negated = False
        while self._reserved() in ("!", "time"):
            negated = negated != (self._reserved() == "!")
            self._at += len(self._reserved())
        found = [self._command()]
        while self._operator() in ("|", "|&"):
            operator = self._operator()
            self._at += len(operator)
            self._expect_more(operator)
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
            raise Strange("line {line}: {word}", line=line, word=word)
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
                raise Strange("line {line}", line=line)
            text = self._text[self._at + 2 : end]
            self._line += text.count("\n")
            self._at = end + 2
            return Compound("arithmetic", (text,), line)
        self._at += 1
        body = self._list(closing=")")
        if not self._take(")"):
            raise Strange("line {line}: ) expected", line=self._line)
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
            raise Strange("line {line}: for", line=line)
        self._at = found.end()
        self._skip_lines()
        words: Optional[List[Word]] = None
        if self._reserved() == "in":
            self._at += 2
            words = []
            while self._operator() == "":
                words.append(self._word())
            if self._operator() not in (";", "\n"):
                raise Strange("line {line}: for", line=line)
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
                raise Strange("line {line}: case", line=self._line)
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
            raise Strange("line {line}: a function", line=line)
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
                raise Strange("line {line}: [[", line=line)
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
                        raise Strange("line {line}: (", line=line)
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
            raise Strange("line {line}", line=line)
        return Simple(tuple(assignments), tuple(words), line)

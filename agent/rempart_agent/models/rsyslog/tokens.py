"""The tokens of a configuration, one of them looked at ahead, and what is written with them alone: parameters."""

from typing import List, Optional, Tuple

from rempart_agent.models.rsyslog.lexer import Lexer, Token, Unclear
from rempart_agent.models.rsyslog.syntax import Params
from rempart_agent.said import Why

MAX_DEPTH = 100


class Tokens:
    """Takes tokens; also knows how deep blocks and expressions lie within one another."""

    def __init__(self, lexer: Lexer) -> None:
        """Begin."""
        self._lexer = lexer
        self._ahead: Optional[Token] = None
        self._asked = False
        self._depth = 0

    def peek(self) -> str:
        """Return the kind of the token that comes next, ``""`` at the end."""
        if not self._asked:
            self._ahead, self._asked = self._lexer.take(), True
        return self._ahead.kind if self._ahead else ""

    def directive(self) -> str:
        """Return the directive that comes next; ``""`` where there is none, and where it begins a ruleset."""
        if self.peek() != "DIRECTIVE" or self._ahead is None or self._ahead.value.lower().startswith("$ruleset "):
            return ""
        return self._ahead.value

    def drop(self) -> None:
        """Pass over the token that was looked at."""
        self._asked = False

    def next(self, *kinds: str) -> Token:
        """Return the token that comes next, which has to be of one of some kinds where these are given."""
        kind = self.peek()
        token = self._ahead
        if token is None or (kinds and kind not in kinds):
            where = "{}:{}".format(token.path, token.line) if token else Why("the end")
            raise Unclear("{where}: {kind} is not expected here", where=where, kind=kind or Why("the end"))
        self._asked = False
        if kind == "DIRECTIVE" and not token.value.lower().startswith("$ruleset "):
            raise AssertionError
        return token

    def enter(self, what: str) -> None:
        """Go a level deeper; :meth:`leave` comes back."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Unclear("{what} without end", what=what)

    def leave(self) -> None:
        """Come back from a level."""
        self._depth -= 1

    def strings(self, closing: str) -> Tuple[str, ...]:
        """Return texts, separated by commas, up to a bracket."""
        values = [self.next("STRING").value]
        while self.peek() == ",":
            self.next()
            values.append(self.next("STRING").value)
        self.next(closing)
        return tuple(values)

    def params(self) -> Params:
        """Return the parameters of an object, up to its end."""
        found: Params = {}
        while self.peek() == "NAME":
            name = self.next().value.lower()
            self.next("=")
            if self.peek() == "[":
                self.next()
                found.setdefault(name, self.strings("]"))
            else:
                value = self.next("STRING").value
                if name in found and found[name] != value:
                    raise Unclear("the parameter {name} twice", name=name)
                found.setdefault(name, value)
        self.next("ENDOBJ")
        return found

    def template_list(self) -> List[str]:
        """Return the properties that a template in the form of a list has, as ``%name%``."""
        self.next("{")
        names = []
        while self.peek() in ("PROPERTY", "CONSTANT"):
            kind = self.next().kind
            params = self.params()
            names += ["%{}%".format(word(params, "name"))] if kind == "PROPERTY" else []
        self.next("}")
        return names


def word(params: Params, name: str) -> str:
    """Return the value of a parameter, the first of several, ``""`` for none.

    Args:
        params: The parameters of an object.
        name: In small letters.
    """
    value = params.get(name, "")
    return value if isinstance(value, str) else value[0]


def is_disabled(params: Params) -> bool:
    """Tell whether ``config.enabled`` turns an object off: anything but ``on`` does."""
    return "config.enabled" in params and word(params, "config.enabled") != "on"

"""Reads the expressions of RainerScript."""

from typing import List

from rempart_agent.models.rsyslog.lexer import Unclear
from rempart_agent.models.rsyslog.syntax import Expression, Function, Number, Operation, Text, Texts, Variable
from rempart_agent.models.rsyslog.tokens import Tokens
from rempart_agent.said import Why

_LEVELS = (("AND", "OR"), ("COMPARE", "="), ("+", "-", "&"), ("*", "/", "%"))  # AND and OR are one level there


def read(tokens: Tokens, level: int = 0) -> Expression:
    """Read an expression; ``level`` is how tightly its operators bind.

    Args:
        tokens: Where the expression begins; what follows it stays.
        level: How tightly the operators bind that may stand outside of brackets; 0 for all of them.

    Raises:
        Unclear: It is no expression, too deep, or one that versions of rsyslog read differently.
    """
    tokens.enter(Why("an expression"))
    if level == len(_LEVELS):
        found = _primary(tokens)
    else:
        found = read(tokens, level + 1)
        while tokens.peek() in _LEVELS[level]:
            token = tokens.next()
            if token.value.lower() == "endswith":  # a syntax error before rsyslog 8.2506
                raise Unclear("{path}:{line}: endswith, which depends on the version", path=token.path, line=token.line)
            found = Operation(token.value.lower(), found, read(tokens, level + 1))
    tokens.leave()
    return found


def _primary(tokens: Tokens) -> Expression:
    token = tokens.next("NOT", "-", "(", "NUMBER", "STRING", "VAR", "[", "FUNC", "EXISTS")
    if token.kind in ("NOT", "-"):
        return Operation(token.kind.lower(), None, _primary(tokens))
    if token.kind == "(":
        inner = read(tokens)
        tokens.next(")")
        return inner
    if token.kind == "NUMBER":
        octal = token.value[0] == "0" and token.value.isdigit()
        return Number(int(token.value, 8 if octal else 0))
    if token.kind == "STRING":
        return Text(token.value)
    if token.kind == "VAR":
        return Variable(token.value[1:].lower())
    if token.kind == "[":
        return Texts(tokens.strings("]"))
    tokens.next("(")
    arguments: List[Expression] = []
    while tokens.peek() != ")":
        arguments.append(read(tokens))
        if tokens.peek() != ",":
            break
        tokens.next()
    tokens.next(")")
    return Function(token.value.lower(), tuple(arguments))

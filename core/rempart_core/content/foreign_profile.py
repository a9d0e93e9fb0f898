"""The file of somebody else's profiles: a JSON object, the name of a profile to a list of rules.

What is wrong is told with line and column; a rule that stands twice would be counted twice.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rempart_core.error import ContentError, Mistake
from rempart_core.messages.message import Message, as_is
from rempart_core.messages.system import reason_of
from rempart_core.model.answer import RULE
from rempart_core.suggestion import quoted

SIZE_LIMIT = 8 * 1024 * 1024
_PROFILE = "[A-Za-z0-9_.+/-]{1,120}"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}:,]|[^\s\[\]{}:,"]+')
_MOST = 50  # mistakes told
_KINDS = {
    "Expecting value": Message("content.json_value"),
    "Expecting property name enclosed in double quotes": Message("content.json_name"),
    "Expecting ':' delimiter": Message("content.json_colon"),
    "Expecting ',' delimiter": Message("content.json_comma"),
    "Extra data": Message("content.json_more"),
    "Unterminated string starting at": Message("content.json_string"),
}
"""What ``json`` says of a mistake, which it gives no number to, and our message of it."""


class _Token(NamedTuple):
    """A piece of JSON and where it begins."""

    text: str
    line: int
    column: int


def read_foreign_profiles(path: str) -> Mapping[str, tuple[str, ...]]:
    """Return the rules of each profile, in the order of the file.

    Args:
        path: The file.

    Raises:
        ContentError: It can't be read, or is no such file; with all mistakes.
    """
    text = _read(path)
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        told = Message("content.no_json", error=_tell_kind(error.msg))
        raise ContentError([Mistake(path, error.lineno, error.colno, told)]) from error
    except (RecursionError, ValueError) as error:
        raise ContentError([Mistake(path, 1, 1, Message("content.foreign_profiles"))]) from error
    if not isinstance(found, dict) or not found:
        raise ContentError([Mistake(path, 1, 1, Message("content.foreign_profiles"))])
    profiles: dict[str, tuple[str, ...]] = {}
    mistakes: list[Mistake] = []
    tokens = _tokens(text)
    next(tokens)  # the brace: all else is an object's, as the parser found
    for token in tokens:
        if token.text in {",", "}"}:
            continue
        name = _name(path, token, _PROFILE, profiles, mistakes)
        next(tokens)  # the colon
        rules = _rules(path, tokens, mistakes)
        if name:
            profiles[name] = rules
        if len(mistakes) >= _MOST:
            break
    if mistakes:
        raise ContentError(mistakes[:_MOST])
    return profiles


def _read(path: str) -> str:
    try:
        with open(path, "rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        why = reason_of(error) if isinstance(error, OSError) else str(error)
        raise ContentError([Mistake(path, 0, 0, Message("content.unreadable", error=why))]) from error
    if len(data) > SIZE_LIMIT:
        raise ContentError([Mistake(path, 0, 0, Message("content.too_large", size=SIZE_LIMIT // 1024))])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        told = Message("content.no_utf8", byte=f"{data[error.start]:02x}")
        raise ContentError([Mistake(path, line, 1, told)]) from error


def _tokens(text: str) -> Iterator[_Token]:
    line, start = 1, 0
    done = 0
    for match in _TOKEN.finditer(text):
        between = text.count("\n", done, match.start())
        if between:
            line += between
            start = text.rfind("\n", 0, match.start()) + 1
        done = match.start()
        yield _Token(match[0], line, match.start() - start + 1)


def _rules(path: str, tokens: Iterator[_Token], mistakes: list[Mistake]) -> tuple[str, ...]:
    """Return the rules of one profile; anything but a list of names is a mistake, and passed over whole."""
    first = next(tokens)
    if first.text != "[":
        mistakes.append(Mistake(path, first.line, first.column, Message("content.foreign_rules")))
        _skip(first, tokens)
        return ()
    rules: dict[str, tuple[str, ...]] = {}
    before = len(mistakes)
    for token in tokens:
        if token.text == "]":
            break
        if token.text == ",":
            continue
        name = _name(path, token, RULE, rules, mistakes)
        if name:
            rules[name] = ()
        _skip(token, tokens)
    else:  # pragma: no cover - the parser found the bracket
        return ()
    if not rules and len(mistakes) == before:
        mistakes.append(Mistake(path, first.line, first.column, Message("content.empty_list")))
    return tuple(rules)


def _skip(token: _Token, tokens: Iterator[_Token]) -> None:
    """Pass over the rest of what opens with a bracket."""
    depth = token.text in {"[", "{"}
    deep = int(depth)
    while deep:
        text = next(tokens).text
        deep += (text in {"[", "{"}) - (text in {"]", "}"})


def _name(path: str, token: _Token, pattern: str, known: Mapping[str, tuple[str, ...]], mistakes: list[Mistake]) -> str:
    name = json.loads(token.text) if token.text.startswith('"') else None
    if not isinstance(name, str) or not re.fullmatch(pattern, name, re.ASCII):
        shown = quoted((token.text if name is None else name)[:60])
        mistakes.append(Mistake(path, token.line, token.column, Message("content.rule_name", name=shown)))
        return ""
    if name in known:
        mistakes.append(Mistake(path, token.line, token.column, Message("content.text_twice", text=quoted(name))))
        return ""
    return name


def _tell_kind(said: str) -> Message:
    return _KINDS.get(said) or as_is(said)

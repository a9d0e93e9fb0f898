"""French for what our roles say, which run on endpoints and speak English as Ansible does.

A signed record has one language, whoever reads it later; and what runs on an endpoint speaks English as Ansible does.
So the English text is the key here, ``{}`` for what varies in it, and whoever shows it translates it. What nobody knows
(words of Ansible, of a program, of another system) stays as it is.
"""

import re
from functools import cache

from rempart_controller.wording import connection, role
from rempart_core.text import Text

_LONGEST = 1500  # characters of a text that is looked at: what is longer is not ours, or a host wants to keep us busy
_DEEPEST = 5  # messages within messages


def translate(text: str, language: str = "fr") -> str:
    """Return a text of ours in French where it is wanted and known, and every other one as it is."""
    return _translate(text, _DEEPEST) if language == "fr" and len(text) <= _LONGEST else text


def both(text: str) -> Text:
    """Return a text in both languages, as far as it is known."""
    return Text(text, translate(text))


def _translate(text: str, depth: int) -> str:
    if not depth or not text:
        return text
    for pattern, french in _patterns():
        if found := pattern.fullmatch(text):
            parts = french.split("{}")
            told = [_translate(one, depth - 1) for one in found.groups()]
            return parts[0] + "".join(one + part for one, part in zip(told, parts[1:], strict=True))
    return _translate_pieces(text, depth - 1)


def _translate_pieces(text: str, depth: int) -> str:
    """Translate what is listed, or follows a colon (``the task: what went wrong``); nothing unknown moves."""
    for mark, french in (("\n  - ", "\n  - "), ("; ", " ; ")):
        pieces = text.split(mark)
        told = [_translate(one, depth) for one in pieces] if len(pieces) > 1 else pieces
        if told != pieces:
            return french.join(told)
    head, colon, rest = text.partition(": ")
    known = _translate(rest, depth) if colon else rest
    return f"{head} : {known}" if known != rest else text


@cache
def _patterns() -> "list[tuple[re.Pattern[str], str]]":
    """Return patterns with their French, those first of which most is fixed."""
    known = sorted((connection.FRENCH | role.FRENCH).items(), key=lambda one: -len(one[0].replace("{}", "")))
    return [
        (re.compile("(.+?)".join(map(re.escape, en.split("{}"))), re.DOTALL | re.IGNORECASE), fr) for en, fr in known
    ]

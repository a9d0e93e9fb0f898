"""What somebody who mistyped a name may have meant, for messages."""

from collections.abc import Iterable

from rempart_core.messages.message import Message
from rempart_core.text import clean_line

_SHOWN = 60
_NAMED = 12


def show(text: str) -> str:
    """Return untrusted text in quotes, on one line, cut where it is long."""
    return f'"{_cut(text)}"'


def quoted(text: str) -> Message:
    """Return untrusted text in the quotes of the reader's language, on one line, cut where it is long."""
    return Message("text.quoted", text=_cut(text))


def _cut(text: str) -> str:
    return clean_line(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def suggestion_of(word: str, known: Iterable[str]) -> Message:
    """Return what to write instead of ``word``: the nearest known names, all where they are few, or an empty message.

    It begins with a colon, so that it can be set behind ``unknown key "severty"``.

    Args:
        word: What was written.
        known: What may be written.
    """
    names = list(dict.fromkeys(known))
    near = [quoted(name) for name in find_near(word, names)]
    if len(near) > 1:
        return Message("suggestion.two", first=near[0], second=near[1])
    if near:
        return Message("suggestion.one", name=near[0])
    if names and len(names) <= _NAMED:
        return Message("suggestion.known", names=", ".join(clean_line(name) for name in names))
    return Message("text.nothing")


def find_near(word: str, known: Iterable[str], most: int = 2) -> list[str]:
    """Return up to ``most`` of the known names that look like ``word``, nearest first, whatever their case.

    Args:
        word: What was written.
        known: What may be written.
        most: How many are returned at most.
    """
    if len(word) > _SHOWN:
        return []
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    begun = [name for name in by_lower if len(word) > 2 and name.startswith(word.lower())]
    if begun:
        return [by_lower[name] for name in begun[:most]]
    close = get_close_matches(word.lower().strip("*?"), list(by_lower), n=most)
    return [by_lower[name] for name in close]

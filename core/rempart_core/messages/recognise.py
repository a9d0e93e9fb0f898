"""Finds the message that an English text is: what endpoints say with words of ours, they say in English alone.

A text is taken for a message only as a whole: each fixed part where it stands, and anything where a value stands.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from rempart_core.messages.message import Message, as_is, listed, points
from rempart_core.messages.readers import MARK, sentences
from rempart_core.messages.say import Place, template, texts

LONGEST = 1500  # characters of a text that is looked at: what is longer is not ours, or a host wants to keep us busy
READERS = "readers"
"""The area of what the readers of an endpoint say, which are known by their sentences."""
_DEEPEST = 5  # messages within messages
_LETTERS = 8  # that a reader's sentence has in one piece, so that no other text is taken for it


class _Open(NamedTuple):
    """A text with places for values.

    Attributes:
        id: Of the message.
        mark: Its longest fixed part, in small letters: a text without it is another one.
        pattern: All of it.
    """

    id: str
    mark: str
    pattern: str


def recognise(text: str, areas: tuple[str, ...]) -> Message | None:
    """Return the message that a text is; None where it, and all that it is made of, is not known.

    Args:
        text: What an endpoint said.
        areas: Of the messages that it may be; ``READERS`` for what readers say.
    """
    return _recognise(text, areas, _DEEPEST) if len(text) <= LONGEST else None


def recognise_whole(text: str, areas: tuple[str, ...]) -> Message | None:
    """Return the message that a text is as a whole; None where it would have to be taken apart.

    Args:
        text: What an endpoint said.
        areas: Of the messages that it may be.
    """
    return _recognise_whole(text, areas, _DEEPEST) if len(text) <= LONGEST else None


def _recognise(text: str, areas: tuple[str, ...], depth: int) -> Message | None:
    if not depth or not text:
        return None
    return _recognise_whole(text, areas, depth) or _recognise_pieces(text, areas, depth - 1)


def _recognise_whole(text: str, areas: tuple[str, ...], depth: int) -> Message | None:
    whole, places = _known(areas)
    small = text.lower()
    if id_ := whole.get(small):
        return Message(id_)
    for one in places:
        if one.mark in small and (found := _compiled(one.pattern).fullmatch(text)):
            said = found.groupdict()
            values = {name: _recognise(value, areas, depth - 1) or as_is(value) for name, value in said.items()}
            return Message(one.id, **values)
    return None


def _recognise_pieces(text: str, areas: tuple[str, ...], depth: int) -> Message | None:
    """Return what is listed, or follows a colon (``the task: what went wrong``); None where nothing is known."""
    for mark in ("\n  - ", "; "):
        pieces = text.split(mark)
        told = [_recognise(one, areas, depth) for one in pieces] if len(pieces) > 1 else []
        if any(told):
            messages = [known or as_is(one) for known, one in zip(told, pieces, strict=True)]
            return points(messages[0], messages[1:]) if mark.startswith("\n") else listed(messages)
    head, colon, rest = text.partition(": ")
    known = _recognise(rest, areas, depth) if colon else None
    return known and Message("text.labelled", label=head, text=known)


@cache
def _known(areas: tuple[str, ...]) -> tuple[dict[str, str], list[_Open]]:
    """Return the ids of texts without a place, and the texts with one, those first of which most is fixed."""
    whole: dict[str, str] = {}
    places: list[tuple[int, _Open]] = []
    for id_ in (id_ for area in areas for id_ in (_of_readers() if area == READERS else texts(area, "en"))):
        parts = template(id_, "en")
        fixed = [part for part in parts if isinstance(part, str)]
        if len(fixed) == len(parts):
            whole["".join(fixed).lower()] = id_
            continue
        pattern = "".join(_place(part.name) if isinstance(part, Place) else re.escape(part) for part in parts)
        places.append((sum(map(len, fixed)), _Open(id_, max(fixed, key=len).lower(), pattern)))
    return whole, [one for _, one in sorted(places, key=lambda one: -one[0])]


def _of_readers() -> Iterator[str]:
    for sentence in sentences():
        if max(len(re.sub("[^A-Za-z]", "", piece)) for piece in re.split(r"\{\w+\}", sentence)) >= _LETTERS:
            yield f"{MARK}{sentence}"


def _place(name: str) -> str:
    """Return what may stand in a place: a number where it counts something, else anything."""
    return f"(?P<{name}>{'[0-9]+' if name == 'count' else '.+?'})"


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.DOTALL | re.IGNORECASE)

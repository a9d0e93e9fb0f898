"""What our tables say of what they do not know, in words: on endpoints it is English, and stands in rows as data.

It is taken apart before anything is shown: what is ours is said in the language, what a host chose stays data.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from rempart_core.messages.message import Message
from rempart_core.messages.recognise import LONGEST, READERS, recognise_whole
from rempart_core.messages.say import Place, template
from rempart_core.text import clean

_AREAS = ("reason", "reason_rule", "system")
_BRACKETS = re.compile(r"([^()]+ \()(.+)(\))", re.DOTALL)
_DEEPEST = 5  # reasons within reasons

Part = tuple[str, bool]
"""A part of what is said, and whether it is data."""


@lru_cache(maxsize=4096)
def tell_reason(text: str, language: str) -> tuple[Part, ...]:
    """Return a reason in parts; as it is, where it is not ours.

    Args:
        text: As a row has it, untrusted.
        language: ``en`` or ``fr``.
    """
    if language == "en" or len(text) > LONGEST:
        return ((text, True),)
    return tuple(_tell(text, language, _DEEPEST)) or ((text, True),)


def _tell(text: str, language: str, depth: int) -> list[Part]:
    """Return a reason in parts; none where nothing of it is known."""
    if not depth or not text:
        return []
    if (message := recognise_whole(text, _AREAS)) is not None:
        return list(_parts(message, language, depth))
    for mark, shown in (("; ", " ; "), (", ", ", ")):
        pieces = text.split(mark)
        told = [_tell(piece, language, depth - 1) for piece in pieces] if len(pieces) > 1 else []
        if any(told):
            joined: list[Part] = []
            for place, (piece, known) in enumerate(zip(pieces, told, strict=True)):
                joined += [*([(shown, False)] if place else []), *(known or [(piece, True)])]
            return joined
    if " " in text and (message := recognise_whole(text, (READERS,))) is not None:
        return list(_parts(message, language, depth))
    if (
        (found := _BRACKETS.fullmatch(text))
        and ": " not in found[1]
        and (inner := _tell(found[2], language, depth - 1))
    ):
        return [(found[1], True), *inner, (found[3], True)]
    head, colon, rest = text.partition(": ")
    if colon and (after := _tell(rest, language, depth - 1)):
        return [(head, True), (" : ", False), *after] if head else after
    return []


def _parts(message: Message, language: str, depth: int) -> Iterator[Part]:
    for part in template(message.id, language):
        if not isinstance(part, Place):
            if part:
                yield part, False
            continue
        value = message.values[part.name]
        if isinstance(value, Message):
            yield from _parts(value, language, depth)
        else:
            text = clean(str(value))
            yield from (_tell(text, language, depth - 1) if " " in text else []) or [(text, True)]

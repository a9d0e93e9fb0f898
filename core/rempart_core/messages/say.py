"""The words of a message in a language. What varies in it is data: cleaned, and in every language the same."""

import re
from functools import cache
from importlib import import_module
from typing import NamedTuple

from rempart_core.messages.message import Message, Value
from rempart_core.messages.readers import MARK, text_of
from rempart_core.text import Text, clean
from rempart_core.typography import NARROW, typeset

LANGUAGES = ("en", "fr")
_PLACE = re.compile(r"\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}")


class Place(NamedTuple):
    """Where a value stands in a text.

    Attributes:
        name: The value's.
        one: What follows the number where it is one; None where no form follows.
        many: What follows it otherwise.
    """

    name: str
    one: str | None
    many: str | None


def say(message: Message, language: str = "en") -> str:
    """Return a message in words.

    Args:
        message: What is to be said.
        language: ``en`` or ``fr``.

    Raises:
        KeyError: There is no such message, or it lacks a value: a mistake of ours.
    """
    return "".join(
        [
            part if isinstance(part, str) else _fill(part, message.values[part.name], language)
            for part in template(message.id, language)
        ]
    )


def say_both(message: Message) -> Text:
    """Return a message in both languages, for documents that hold both."""
    return Text(say(message, "en"), say(message, "fr"))


@cache
def texts(area: str, language: str) -> dict[str, str]:
    """Return the texts of an area by their ids; none where there is no such area.

    Args:
        area: The first part of ids, as ``host``.
        language: ``en`` or ``fr``.
    """
    if not area.isidentifier() or language not in LANGUAGES:
        return {}
    try:
        module = import_module(f"rempart_core.messages.{language}.{area}")
    except ModuleNotFoundError:
        return {}
    found: dict[str, str] = getattr(module, "TEXTS", {})  # an area that a stranger names may be any module here
    return found


@cache
def template(id_: str, language: str) -> tuple[str | Place, ...]:
    """Return the text of an id, taken apart at its values.

    Args:
        id_: As ``host.ended``.
        language: ``en`` or ``fr``.

    Raises:
        KeyError: There is none.
    """
    if id_.startswith(MARK):
        text = typeset(text_of(id_, language), language)
    else:
        text = typeset(texts(id_.partition(".")[0], language)[id_], language)
    parts: list[str | Place] = []
    end = 0
    for found in _PLACE.finditer(text):
        parts += [text[end : found.start()], Place(*found.groups())]
        end = found.end()
    return (*parts, text[end:])


def _fill(place: Place, value: Value, language: str) -> str:
    if isinstance(value, Message):
        return say(value, language)
    if place.one is None:
        return clean(value) if isinstance(value, str) else str(value)
    if isinstance(value, str):  # a number that is not whole
        return f"{clean(value)} {place.one if value == '1' else place.many}"
    single = value < 2 if language == "fr" else value == 1
    number = f"{value:,}"
    return f"{number.replace(',', NARROW) if language == 'fr' else number} {place.one if single else place.many}"

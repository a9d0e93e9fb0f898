"""Messages as plain data: as they go through pipes, networks and documents, and come back.

Data holds the English words too: whoever does not know the id shows those, and so does who reads a record in ten years.
"""

from typing import Any, TypedDict

from rempart_core.messages.message import Message, Value, as_is
from rempart_core.messages.say import LANGUAGES, Place, say, template
from rempart_core.text import clean

_DEEPEST = 40  # messages within messages


CarriedPart = TypedDict("CarriedPart", {"id": str, "with": "dict[str, str | int | CarriedPart]"})
"""A message that stands in another one."""


class Carried(CarriedPart):
    """A message as plain data.

    Attributes:
        en: Its English words.
    """

    en: str


def to_data(message: Message) -> Carried:
    """Return a message as plain data."""
    return {**_part(message), "en": say(message)}


def _part(message: Message) -> CarriedPart:
    return {
        "id": message.id,
        "with": {
            name: _part(value) if isinstance(value, Message) else clean(value) if isinstance(value, str) else value
            for name, value in message.values.items()
        },
    }


def from_data(data: object) -> Message:
    """Return the message that plain data holds; its English words as they are where the id is not known here.

    Args:
        data: What came. A text alone (older versions wrote that) is shown as it is.
    """
    if isinstance(data, str):
        return as_is(data)
    if not isinstance(data, dict):
        return as_is("")
    known = _read(data, _DEEPEST)
    return known or as_is(str(data.get("en", "")))


def _read(data: dict[str, Any], depth: int) -> Message | None:
    """Return a message that is known, with all that stands in it; None for any other."""
    id_, given = data.get("id"), data.get("with")
    if not depth or not isinstance(id_, str) or not isinstance(given, dict):
        return None
    values: dict[str, Value] = {}
    for name, value in given.items():
        one = _read(value, depth - 1) if isinstance(value, dict) else value
        if isinstance(one, bool) or not isinstance(one, (str, int, Message)):
            return None
        values[str(name)] = one
    try:
        places = [part for language in LANGUAGES for part in template(id_, language) if isinstance(part, Place)]
    except KeyError:
        return None
    if not {place.name for place in places} <= values.keys():
        return None
    message = Message.__new__(Message)  # names come from a stranger: not all of them are names of arguments
    message.id, message.values = id_, values
    return message

"""A message: an id, and what varies in it. Its words are found when somebody reads it, in that person's language."""

from collections.abc import Mapping, Sequence
from typing import Union

from rempart_core.text import Text

Value = Union[str, int, "Message"]
"""What may stand in a message: data, a whole number, or another message."""


class Message:
    """One thing to say.

    Attributes:
        id: Its area, a dot, and its name: ``host.timeout``.
        values: What stands in it, by name. Texts are data: nothing ever translates them.
    """

    __slots__ = ("id", "values")

    def __init__(self, id_: str, /, **values: Value) -> None:
        """Make one; the id must stand in ``messages/en`` and ``messages/fr``, with the names of these values."""
        self.id = id_
        self.values: Mapping[str, Value] = {
            name: value if isinstance(value, (str, int, Message)) else str(value) for name, value in values.items()
        }  # what comes from a file of somebody may be anything

    def __eq__(self, other: object) -> bool:
        """Tell whether it says the same."""
        return isinstance(other, Message) and (self.id, self.values) == (other.id, other.values)

    def __hash__(self) -> int:
        """Return the same for what says the same."""
        return hash((self.id, tuple(sorted((name, hash(value)) for name, value in self.values.items()))))

    def __repr__(self) -> str:
        """Return what makes it."""
        return f"Message({', '.join([repr(self.id), *(f'{name}={value!r}' for name, value in self.values.items())])})"

    def __str__(self) -> str:
        """Return the words in English: what a library's exception carries is shown by its ``str``."""
        from rempart_core.messages.say import say

        return say(self)


NOTHING = Message("text.nothing")
"""No words."""


def message_of(error: Exception) -> Message:
    """Return what an exception says: the message that it carries, else its own words."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Message) else as_is(str(error) or type(error).__name__)


def as_is(text: str) -> Message:
    """Return what a person, a program or an endpoint said: data in every language."""
    return Message("text.as_is", text=text)


def own(text: Text) -> Message:
    """Return a text that has its languages already: what a check says of itself."""
    return Message("text.own", en=text.en, fr=text.fr)


def listed(messages: Sequence[Message]) -> Message:
    """Return several as one, with semicolons between them."""
    return _chain("text.listed", messages)


def points(head: Message, messages: Sequence[Message]) -> Message:
    """Return several as one: the first, and the others as a list under it.

    Args:
        head: What stands first.
        messages: What is listed under it.
    """
    return _chain("text.points", [head, *messages])


def mistakes(messages: Sequence[Message]) -> Message:
    """Return several as one, each on a line of its own, as errors are printed."""
    return _chain("text.mistakes", messages)


def lines(messages: Sequence[Message]) -> Message:
    """Return several as one, each on a line of its own; no words where there are none."""
    return _chain("text.lines", messages) if messages else NOTHING


def _chain(id_: str, messages: Sequence[Message]) -> Message:
    """Return several as one, in halves: thousands of them stand only a few deep in each other."""
    if len(messages) == 1:
        return messages[0]
    half = len(messages) // 2
    return Message(id_, first=_chain(id_, messages[:half]), rest=_chain(id_, messages[half:]))

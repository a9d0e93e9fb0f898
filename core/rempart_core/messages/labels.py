"""The words of a page or a table: messages of one area, said by their names in one language."""

from rempart_core.messages.message import Message, Value
from rempart_core.messages.say import say, texts


class Labels:
    """Says the messages of an area.

    Attributes:
        language: ``en`` or ``fr``.
    """

    __slots__ = ("_area", "language")

    def __init__(self, area: str, language: str) -> None:
        """Get ready.

        Args:
            area: The first part of the ids, as ``plan_page``.
            language: ``en`` or ``fr``.
        """
        self._area = area
        self.language = language

    def __call__(self, name: str, /, **values: Value) -> str:
        """Return a message in words.

        Args:
            name: The second part of its id.
            **values: What stands in it.

        Raises:
            KeyError: There is no such message, or it lacks a value: a mistake of ours.
        """
        return say(Message(f"{self._area}.{name}", **values), self.language)

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a message of that name: a host may say any word."""
        return f"{self._area}.{name}" in texts(self._area, self.language)

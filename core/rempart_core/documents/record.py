"""One object of a run document, each of its keys taken with the type that it must have."""

from collections.abc import Callable
from typing import Any, Self, TypeVar

from rempart_core.error import DocumentError
from rempart_core.json_value import JsonObject
from rempart_core.messages.message import Message
from rempart_core.model.parameter import Value
from rempart_core.text import Text

_T = TypeVar("_T")
_LONGEST = 10**9  # seconds


class Record:
    """The keys of one object of a document, each taken with the type that it must have."""

    def __init__(self, data: object, place: str) -> None:
        """Take an object of a document.

        Args:
            data: What stands there, as JSON was read.
            place: Where, as ``results[0].title``; ``""`` for the whole document.

        Raises:
            DocumentError: It is no object.
        """
        if not isinstance(data, dict):
            raise DocumentError(Message("document.wrong_kind", place=place or "$", what="object"))
        self._data: dict[str, Any] = data
        self._place = place

    def _take(self, name: str, kind: type | tuple[type, ...], what: str, default: Any = None) -> Any:
        place = f"{self._place}.{name}" if self._place else name
        if name not in self._data:
            if default is None:
                raise DocumentError(Message("document.missing", place=place))
            return default
        value = self._data[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise DocumentError(Message("document.wrong_kind", place=place, what=what))
        return value

    def text(self, name: str, default: str | None = None) -> str:
        """Take a text.

        Args:
            name: The key.
            default: What a missing one gives; None where it must be there.

        Raises:
            DocumentError: It is missing, or no text.
        """
        return str(self._take(name, str, "string", default))

    def flag(self, name: str) -> bool:
        """Take true or false; false where it is missing."""
        return bool(self._take(name, bool, "boolean", default=False))

    def integer(self, name: str) -> int:
        """Take a count.

        Raises:
            DocumentError: It is missing, no whole number, or below 0.
        """
        number = int(self._take(name, int, "integer"))
        if number < 0:
            raise DocumentError(Message("document.negative", place=self._place, name=name))
        return number

    def seconds(self, name: str) -> float:
        """Take a number; 0 where it is missing.

        Raises:
            DocumentError: It is no number, or one of more than thirty years.
        """
        number = self._take(name, (int, float), "number", default=0.0)
        if not -_LONGEST < number < _LONGEST:
            raise DocumentError(Message("document.time", name=name))
        return float(number)

    def member(self, name: str, kind: type[_T]) -> _T:
        """Take the value of an enum.

        Args:
            name: The key.
            kind: The enum.

        Raises:
            DocumentError: It is missing, or no value of the enum.
        """
        text = self.text(name)
        try:
            return kind(text)  # type: ignore[call-arg]
        except ValueError as error:
            message = Message("document.member", place=self._place, name=name, text=text[:40])
            raise DocumentError(message) from error

    def part(self, name: str) -> Self:
        """Take an object."""
        return type(self)(self._take(name, dict, "object"), f"{self._place}.{name}" if self._place else name)

    def words(self, name: str) -> Text:
        """Take a text in two languages."""
        part = self.part(name)
        return Text(part.text("en"), part.text("fr"))

    def optional(self, name: str, read: Callable[[Self], _T]) -> _T | None:
        """Take an object that may be null or missing.

        Args:
            name: The key.
            read: Reads the object.
        """
        return None if self._data.get(name) is None else read(self.part(name))

    def parts(self, name: str, read: Callable[[Self], _T]) -> list[_T]:
        """Take a list of objects; an empty one where it is missing.

        Args:
            name: The key.
            read: Reads each of the objects.
        """
        place = f"{self._place}.{name}" if self._place else name
        return [read(type(self)(item, f"{place}[{n}]")) for n, item in enumerate(self._take(name, list, "array", []))]

    def texts(self, name: str) -> tuple[str, ...]:
        """Take a list of texts; an empty one where it is missing.

        Raises:
            DocumentError: It is no list, or holds something else than texts.
        """
        items = self._take(name, list, "array", [])
        if not all(isinstance(item, str) for item in items):
            raise DocumentError(Message("document.texts", place=self._place, name=name))
        return tuple(items)

    def map(self, name: str, read: Callable[[Self, str], _T]) -> dict[str, _T]:
        """Take an object with free keys, each value read by ``read``; an empty one where it is missing.

        Args:
            name: The key.
            read: Is given the object and one of its keys.
        """
        if name not in self._data:
            return {}
        part = self.part(name)
        return {key: read(part, key) for key in part.names()}

    def free(self, name: str) -> JsonObject:
        """Take an object of which whoever reads it holds nothing for true; an empty one where it is missing."""
        return dict(self._take(name, dict, "object", {}))

    def names(self) -> list[str]:
        """Return the keys that there are."""
        return list(self._data)

    def holds(self, name: str) -> bool:
        """Tell whether a key is there."""
        return name in self._data

    def value(self, name: str) -> Value:
        """Take the value of a parameter: a text, an integer, or a list of such or of lists of such."""
        value: Value = self._plain(self._data[name], name, 2)
        return value

    def _plain(self, value: Any, name: str, depth: int) -> Any:
        if isinstance(value, list) and depth:
            return [self._plain(item, name, depth - 1) for item in value]
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise DocumentError(Message("document.value", place=self._place, name=name))

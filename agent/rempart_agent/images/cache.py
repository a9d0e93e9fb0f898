"""A cache bounded by bytes, the least recently used out first."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Cache(Generic[Key, Value]):
    """Values by key, no more of them than fit; the newest one always does.

    Args:
        room: How many bytes all of them may take.
    """

    def __init__(self, room: int) -> None:
        self._room, self._taken = room, 0
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return the value of a key; None where it is not kept."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keep a value.

        Args:
            key: One that is not kept yet.
            value: What to keep.
            size: How many bytes it takes.
        """
        self._values[key] = value, size
        self._taken += size
        while self._taken > self._room and len(self._values) > 1:
            self._taken -= self._values.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Let go of all."""
        self._values.clear()
        self._taken = 0

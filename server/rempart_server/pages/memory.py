"""Sums over every result or every visit of a fleet: made once in a while by a worker, and told with their time."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
KEPT = 300
"""Seconds for which an answer is given again."""
_MOST = 64  # answers that are held


class Answer(NamedTuple, Generic[T]):
    """What was found, and when.

    Attributes:
        value: What was found.
        made: When, seconds since 1970.
    """

    value: T
    made: int


class Memory:
    """Remembers answers by what was asked; of several who ask the same at a time, one finds it out for all."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, Answer[object]] = OrderedDict()
        self._lock = threading.Lock()
        self._busy: dict[Hashable, threading.Lock] = {}

    def recall(self, key: Hashable, now: int, make: Callable[[], T]) -> Answer[T]:
        """Return an answer that is at most :data:`KEPT` seconds old.

        Args:
            key: What is asked: who may read what is a part of it.
            now: Seconds since 1970.
            make: Finds it out; it runs in the thread that asks.
        """
        with self._lock:
            busy = self._busy.setdefault(key, threading.Lock())
        with busy:
            known = self._answers.get(key)
            if known is None or not 0 <= now - known.made < KEPT:
                known = Answer(make(), now)
                with self._lock:
                    self._answers[key] = known
                    self._answers.move_to_end(key)
                    while len(self._answers) > _MOST:
                        gone, _ = self._answers.popitem(last=False)
                        self._busy.pop(gone, None)
        return known  # type: ignore[return-value]

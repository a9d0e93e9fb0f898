"""Whether all places for audits are taken: a node that waits for one asks every minute, and need not ask the store.

Who is being audited is read once a second at most, and as long as all places are taken alone.
"""

import time
from collections.abc import Awaitable, Callable, Collection
from typing import NamedTuple

import anyio

FRESH = 1.0
"""Seconds for which it holds who has a place."""


class Taken(NamedTuple):
    """Who has a place.

    Attributes:
        nodes: Numbers of nodes with an audit under way.
        full: Whether no other one may begin.
    """

    nodes: Collection[int] = ()
    full: bool = False


class Places:
    """What a worker knows of the places."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Know nothing yet.

        Args:
            clock: Seconds that nobody sets.
        """
        self._clock = clock
        self._taken = Taken()
        self._read = float("-inf")
        self._turn: anyio.Lock | None = None

    def note_full(self) -> None:
        """Note that a node found no place: from now on it is looked who has one."""
        if not self._taken.full:
            self._taken, self._read = Taken(full=True), float("-inf")

    async def shut_out(self, node: int, read: Callable[[], Awaitable[Taken]]) -> bool:
        """Tell whether a node has no place and gets none now.

        Args:
            node: Its number.
            read: Reads who has one.

        Raises:
            StoreError: The store can't be read.
        """
        if not self._taken.full:
            return False
        if self._turn is None:
            self._turn = anyio.Lock()
        async with self._turn:
            if self._taken.full and self._clock() - self._read >= FRESH:
                self._taken, self._read = await read(), self._clock()
        return self._taken.full and node not in self._taken.nodes

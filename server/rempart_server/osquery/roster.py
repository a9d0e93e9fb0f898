"""What a worker remembers of nodes, so that a poll with nothing to do touches no database.

What an audit needs of a node is read in the audit's own transaction; what stands here tells who asks, and when it is
due: a node that is not due any more is found so there, and forgotten.

Nodes are remembered by the digest of their key. Whether people changed any (revoked, accepted, moved) is read every
``FRESH`` seconds; what could not be compared for ``STALE`` seconds is forgotten. So a revoked node is out within
``STALE`` seconds on every worker, and a store that can't be read makes nobody a stranger: it is an error.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import anyio
import anyio.to_thread

from rempart_core.error import StoreError
from rempart_server.context import Context
from rempart_store.server.node import Node, find_by_key, note_seen, read_ending, read_revision
from rempart_store.server.secret import digest_of

if TYPE_CHECKING:
    from rempart_store.connection import Connection

T = TypeVar("T")
FRESH = 10
STALE = 30
SEEN = 60
"""Seconds between two writings of when nodes were heard of."""


class _Change(NamedTuple):
    revision: int
    ends: dict[bytes, int]


class Roster:
    """Nodes by their keys, and when each was heard of."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._nodes: dict[bytes, Node] = {}
        self._keys: dict[int, set[bytes]] = {}
        self._ends: dict[bytes, int] = {}
        self._revision = -1
        self._compared = 0.0
        self._turn: anyio.Lock | None = None
        self._seen: dict[int, tuple[int, str]] = {}
        self._written: float | None = None

    async def find(self, context: Context, key: str) -> Node | None:
        """Return the node of a key.

        Args:
            context: Gives the store and the clock.
            key: As the node showed it.

        Returns:
            None where a readable store knows no such key, or its node was revoked.

        Raises:
            StoreError: The store can't be read, so that it is not known.
        """
        await self._compare(context)
        now = context.clock()
        digest = digest_of(key)
        node = self._nodes.get(digest)
        if node is not None and self._ends.get(digest, now + 1) > now:
            return node
        revision = self._revision
        found = await _read(context, partial(find_by_key, key=key, now=int(now)))
        if found is not None and revision == self._revision:
            self._nodes[digest] = found
            self._keys.setdefault(found.id, set()).add(digest)
        return found

    def forget(self, node_id: int) -> None:
        """Read a node anew when it comes next: something of it changed.

        Args:
            node_id: Its number.
        """
        for digest in self._keys.pop(node_id, ()):
            self._nodes.pop(digest, None)

    async def note(self, context: Context, node: Node, address: str) -> None:
        """Note that a node was heard of; it is written once a minute, for all of them together.

        Args:
            context: Gives the writer and the clock.
            node: The node.
            address: From where.
        """
        now = context.clock()
        self._seen[node.id] = int(now), address
        if self._written is None or now < self._written:
            self._written = now
        if now - self._written >= SEEN:
            await self.write_seen(context)

    async def write_seen(self, context: Context) -> None:
        """Write when nodes were heard of; what can't be written now is kept for the next time.

        Args:
            context: Gives the writer and the clock.
        """
        some, self._seen, self._written = self._seen, {}, context.clock()
        if not some:
            return
        try:
            await context.writer.write(partial(note_seen, seen=some))
        except StoreError:
            self._seen = {**some, **self._seen}

    async def _compare(self, context: Context) -> None:
        if 0 <= context.clock() - self._compared < FRESH:
            return
        if self._turn is None:
            self._turn = anyio.Lock()
        async with self._turn:
            age = context.clock() - self._compared
            if 0 <= age < FRESH:
                return
            try:
                change = await _read(context, _read_change)
            except StoreError:
                if 0 <= age < STALE:
                    return
                raise
            if change.revision != self._revision or not 0 <= age < STALE:
                self._nodes.clear()
                self._keys.clear()
            for digest in self._ends.keys() - change.ends.keys():  # it ended, and its node has a new one
                self._nodes.pop(digest, None)
            self._revision, self._ends, self._compared = change.revision, change.ends, context.clock()


def _read_change(connection: "Connection") -> _Change:
    return _Change(read_revision(connection), read_ending(connection))


async def _read(context: Context, ask: "Callable[[Connection], T]") -> T:
    def read() -> T:
        with context.store.reading() as connection:
            return ask(connection)

    return await anyio.to_thread.run_sync(read, abandon_on_cancel=True)

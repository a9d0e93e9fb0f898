"""Who may try to enrol now, by either door: so many a second, and from an address so many wrong secrets.

A secret has 256 bits: nobody guesses one. The limit by address keeps wrong ones away from the store and the log; it
never stops a machine behind the same address that shows a secret which was good a moment ago.
"""

from collections import OrderedDict
from typing import NamedTuple, TypeVar

from rempart_server.client_address import network_of
from rempart_store.server.secret import digest_of

K = TypeVar("K")
V = TypeVar("V")
WRONG = 10
"""Wrong secrets that an address may show in ``WINDOW``, before it is not heard any more for the rest of it."""
WINDOW = 60
PATIENCE = 6.0
"""Seconds that an enrolment waits for its turn: a client is answered within 10, and gives up after 16."""
_KEPT = 10_000  # addresses and secrets that are remembered


class _Wrong(NamedTuple):
    begun: float
    times: int


class Gate:
    """Who may try to enrol now."""

    def __init__(self, a_second: int) -> None:
        """Let so many in a second.

        Args:
            a_second: Enrolments of this worker.
        """
        self._pause = 1 / max(1, a_second)
        self._next = 0.0  # when the next one is due, as if they came evenly
        self._wrong: OrderedDict[str, _Wrong] = OrderedDict()
        self._good: OrderedDict[bytes, float] = OrderedDict()

    def takes(self, now: float) -> float | None:
        """Tell in how many seconds one more may enrol, and count it; None where it has to come again.

        A second's worth may enrol at once; others wait up to ``PATIENCE``. So a herd, which comes again in waves, is
        let in at an even pace.

        Args:
            now: Seconds since 1970.
        """
        if self._next - now > PATIENCE + 10:  # the clock went back
            self._next = 0.0
        due = max(self._next, now)
        waits = max(0.0, due - now - 1 + self._pause)
        if waits > PATIENCE:
            return None
        self._next = due + self._pause
        return waits

    def hears(self, address: str, secret: str, now: float) -> bool:
        """Tell whether a secret from an address is looked at.

        Args:
            address: From where.
            secret: As the machine showed it.
            now: Seconds since 1970.
        """
        wrong = self._wrong.get(network_of(address))
        if wrong is None or wrong.times < WRONG or not 0 <= now - wrong.begun < WINDOW:
            return True
        return 0 <= now - self._good.get(digest_of(secret), now - WINDOW) < WINDOW

    def note(self, address: str, secret: str, now: float, *, good: bool) -> None:
        """Note what a secret was.

        Args:
            address: From where.
            secret: As the machine showed it.
            now: Seconds since 1970.
            good: Whether it leads to a group.
        """
        if good:
            _put(self._good, digest_of(secret), now)
            return
        wrong = self._wrong.get(network_of(address))
        if wrong is None or not 0 <= now - wrong.begun < WINDOW:
            wrong = _Wrong(now, 0)
        _put(self._wrong, network_of(address), wrong._replace(times=wrong.times + 1))


def _put(held: OrderedDict[K, V], key: K, value: V) -> None:
    held[key] = value
    held.move_to_end(key)
    if len(held) > _KEPT:
        held.popitem(last=False)
